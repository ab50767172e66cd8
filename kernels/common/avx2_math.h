#pragma once

// Vector mathematics shared by the AVX2 kernels; for files compiled with AVX2 and FMA alone.

#include <initializer_list>
#include <limits>

#include <immintrin.h>

namespace tessera::kernels {

// 2^x to the last bits of fp32 for x in -126 .. 127 (smaller ones count as -126; not a number stays
// so): x = n + f, |f| <= 1/2, Taylor to the seventh power.
inline __m256 precisePowerOfTwo(__m256 x) {
    const __m256 low = _mm256_max_ps(_mm256_set1_ps(-126.0F), x);
    const __m256 n = _mm256_round_ps(low, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m256 f = _mm256_sub_ps(low, n);
    __m256 y = _mm256_set1_ps(1.52527338e-5F);
    for (const float coefficient : {1.54035304e-4F,
                                    1.33335581e-3F,
                                    9.61812911e-3F,
                                    5.55041087e-2F,
                                    2.40226507e-1F,
                                    6.93147181e-1F,
                                    1.0F}) {
        y = _mm256_fmadd_ps(y, f, _mm256_set1_ps(coefficient));
    }
    const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_mul_ps(y, _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23)));
}

// The first `count` of 8 lanes, 1 to 7; the others become -infinity.
inline __m256 firstLanes(__m256 x, int count) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i kept = _mm256_cmpgt_epi32(_mm256_set1_epi32(count), lane);
    return _mm256_blendv_ps(
        _mm256_set1_ps(-std::numeric_limits<float>::infinity()), x, _mm256_castsi256_ps(kept));
}

}  // namespace tessera::kernels
