#pragma once

// The rotation of queries and keys by their tokens' places (Su et al., "RoFormer", rotate-half),
// axis by axis: within each span of a head's channels, channel j turns with j + span / 2,
//
//   out[j]            = x[j] * cosine - x[j + span / 2] * sine
//   out[j + span / 2] = x[j + span / 2] * cosine + x[j] * sine
//
// No norm (rotate.h has one). bf16, the arithmetic is fp32. Queries and keys are [batch, tokens,
// heads, headSize] without gaps; the tables [tokens, headSize / 2], span after span. Device memory,
// or host memory for the reference.

#include "kernels/api/status.h"

#include <cstdint>

namespace tessera::kernels {

struct TurnShape {
    std::int64_t batch = 0;
    std::int64_t tokens = 0;
    std::int64_t heads = 0;
    std::int64_t headSize = 0;  // a multiple of span
    std::int64_t span = 0;      // channels of one axis; a multiple of 16
};

struct Turn {
    TurnShape shape;
    const void* query = nullptr;
    const void* key = nullptr;
    const void* cosine = nullptr;
    const void* sine = nullptr;
    void* outQuery = nullptr;
    void* outKey = nullptr;
    bool isBack = false;  // by the opposite angles: takes gradients of the results to those of x
};

// True where the kernel of this build covers the shape.
bool supports(const TurnShape& shape);

Status launchTurn(const Turn& params, StreamHandle stream);

namespace reference {
Status turn(const Turn& params);
}  // namespace reference

}  // namespace tessera::kernels
