#include "kernels/api/cpu_attention.h"
#include "kernels/api/cpu_elementwise.h"
#include "kernels/api/cpu_gelu.h"
#include "kernels/common/cpu_variants.h"

namespace tessera::kernels {

namespace {

bool hasAvx512() {
    return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
           __builtin_cpu_supports("fma") != 0;
}

bool hasBf16Vectors() {
    return hasAvx512() && __builtin_cpu_supports("avx512bf16") != 0;
}

bool has(CpuInstructions instructions) {
    switch (instructions) {
        case CpuInstructions::Avx2:
            return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
        case CpuInstructions::Avx512:
            return hasAvx512();
        default:
            return hasBf16Vectors();
    }
}

// Best first.
const CpuAttention* const kVariants[] = {&kCpuBf16Avx512, &kCpuFp32Avx512, &kCpuFp32Avx2};

template <class Fits>
CpuAttentionChoice firstThat(CpuElement element, std::int64_t headSize, const Fits& fits) {
    if (headSize != 64 && headSize != 96 && headSize != 128) {
        return {nullptr,
                "The CPU kernel has head sizes 64, 96 and 128.",
                "Take another attention kernel for this model."};
    }
    for (const CpuAttention* variant : kVariants) {
        if (variant->element == element && fits(variant->instructions) &&
            has(variant->instructions)) {
            return {variant, "", ""};
        }
    }
    if (element == CpuElement::Bf16) {
        return {nullptr,
                "This processor lacks the AVX-512 BF16 that the CPU kernel needs in bf16.",
                "Use fp32, or another attention kernel."};
    }
    return {nullptr,
            "This processor lacks the AVX2 and FMA, or the AVX-512, that the CPU kernel needs in "
            "fp32.",
            "Take another attention kernel."};
}

}  // namespace

CpuAttentionChoice chooseCpuAttention(CpuElement element, std::int64_t headSize) {
    return firstThat(element, headSize, [](CpuInstructions) { return true; });
}

CpuAttentionChoice chooseCpuAttention(CpuInstructions instructions,
                                      CpuElement element,
                                      std::int64_t headSize) {
    return firstThat(element, headSize, [instructions](CpuInstructions offered) {
        return offered == instructions;
    });
}

bool hasCpuGelu() {
    return hasBf16Vectors();
}

bool supportsOnCpu(const ModulateShape& shape) {
    return hasBf16Vectors() && shape.width > 0 && shape.width % 16 == 0 && shape.width <= 4096;
}

bool supportsOnCpu(const RotateShape& shape) {
    return hasBf16Vectors() &&
           (shape.headSize == 64 || shape.headSize == 96 || shape.headSize == 128);
}

}  // namespace tessera::kernels
