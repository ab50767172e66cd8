#pragma once

// A video diffusion transformer as the pipeline, the search and the trainer see it. One
// implementation a family (dit_*.h); the pipeline knows only this header. Engine thread.

#include "core/attention/backend.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tessera::models {

// What the text encoder gives: [B, L, D] in the model's precision and a mask [B, L] (true = a real
// token); an undefined mask means that all are real.
struct TextEmbedding {
    at::Tensor tokens;
    at::Tensor mask;
};

// Token grid of one clip: N = frames * rows * columns (+ textTokens where the model concatenates
// them).
struct TokenGrid {
    std::int64_t frames = 0;
    std::int64_t rows = 0;
    std::int64_t columns = 0;

    std::int64_t tokensPerFrame() const { return rows * columns; }
};

class VideoTransformer {
public:
    virtual ~VideoTransformer() = default;

    // latents [B, C, F, h, w] (scaled as the scheduler says), timesteps [B] float -> prediction [B,
    // C, F, h, w] in fp32. What is predicted (epsilon, v, flow) is the scheduler's business.
    virtual at::Tensor forward(const at::Tensor& latents,
                               const at::Tensor& timesteps,
                               const TextEmbedding& text,
                               const attention::AttentionContext& attention) const = 0;

    // Grid for latents of that size.
    virtual TokenGrid grid(std::int64_t frames, std::int64_t height, std::int64_t width) const = 0;

    virtual std::int64_t layers() const = 0;
    virtual std::int64_t heads() const = 0;
    virtual std::int64_t headSize() const = 0;
    virtual std::int64_t latentChannels() const = 0;
};

}  // namespace tessera::models
