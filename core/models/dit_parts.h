#pragma once

// What the video transformers of Open-Sora-Plan's kind are put together from. Engine thread.

#include "core/models/transformer.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tessera::models {

struct Linear {
    at::Tensor weight;    // [out, in]
    at::Tensor bias;      // [out]
    at::Tensor packed{};  // the weight as pack() left it, or undefined
};

// Lays the weight out anew for products without gradients, where the device gains by it. The weight
// may not change afterwards.
void pack(Linear& linear);

at::Tensor apply(const Linear& linear, const at::Tensor& x);

// tanh-GELU of the same.
at::Tensor applyGelu(const Linear& linear, const at::Tensor& x);

// [B, L, D] -> [B, H, L, D / H]
at::Tensor splitHeads(const at::Tensor& x, std::int64_t heads);

// [B, H, L, D / H] -> [B, L, D]
at::Tensor joinHeads(const at::Tensor& x);

constexpr std::int64_t kPatch = 2;  // pixels of a latent frame per token, each way

// Cross-attention between two projections: x [B, N, D], key and value [B, L, D], mask [B, 1, 1, L]
// or undefined -> [B, N, D].
at::Tensor attendToText(const Linear& query,
                        const Linear& out,
                        const at::Tensor& x,
                        const at::Tensor& key,
                        const at::Tensor& value,
                        const at::Tensor& mask,
                        std::int64_t heads);

// [B, C, F, h, w] -> [B, N, 4 C]; tokens time-major, then rows, then columns; features (row,
// column, channel).
at::Tensor patchify(const at::Tensor& latents);

// The other way.
at::Tensor unpatchify(const at::Tensor& x, const TokenGrid& grid, std::int64_t channels);

// Sinusoidal features of timesteps [B] -> [B, size] fp32, cosines first
// (specs/open-sora-plan-1.2, 1.3 step 4).
at::Tensor timestepFeatures(const at::Tensor& timesteps, std::int64_t size);

// Shift, scale, gate of attention, then of the MLP, each [B, 1, D]; shift and scale alone of the
// projection.
using Modulation = std::vector<at::Tensor>;

constexpr std::int64_t kTimeFeatures = 256;  // of a timestep, before its embedding

// The embedding of timesteps [B] in the precision of the weights -> [B, D].
at::Tensor embedTime(const Linear& first, const Linear& second, const at::Tensor& timesteps);

// Of every block, whose tables are [6, D], then of the projection, whose table is [2, D].
std::vector<Modulation> modulationsOf(const at::Tensor& time,
                                      const Linear& modulation,
                                      const std::vector<at::Tensor>& tables,
                                      const at::Tensor& finalTable);

// The text as the blocks' cross-attention takes it, its mask as [B, 1, 1, L].
TextEmbedding projectText(const Linear& first, const Linear& second, const TextEmbedding& text);

}  // namespace tessera::models
