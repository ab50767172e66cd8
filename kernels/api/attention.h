#pragma once

// Self-attention under a mask over latent frames, fused, and its gradients: one launch for all
// batches and heads, each head with a mask of its own where asked. The mask arrives as a plan of
// tiles made on the host (core/attention/tile_plan.h): the kernels know ranges of tokens, not
// frames.
//
//   out[row] = sum over kept keys of softmax(scale q[row] k[key]) v[key]
//   lse[row] = log of the sum over kept keys of exp(scale q[row] k[key])
//
// bf16 in and out, or fp16 where the build has it (TESSERA_FP16), sums in fp32. The sequence is
// `text` tokens, then `frames` times `tokens`. Device memory, or host memory for the reference.

#include "kernels/api/element.h"
#include "kernels/api/status.h"

#include <cstddef>
#include <cstdint>

namespace tessera::kernels {

inline constexpr int kGroupRows = 64;  // query rows of a warp group
inline constexpr int kMostGroups = 3;  // of a tile

// What one block of threads takes at a time: so many groups of 64 query rows, so many keys a step.
struct TileShape {
    int groups = 0;
    int keys = 0;

    int rows() const { return groups * kGroupRows; }
};

// Consecutive query rows that see the same keys: those of the tile's common ranges, then `own`
// steps of its own ranges, which come after `before` steps that are other groups'.
struct RowGroup {
    std::int32_t firstRow = 0;
    std::int32_t rows = 0;  // 0 = no group; `before` is then every own step of the tile
    std::int32_t before = 0, own = 0, after = 0;
};

// Tokens begin ... end of the sequence: keys in the forward pass, queries in the backward pass.
// Walked from `begin` in steps of as many as the kernel takes; only the last may be short, and a
// short step lies inside the text or inside one frame.
struct TokenRange {
    std::int32_t begin = 0;
    std::int32_t end = 0;
};

struct AttentionTile {
    RowGroup groups[kMostGroups];
    std::int32_t firstRange = 0;
    std::int32_t rangeCount = 0;
    std::int32_t commonSteps = 0;  // of the ranges that every group sees, which come first
};

struct AttentionItem {
    std::int32_t tile = 0;
    std::int32_t head = 0;
};

// In device memory, or in host memory for the reference.
struct TilePlanView {
    const AttentionTile* tiles = nullptr;
    const TokenRange* ranges = nullptr;
    const AttentionItem* items = nullptr;  // in the order of their start, of one batch
    std::int32_t itemCount = 0;
};

// Elements between batches, heads and rows; the channels have no gaps. Multiples of 8.
struct RowStrides {
    std::int64_t batch = 0;
    std::int64_t head = 0;
    std::int64_t row = 0;
};

struct AttentionShape {
    std::int64_t batch = 0;
    std::int64_t heads = 0;
    std::int64_t headSize = 0;  // 64, 96 or 128
    std::int64_t text = 0;
    std::int64_t frames = 0;
    std::int64_t tokens = 0;

    std::int64_t rows() const { return text + frames * tokens; }
};

struct AttentionForward {
    AttentionShape shape;
    TilePlanView plan;
    const void *q = nullptr, *k = nullptr, *v = nullptr;  // [batch, heads, rows, headSize]
    RowStrides qStrides, kStrides, vStrides;
    void* out = nullptr;
    RowStrides outStrides;
    float* lse = nullptr;  // [batch, heads, rows] without gaps
    float scale = 1.0f;
    Element element = Element::Bf16;  // of q, k, v and out
    std::int32_t* counter = nullptr;  // one number of device memory, for the launch alone
};

// Whether this build has the kernels for Element::Fp16 as well.
bool hasFp16Kernels();

// How the forward kernel of this device cuts its work, whatever the element; no groups where it has
// no kernel.
TileShape forwardTileShape(std::int64_t headSize, int computeCapability);

// Unsupported where forwardTileShape() has no groups, and for fp16 without hasFp16Kernels().
Status launchAttentionForward(const AttentionForward& params,
                              int computeCapability,
                              StreamHandle stream);

// --- Backward ------------------------------------------------------------------------------------
//
// With p = exp(scale q k^T - lse), the weights, and g the gradient of the output (Dao,
// "FlashAttention-2", algorithm 2; sums over kept pairs):
//
//   gradV[key]   = sum over queries of p g[query]
//   s            = p (g[query] v[key]^T - out[query] g[query]^T)
//   gradK[key]   = scale * sum over queries of s q[query]
//   gradQ[query] = scale * sum over keys of s k[key]
//
// A block of threads keeps some keys with their two gradients and walks the queries that see them.
// The mask is symmetric, so these are the tokens that the keys see as queries. What a block knows
// of gradQ it adds to sums in fp32 in device memory.
//
// p and s enter the products as bf16 or fp16; only the sums are fp32. In fp16 an s beyond 65504,
// which takes huge gradients, is infinite; below 2^-14 p and s lose places, below 2^-24 they are
// zero. Over n keys p is about 1 / n and s that times the gradient: the caller scales the loss so
// that gradients are near one.

// What one block of threads keeps of keys, and how many queries it takes a step.
struct BackwardTileShape {
    int keys = 0;
    int queries = 0;
};

// Consecutive keys that the same queries see: at most BackwardTileShape::keys; where there are
// fewer they lie inside the text or inside one frame.
struct KeyTile {
    std::int32_t firstKey = 0;
    std::int32_t keys = 0;
    std::int32_t firstRange = 0;  // of queries
    std::int32_t rangeCount = 0;
};

struct KeyPlanView {
    const KeyTile* tiles = nullptr;
    const TokenRange* ranges = nullptr;
    const AttentionItem* items = nullptr;  // in the order of their start, of one batch
    std::int32_t itemCount = 0;
};

struct AttentionBackward {
    AttentionShape shape;
    KeyPlanView plan;
    const void *q = nullptr, *k = nullptr, *v = nullptr;  // [batch, heads, rows, headSize]
    const void *out = nullptr, *gradOut = nullptr;        // the same
    RowStrides qStrides, kStrides, vStrides, outStrides, gradOutStrides;
    const float* lse = nullptr;  // [batch, heads, rows] without gaps, of the forward pass
    void *gradQ = nullptr, *gradK = nullptr, *gradV = nullptr;
    RowStrides gradQStrides, gradKStrides, gradVStrides;
    float scale = 1.0f;
    Element element = Element::Bf16;  // of all that is not float here
    // For the launch alone, in device memory; not read before they are written.
    float* querySums = nullptr;       // [batch, heads, rows, headSize]: gradQ before the scale
    float* products = nullptr;        // [batch, heads, rows]: out g^T
    std::int32_t* counter = nullptr;  // one number
};

// How the backward kernel of this device cuts its work, whatever the element; no keys where it has
// no kernel.
BackwardTileShape backwardTileShape(std::int64_t headSize, int computeCapability);

// Unsupported where backwardTileShape() has no keys, and for fp16 without hasFp16Kernels(). The
// order in which gradQ is added up differs from run to run, and with it the last bits; gradK and
// gradV are the same bits each time.
Status launchAttentionBackward(const AttentionBackward& params,
                               int computeCapability,
                               StreamHandle stream);

namespace reference {
// Walks the plan as the kernel does.
Status attentionForward(const AttentionForward& params, const TileShape& shape);
Status attentionBackward(const AttentionBackward& params, const BackwardTileShape& shape);
}  // namespace reference

}  // namespace tessera::kernels
