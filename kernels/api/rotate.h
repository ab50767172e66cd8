#pragma once

// What stands between the projection of queries, keys and values and the attention, in one pass:
// RMS norm over a head (Henry et al., "Query-key normalization for transformers"; its RMS form) and
// the rotation of its channels (Su et al., "RoFormer", rotate-half):
//
//   z = y * rsqrt(mean(y^2) + epsilon) * weight
//   out[j] = z[j] * cosine[j] + z[(j + headSize / 2) % headSize] * sine[j]
//
// for the queries and the keys of every token and head. bf16, sums in fp32. `packed` is [batch,
// tokens, 3, heads, headSize] without gaps (q, k, v); the tables are [tokens, headSize]. Device
// memory, or host memory for the reference.

#include "kernels/api/status.h"

#include <cstdint>

namespace tessera::kernels {

struct RotateShape {
    std::int64_t batch = 0;
    std::int64_t tokens = 0;
    std::int64_t heads = 0;
    std::int64_t headSize = 0;  // 64, 96 or 128
    double epsilon = 1e-6;
};

// What both directions read.
struct RotateInputs {
    RotateShape shape;
    const void* packed = nullptr;
    const void* queryWeight = nullptr;  // [headSize]
    const void* keyWeight = nullptr;
    const void* cosine = nullptr;
    const void* sine = nullptr;
};

struct RotateForward : RotateInputs {
    void* query = nullptr;  // [batch, tokens, heads, headSize]
    void* key = nullptr;
};

// Where a gradient lies: elements between batches, tokens and heads; channels have no gaps, and
// every stride is a multiple of 8.
struct HeadStrides {
    std::int64_t batch = 0;
    std::int64_t token = 0;
    std::int64_t head = 0;
};

struct RotateBackward : RotateInputs {
    const void* gradQuery = nullptr;
    const void* gradKey = nullptr;
    const void* gradValue = nullptr;
    HeadStrides queryStrides, keyStrides, valueStrides;
    void* gradPacked = nullptr;
    // Of the weights, query then key, one sum for each run of tokens: [rotateRuns(shape), 2,
    // headSize]; the caller adds the runs up.
    float* partial = nullptr;
};

constexpr std::int64_t kRotateRun = 64;  // tokens, of all batches one after the other

constexpr std::int64_t rotateRuns(const RotateShape& shape) {
    return (shape.batch * shape.tokens + kRotateRun - 1) / kRotateRun;
}

// True where the instances of this build cover the shape.
bool supports(const RotateShape& shape);

Status launchRotateForward(const RotateForward& params, StreamHandle stream);
Status launchRotateBackward(const RotateBackward& params, StreamHandle stream);

namespace reference {
Status rotateForward(const RotateForward& params);
Status rotateBackward(const RotateBackward& params);
}  // namespace reference

}  // namespace tessera::kernels
