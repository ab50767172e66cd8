#pragma once

// The bundled video transformer: Open-Sora-Plan's block (specs/open-sora-plan-1.2: adaLN-single,
// 3-D RoPE self-attention, ungated cross-attention, tanh-GELU MLP) at a small width, with QK
// RMS-norm. The same functions serve inference and training: they are differentiable whenever the
// weights ask for gradients. Engine thread.

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/models/dit_parts.h"
#include "core/models/parameter.h"
#include "core/models/transformer.h"

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <vector>

namespace tessera::models {

struct DitConfig {
    std::int64_t layers = 8;
    std::int64_t heads = 4;
    std::int64_t headSize = 64;
    std::int64_t channels = 16;   // of the latents, in and out
    std::int64_t textSize = 256;  // of the text encoder's output
    std::int64_t mlpRatio = 4;
    std::array<std::int64_t, 3> ropeAxes{
        16, 24, 24};  // channels of a head that turn with time, row, column
    std::array<std::int64_t, 2> baseGrid{
        16, 24};  // rows and columns at which positions count in steps of one

    std::int64_t width() const { return heads * headSize; }

    // Grid for latents of that size.
    TokenGrid grid(std::int64_t frames, std::int64_t height, std::int64_t width) const;

    // Multiplications and additions of one forward pass of one clip with dense attention, the
    // text's part left out.
    double forwardFlops(const TokenGrid& grid) const;

    // Of these, the scores and sums of dense self-attention.
    double attentionFlops(const TokenGrid& grid) const;

    // BadModel for a key that is missing or out of range, or sizes that do not fit together.
    static base::Result<DitConfig> parse(const base::Json& json);
    base::Json json() const;
};

struct DitBlock {
    at::Tensor scaleShiftTable;  // [6, D]: shift, scale, gate of attention, then of the MLP
    Linear qkv;                  // self-attention, q then k then v: [3 D, D]
    at::Tensor qNorm, kNorm;     // [headSize]
    Linear out;
    Linear crossQ, crossKv, crossOut;
    Linear mlpIn, mlpOut;
};

class TesseraDit final : public VideoTransformer {
public:
    explicit TesseraDit(const DitConfig& config)
        : m_config(config), m_blocks(static_cast<std::size_t>(config.layers)) {}

    // Every weight with its name; slots point into this object. Takes back what pack() did.
    ParameterList parameters();

    // Lays out the weights of the blocks for inference; they may not change afterwards.
    void pack();

    at::Tensor forward(const at::Tensor& latents,
                       const at::Tensor& timesteps,
                       const TextEmbedding& text,
                       const attention::AttentionContext& attention) const override;

    // The same, and the hidden state [B, N, D] after `tapLayer` blocks, for probes and losses on
    // it.
    struct Tapped {
        at::Tensor prediction;
        at::Tensor hidden;
    };

    Tapped forwardTapped(const at::Tensor& latents,
                         const at::Tensor& timesteps,
                         const TextEmbedding& text,
                         const attention::AttentionContext& attention,
                         std::int64_t tapLayer) const;

    TokenGrid grid(std::int64_t frames, std::int64_t height, std::int64_t width) const override;

    std::int64_t layers() const override { return m_config.layers; }

    std::int64_t heads() const override { return m_config.heads; }

    std::int64_t headSize() const override { return m_config.headSize; }

    std::int64_t latentChannels() const override { return m_config.channels; }

    const DitConfig& config() const { return m_config; }

private:
    struct Rotation {
        at::Tensor cosine, sine;  // [N, 1, headSize]; the sine carries the sign of rotate-half
    };

    // What runs through the blocks, [B, N, D]: the hidden state, and its modulated norm for the
    // next matrix product.
    struct Stream {
        at::Tensor x, normed;
    };

    Rotation rotation(const TokenGrid& grid, const at::Tensor& like) const;
    void block(std::size_t index,
               Stream& stream,
               const Modulation& own,
               const Modulation& next,
               const TextEmbedding& text,
               const Rotation& rotation,
               const attention::AttentionContext& attention) const;

    DitConfig m_config;
    Linear m_patch;
    Linear m_time1, m_time2, m_modulation;
    Linear m_caption1, m_caption2;
    std::vector<DitBlock> m_blocks;
    at::Tensor m_finalTable;  // [2, D]: shift, scale
    Linear m_project;
};

}  // namespace tessera::models
