#pragma once

// One product of a warp group on compute capability 9.0, in bf16 or fp16 with sums in fp32 (PTX
// ISA, wgmma.mma_async): C [64, N] (+)= A [64, 16] B [16, N]. A lies in shared memory or in
// registers, B in shared memory; kAcross: the rows of B's memory are its sixteen, not its N. The
// instances come from product.cuh.in.
//
// Thread t of the 128 holds rows 16 (t / 32) + t % 32 / 4 and + 8 of C, of every 8 columns the two
// at 2 (t % 4): c[4 i], c[4 i + 1] are of the first row, c[4 i + 2], c[4 i + 3] of the second.

#include "kernels/api/element.h"

#include <cstdint>

namespace tessera::kernels::hopper {

template <int N, Element kElement>
struct Product;

}  // namespace tessera::kernels::hopper
