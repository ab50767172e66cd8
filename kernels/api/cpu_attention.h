#pragma once

// Full self-attention on the CPU in bf16, for processors with AVX-512 BF16: online softmax over
// tiles of keys, matrix products by dpbf16. The host half (core/attention) checks shapes, allocates
// and splits the work over threads; the functions here are plain loops over memory it owns, and may
// run on several threads at once on different rows.

#include <cstddef>
#include <cstdint>

namespace tessera::kernels {

// A stack of matrices [heads, rows, 64] of bf16 in any strides (in elements), the 64 contiguous.
struct Bf16Rows {
    const std::uint16_t* data = nullptr;
    std::int64_t headStride = 0;
    std::int64_t rowStride = 0;
};

inline constexpr std::int64_t kCpuAttentionHeadSize = 64;

// True when this processor and this head size are served.
bool hasCpuAttention(std::int64_t headSize);

// Bytes that packCpuAttention() needs for one head with so many keys; aligned to 64.
std::size_t cpuAttentionPackedBytes(std::int64_t keys);

// Lays out keys and values of one head for attendCpu(). `packed` is aligned to 64 bytes.
void packCpuAttention(
    const Bf16Rows& k, const Bf16Rows& v, std::int64_t head, std::int64_t keys, std::byte* packed);

// out[row] = softmax(scale * q[row] k^T) v for rows [begin, end) of one head whose keys are packed.
void attendCpu(const Bf16Rows& q,
               std::int64_t head,
               std::int64_t begin,
               std::int64_t end,
               const std::byte* packed,
               std::int64_t keys,
               float scale,
               std::uint16_t* out,
               std::int64_t outHeadStride,
               std::int64_t outRowStride);

}  // namespace tessera::kernels
