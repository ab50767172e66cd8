#pragma once

// The elementwise work between two matrix products of a transformer block, in one pass over memory:
//
//   sum = x + gate * branch                                  the gated residual of adaLN
//   out = (sum - mean) * rstd * (1 + scale) + shift          LayerNorm without weights, modulated
//
// (Peebles and Xie, "Scalable diffusion models with transformers", section 3.2, adaLN-zero). Either
// line may be left out: without a branch `sum` is x, without a gate the gate is 1, without `out`
// only the gated residual is computed. Tensors are bf16, [batch, tokens, width] without gaps;
// gate, scale and shift are rows of `width`, one a batch, as far apart as the shape says. Sums
// are taken in fp32. Device memory, or host memory for the reference.

#include "kernels/api/status.h"

#include <cstdint>

namespace tessera::kernels {

struct ModulateShape {
    std::int64_t batch = 0;
    std::int64_t tokens = 0;
    std::int64_t width = 0;       // a multiple of 256, at most 4096
    std::int64_t gateStride = 0;  // elements from one batch's gate to the next; multiples of 8
    std::int64_t normStride = 0;  // of scale and of shift
    double epsilon = 1e-6;
};

struct ModulateForward {
    ModulateShape shape;
    const void* x = nullptr;
    const void* branch = nullptr;  // or null
    const void* gate = nullptr;    // or null; only with a branch
    const void* scale = nullptr;   // scale and shift: both, or null for no `out`
    const void* shift = nullptr;
    void* sum = nullptr;    // null without a branch
    void* out = nullptr;    // null without scale
    float* mean = nullptr;  // [batch * tokens], null without scale
    float* rstd = nullptr;
};

// Gradients of the same lines. `partial` takes the sums over tokens that the modulation's gradients
// are, one for each run of tokens: [batch, modulateRuns(shape), 3, width] in the order shift,
// scale, gate; the caller adds the runs up. Rows that there is no gradient for are zeros.
struct ModulateBackward {
    ModulateShape shape;
    const void* gradSum = nullptr;  // of `sum`, or null
    const void* gradOut = nullptr;  // of `out`, or null
    const void* sum = nullptr;      // as forward left it; x without a branch; null without gradOut
    const void* branch = nullptr;   // or null; needed with a gate
    const void* gate = nullptr;     // or null
    const void* scale = nullptr;    // null without gradOut
    const float* mean = nullptr;
    const float* rstd = nullptr;
    void* gradX = nullptr;       // null without gradOut: then it is gradSum
    void* gradBranch = nullptr;  // null without a gate: then it is gradX
    float* partial = nullptr;
};

constexpr std::int64_t kModulateRun = 64;  // tokens

constexpr std::int64_t modulateRuns(const ModulateShape& shape) {
    return (shape.tokens + kModulateRun - 1) / kModulateRun;
}

// True where the instances of this build cover the shape.
bool supports(const ModulateShape& shape);

Status launchModulateForward(const ModulateForward& params, StreamHandle stream);
Status launchModulateBackward(const ModulateBackward& params, StreamHandle stream);

namespace reference {
Status modulateForward(const ModulateForward& params);
Status modulateBackward(const ModulateBackward& params);
}  // namespace reference

}  // namespace tessera::kernels
