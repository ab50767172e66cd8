#pragma once

// tanh-GELU on processors with AVX-512 BF16: LibTorch's goes through a general tanh
// and costs as much as the matrix product before it. Plain loops: several threads may work on
// different ranges at once.

#include <cstdint>

namespace tessera::kernels {

// True when this processor is served.
bool hasCpuGelu();

// values[i] = x / (1 + exp(-2 sqrt(2/pi) (x + 0.044715 x^3))) for i in [0, count): Hendrycks and
// Gimpel, "Gaussian error linear units", in the form of its tanh approximation. In place.
void geluCpu(std::uint16_t* values, std::int64_t count);  // bf16
void geluCpu(float* values, std::int64_t count);

}  // namespace tessera::kernels
