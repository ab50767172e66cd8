#pragma once

// Runs of bf16, or of fp16 where that is asked, in registers as fp32, moved in one instruction.

#include "kernels/common/pair.cuh"

#include <cuda_runtime.h>

#include <cstdint>
#include <type_traits>

namespace tessera::kernels {

// kCount is 4 or 8; `index` counts elements and is a multiple of kCount.
template <int kCount, Element kElement = Element::Bf16>
struct Run {
    static_assert(kCount == 4 || kCount == 8, "a run is one load of 8 or 16 bytes");
    float v[kCount];

    __device__ static Run load(const void* base, std::int64_t index) {
        union {
            std::conditional_t<kCount == 8, uint4, uint2> whole;
            Pair<kElement> pairs[kCount / 2];
        } bits;

        bits.whole = *reinterpret_cast<const decltype(bits.whole)*>(
            static_cast<const std::uint16_t*>(base) + index);
        Run run;
#pragma unroll
        for (int i = 0; i < kCount / 2; ++i) {
            const float2 two = bits.pairs[i].floats();
            run.v[2 * i] = two.x;
            run.v[2 * i + 1] = two.y;
        }
        return run;
    }

    __device__ void store(void* base, std::int64_t index) const {
        union {
            std::conditional_t<kCount == 8, uint4, uint2> whole;
            Pair<kElement> pairs[kCount / 2];
        } bits;

#pragma unroll
        for (int i = 0; i < kCount / 2; ++i) {
            bits.pairs[i] = Pair<kElement>::of(v[2 * i], v[2 * i + 1]);
        }
        *reinterpret_cast<decltype(bits.whole)*>(static_cast<std::uint16_t*>(base) + index) =
            bits.whole;
    }

    __device__ static Run filled(float value) {
        Run run;
#pragma unroll
        for (float& each : run.v) {
            each = value;
        }
        return run;
    }
};

// The sum over the lanes whose numbers differ in the bits below kLanes, in every one of them.
template <int kLanes>
__device__ float sumOfLanes(float value) {
#pragma unroll
    for (int apart = kLanes / 2; apart > 0; apart /= 2) {
        value += __shfl_xor_sync(0xffffffffu, value, apart);
    }
    return value;
}

}  // namespace tessera::kernels
