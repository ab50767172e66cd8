// Compiled with AVX-512 BF16 on; called only after hasCpuGelu() said yes.

#include "kernels/api/cpu_gelu.h"
#include "kernels/common/avx512_math.h"

namespace tessera::kernels {

namespace {

constexpr std::int64_t kLanes = 16;

template <bool Precise>
__m512 gelu(__m512 x) {
    constexpr float kLog2E = 1.44269504F;
    constexpr float kTwoRootTwoOverPi = 1.59576912F;  // 2 sqrt(2 / pi)
    const __m512 square = _mm512_mul_ps(x, x);
    const __m512 inner = _mm512_fmadd_ps(square, _mm512_set1_ps(0.044715F), _mm512_set1_ps(1.0F));
    __m512 power =
        _mm512_mul_ps(_mm512_mul_ps(x, inner), _mm512_set1_ps(-kTwoRootTwoOverPi * kLog2E));
    power = _mm512_min_ps(power, _mm512_set1_ps(126.0F));  // x / 2^126 is 0 in bf16
    const __m512 exponential = Precise ? precisePowerOfTwo(power) : powerOfTwo(power);
    return _mm512_div_ps(x, _mm512_add_ps(_mm512_set1_ps(1.0F), exponential));
}

}  // namespace

void geluCpu(std::uint16_t* values, std::int64_t count) {
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        auto* at = reinterpret_cast<__m256i*>(values + i);
        _mm256_storeu_si256(
            at, (__m256i)_mm512_cvtneps_pbh(gelu<false>(widen(_mm256_loadu_si256(at)))));
    }
    if (i < count) {
        const auto rest = static_cast<__mmask16>((1u << (count - i)) - 1u);
        const __m512 x = widen(_mm256_maskz_loadu_epi16(rest, values + i));
        _mm256_mask_storeu_epi16(values + i, rest, (__m256i)_mm512_cvtneps_pbh(gelu<false>(x)));
    }
}

void geluCpu(float* values, std::int64_t count) {
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        _mm512_storeu_ps(values + i, gelu<true>(_mm512_loadu_ps(values + i)));
    }
    if (i < count) {
        const auto rest = static_cast<__mmask16>((1u << (count - i)) - 1u);
        _mm512_mask_storeu_ps(
            values + i, rest, gelu<true>(_mm512_maskz_loadu_ps(rest, values + i)));
    }
}

}  // namespace tessera::kernels
