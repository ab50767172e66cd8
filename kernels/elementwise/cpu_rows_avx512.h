#pragma once

// How the elementwise kernels read and write rows of either element, 16 numbers at a time; for
// files compiled with AVX-512 BF16 alone.

#include "kernels/common/avx512_math.h"

#include <cstdint>

namespace tessera::kernels {

constexpr std::int64_t kRowLanes = 16;

struct Fp32Rows {
    static __m512 load(const void* from, std::int64_t at) {
        return _mm512_loadu_ps(static_cast<const float*>(from) + at);
    }

    static void store(void* to, std::int64_t at, __m512 x) {
        _mm512_storeu_ps(static_cast<float*>(to) + at, x);
    }

    // What load() gives after store().
    static __m512 rounded(__m512 x) { return x; }
};

struct Bf16Rows {
    static __m512 load(const void* from, std::int64_t at) {
        return widen(_mm256_loadu_si256(
            reinterpret_cast<const __m256i*>(static_cast<const std::uint16_t*>(from) + at)));
    }

    static void store(void* to, std::int64_t at, __m512 x) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(static_cast<std::uint16_t*>(to) + at),
                            (__m256i)_mm512_cvtneps_pbh(x));
    }

    static __m512 rounded(__m512 x) { return widen((__m256i)_mm512_cvtneps_pbh(x)); }
};

}  // namespace tessera::kernels
