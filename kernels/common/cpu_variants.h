#pragma once

// The function tables of attention/cpu_*.cpp, which cpu_choose.cpp chooses from. Constants: reading
// them needs no instruction that a processor may lack.

#include "kernels/api/cpu_attention.h"

namespace tessera::kernels {

extern const CpuAttention kCpuFp32Avx2;
extern const CpuAttention kCpuFp32Avx512;
extern const CpuAttention kCpuBf16Avx512;

}  // namespace tessera::kernels
