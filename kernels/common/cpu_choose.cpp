#include "kernels/api/cpu_attention.h"
#include "kernels/api/cpu_gelu.h"

namespace tessera::kernels {

namespace {

bool hasBf16Vectors() {
    return __builtin_cpu_supports("avx512bf16") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512vl") != 0;
}

}  // namespace

bool hasCpuAttention(std::int64_t headSize) {
    return headSize == kCpuAttentionHeadSize && hasBf16Vectors();
}

bool hasCpuGelu() {
    return hasBf16Vectors();
}

}  // namespace tessera::kernels
