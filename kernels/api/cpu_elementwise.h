#pragma once

// The elementwise work of a transformer block (modulate.h, rotate.h), forward alone, on processors
// with AVX-512 BF16: one pass over memory where LibTorch's operators take three to six. Plain loops
// over the rows asked for: several threads may work on different rows at once, and a row has the
// same bits whichever rows are computed with it.

#include "kernels/api/cpu_attention.h"
#include "kernels/api/modulate.h"
#include "kernels/api/rotate.h"

#include <cstdint>

namespace tessera::kernels {

// True when this processor is served and the shape is: a width that is a multiple of 16, at most
// 4096; a head size of 64, 96 or 128. Strides may be any.
bool supportsOnCpu(const ModulateShape& shape);
bool supportsOnCpu(const RotateShape& shape);

// Rows [begin, end) of batch * tokens; every pointer is to numbers of `element`. `mean` and `rstd`,
// which gradients alone need, are left as they are.
void modulateCpu(CpuElement element,
                 const ModulateForward& params,
                 std::int64_t begin,
                 std::int64_t end);
void rotateCpu(CpuElement element,
               const RotateForward& params,
               std::int64_t begin,
               std::int64_t end);

}  // namespace tessera::kernels
