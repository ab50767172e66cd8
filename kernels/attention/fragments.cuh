#pragma once

// How the threads of a warp hold parts of a product's result, and hand them to each other (the
// layout is described in kernels/common/product.cuh). For device code of any capability.

#include "kernels/common/pair.cuh"

#include <cstdint>

namespace tessera::kernels {

__device__ inline float powerOfTwo(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// The largest, or the sum, over the four lanes that share a row.
__device__ inline float largestOfRow(float x) {
    x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 1));
    return fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 2));
}

__device__ inline float sumOfRow(float x) {
    x += __shfl_xor_sync(0xffffffffu, x, 1);
    return x + __shfl_xor_sync(0xffffffffu, x, 2);
}

// The transpose of four by four numbers over a quad: lane q gets part[q] of the lanes 0 to 3.
__device__ __forceinline__ uint4 exchanged(std::uint32_t (&part)[4], int quarter) {
#pragma unroll
    for (int apart = 1; apart < 4; apart *= 2) {
        const bool isUpper = (quarter & apart) != 0;
#pragma unroll
        for (int low = 0; low < 4; ++low) {
            if ((low & apart) == 0) {
                const int high = low | apart;
                const std::uint32_t given = isUpper ? part[low] : part[high];
                const std::uint32_t taken = __shfl_xor_sync(0xffffffffu, given, apart);
                part[low] = isUpper ? taken : part[low];
                part[high] = isUpper ? part[high] : taken;
            }
        }
    }
    return {part[0], part[1], part[2], part[3]};
}

// Thread's part of one of its two rows, kWidth columns times `factor`, to the row's memory: a quad
// of lanes exchanges its parts of four groups of eight columns, so that each writes 16 bytes.
template <Element kElement, int kWidth>
__device__ __forceinline__ void writeRow(
    const float* row, float factor, int quarter, bool isKept, std::uint16_t* to) {
#pragma unroll
    for (int columns = 0; columns < kWidth; columns += 32) {
        std::uint32_t part[4];
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            const float* pair = row + columns / 2 + 4 * i;
            part[i] = packed<kElement>(pair[0] * factor, pair[1] * factor);
        }
        const uint4 bits = exchanged(part, quarter);
        if (isKept) {
            *reinterpret_cast<uint4*>(to + columns + 8 * quarter) = bits;
        }
    }
}

}  // namespace tessera::kernels
