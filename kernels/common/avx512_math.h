#pragma once

// Vector mathematics shared by the AVX-512 kernels; for files compiled with AVX-512 alone.

#include <initializer_list>
#include <limits>

#include <immintrin.h>

namespace tessera::kernels {

// 2^x to 2e-5 relative, far below the step of bf16, for x in -126 .. 127 (smaller ones count as
// -126; not a number stays so): x = n + f, |f| <= 1/2, Taylor to the fifth power.
inline __m512 powerOfTwo(__m512 x) {
    const __m512 low = _mm512_max_ps(_mm512_set1_ps(-126.0F), x);
    const __m512 n = _mm512_roundscale_ps(low, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512 f = _mm512_sub_ps(low, n);
    __m512 y = _mm512_set1_ps(1.3333558e-3F);
    y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(9.6181291e-3F));
    y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(5.5504109e-2F));
    y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(2.4022651e-1F));
    y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(6.9314718e-1F));
    y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(1.0F));
    return _mm512_scalef_ps(y, n);
}

// The same to the last bits of fp32: Taylor to the seventh power.
inline __m512 precisePowerOfTwo(__m512 x) {
    const __m512 low = _mm512_max_ps(_mm512_set1_ps(-126.0F), x);
    const __m512 n = _mm512_roundscale_ps(low, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512 f = _mm512_sub_ps(low, n);
    __m512 y = _mm512_set1_ps(1.52527338e-5F);
    for (const float coefficient : {1.54035304e-4F,
                                    1.33335581e-3F,
                                    9.61812911e-3F,
                                    5.55041087e-2F,
                                    2.40226507e-1F,
                                    6.93147181e-1F,
                                    1.0F}) {
        y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(coefficient));
    }
    return _mm512_scalef_ps(y, n);
}

// The first `count` of 16 lanes, 1 to 15; the others become -infinity.
inline __m512 firstLanes(__m512 x, int count) {
    const auto kept = static_cast<__mmask16>((1u << count) - 1u);
    return _mm512_mask_blend_ps(kept, _mm512_set1_ps(-std::numeric_limits<float>::infinity()), x);
}

// 16 bf16 numbers as fp32.
inline __m512 widen(__m256i halves) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

}  // namespace tessera::kernels
