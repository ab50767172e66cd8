#pragma once

// Two numbers of a register, as they come from fp32 and become it. For device code of any
// capability.

#include "kernels/api/element.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstdint>

namespace tessera::kernels {

template <Element kElement>
struct Pair;

template <>
struct Pair<Element::Bf16> {
    __nv_bfloat162 bits;

    __device__ static Pair of(float low, float high) { return {__floats2bfloat162_rn(low, high)}; }

    __device__ float2 floats() const { return __bfloat1622float2(bits); }
};

template <>
struct Pair<Element::Fp16> {
    __half2 bits;

    __device__ static Pair of(float low, float high) { return {__floats2half2_rn(low, high)}; }

    __device__ float2 floats() const { return __half22float2(bits); }
};

template <Element kElement>
__device__ inline std::uint32_t packed(float low, float high) {
    const Pair<kElement> pair = Pair<kElement>::of(low, high);
    return *reinterpret_cast<const std::uint32_t*>(&pair);
}

}  // namespace tessera::kernels
