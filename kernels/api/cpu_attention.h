#pragma once

// Attention on the CPU under any mask that is made of segments: full attention, and the masks over
// frames. Keys are packed once per head, segment by segment, into blocks of as many tokens as a
// vector has lanes; a tile of query rows walks the runs of blocks that it may see, with an online
// softmax. The host half (core/attention) checks shapes, allocates, divides the sequence and
// spreads tiles over threads; the functions here are plain loops over memory it owns, and may run
// on several threads at once on different tiles.

#include <cstddef>
#include <cstdint>

namespace tessera::kernels {

enum class CpuElement { Fp32, Bf16 };

// What a kernel is compiled for; each needs more of the processor than the one before.
enum class CpuInstructions { Avx2, Avx512, Avx512Bf16 };

// Rows of one head in the element of the kernel: `stride` elements apart, the channels contiguous.
struct CpuRows {
    const void* data = nullptr;
    std::int64_t stride = 0;
};

// Blocks begin ... end - 1 of a packed matrix.
struct CpuRun {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

inline constexpr std::int64_t kCpuTileRows = 96;  // of one tile, at most

// Rows that see the same blocks.
struct CpuTile {
    const std::int32_t* tokens = nullptr;  // which rows of the matrices they are
    std::int64_t count = 0;
    CpuRun runs[2];  // one after the other; the second may be empty
};

// out = softmax(scale * q k^T) v. `slots` says which token lies where in the packed matrices, -1
// where a segment's last block is filled up.
struct CpuForward {
    std::int64_t headSize = 0;
    float scale = 0.0F;
    CpuRows q;
    const void* keyColumns = nullptr;  // packed
    const void* valueRows = nullptr;
    const std::int32_t* slots = nullptr;
    void* out = nullptr;
    std::int64_t outStride = 0;
    float* lse = nullptr;  // by token: natural log of the sum of exp(score); null if not wanted
};

// The gradient of the queries. Also writes `rowProducts`, by token: gradOut . out.
struct CpuQueryGradient {
    std::int64_t headSize = 0;
    float scale = 0.0F;
    CpuRows q, out, gradOut;
    const void* keyColumns = nullptr;
    const void* valueColumns = nullptr;
    const void* keyRows = nullptr;
    const std::int32_t* slots = nullptr;
    const float* lse = nullptr;
    float* rowProducts = nullptr;
    float* gradQ = nullptr;
    std::int64_t gradStride = 0;
};

// The gradients of keys and values; here the rows of a tile are keys, the packed columns queries.
struct CpuKeyGradient {
    std::int64_t headSize = 0;
    float scale = 0.0F;
    CpuRows k, v;
    const void* queryColumns = nullptr;
    const void* gradOutColumns = nullptr;
    const void* queryRows = nullptr;
    const void* gradOutRows = nullptr;
    // By slot: the log-sum-exp, infinite in padding, and gradOut . out, 0 there.
    const float* lse = nullptr;
    const float* rowProducts = nullptr;
    float* gradK = nullptr;
    float* gradV = nullptr;
    std::int64_t gradStride = 0;
};

// One instruction set's functions.
struct CpuAttention {
    CpuInstructions instructions = CpuInstructions::Avx2;
    CpuElement element = CpuElement::Fp32;
    std::int64_t lanes = 0;  // tokens of a block

    // Lays out slots [begin, end), whole blocks, of a packed matrix of slots x headSize elements;
    // padding becomes zeros. Columns are what rows are multiplied with, rows what is summed up.
    void (*packColumns)(const CpuRows& from,
                        std::int64_t headSize,
                        const std::int32_t* slots,
                        std::int64_t begin,
                        std::int64_t end,
                        void* packed) = nullptr;
    void (*packRows)(const CpuRows& from,
                     std::int64_t headSize,
                     const std::int32_t* slots,
                     std::int64_t begin,
                     std::int64_t end,
                     void* packed) = nullptr;
    void (*forward)(const CpuForward& params, const CpuTile& tile) = nullptr;
    // Null in bf16.
    void (*queryGradient)(const CpuQueryGradient& params, const CpuTile& tile) = nullptr;
    void (*keyGradient)(const CpuKeyGradient& params, const CpuTile& tile) = nullptr;
};

// The functions, or null and the reason with its remedy, two sentences.
struct CpuAttentionChoice {
    const CpuAttention* kernel = nullptr;
    const char* reason = "";
    const char* remedy = "";
};

// The best that this processor has for the element and the head size.
CpuAttentionChoice chooseCpuAttention(CpuElement element, std::int64_t headSize);

// The same with one instruction set and no other: for tests and measurements.
CpuAttentionChoice chooseCpuAttention(CpuInstructions instructions,
                                      CpuElement element,
                                      std::int64_t headSize);

}  // namespace tessera::kernels
