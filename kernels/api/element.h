#pragma once

// What attention's numbers are outside of the sums, which are fp32. Two bytes each.

namespace tessera::kernels {

enum class Element { Bf16, Fp16 };

}  // namespace tessera::kernels
