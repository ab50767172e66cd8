#pragma once

// The video transformer of Open-Sora-Plan 1.2 (specs/open-sora-plan-1.2, section 1): adaLN-single,
// 3-D RoPE self-attention without QK norm, cross-attention without norm or gate, tanh-GELU MLP. The
// parameters have the names and shapes of its checkpoints. Inference and training as in
// dit_tessera.h. Engine thread.

#include "core/attention/elementwise.h"
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

// By default the released transformer at 720p.
struct OpenSoraPlanConfig {
    std::int64_t layers = 32;
    std::int64_t heads = 24;
    std::int64_t headSize = 96;    // a multiple of 6: a third turns with each axis
    std::int64_t channels = 4;     // of the latents, in and out
    std::int64_t textSize = 4096;  // of the text encoder's output
    double epsilon = 1e-6;         // of the norms
    std::array<double, 3> scales{
        1.0, 1.5, 2.0};  // time, rows, columns: a step of the grid is 1 / scale of a position

    std::int64_t width() const { return heads * headSize; }

    // BadModel for a key that is missing or out of range, and for what the released models do not
    // have: other norms, activations or patches.
    static base::Result<OpenSoraPlanConfig> parse(const base::Json& json);
};

struct OpenSoraPlanBlock {
    at::Tensor scaleShiftTable;  // [6, D]: shift, scale, gate of attention, then of the MLP
    Linear query, key, value, out;
    Linear crossQuery, crossKey, crossValue, crossOut;
    Linear mlpIn, mlpOut;
};

class OpenSoraPlanDit final : public VideoTransformer {
public:
    explicit OpenSoraPlanDit(const OpenSoraPlanConfig& config)
        : m_config(config), m_blocks(static_cast<std::size_t>(config.layers)) {}

    // Every weight with its name; slots point into this object.
    ParameterList parameters();

    at::Tensor forward(const at::Tensor& latents,
                       const at::Tensor& timesteps,
                       const TextEmbedding& text,
                       const attention::AttentionContext& attention) const override;

    TokenGrid grid(std::int64_t frames, std::int64_t height, std::int64_t width) const override;

    std::int64_t layers() const override { return m_config.layers; }

    std::int64_t heads() const override { return m_config.heads; }

    std::int64_t headSize() const override { return m_config.headSize; }

    std::int64_t latentChannels() const override { return m_config.channels; }

    const OpenSoraPlanConfig& config() const { return m_config; }

private:
    // What runs through the blocks, [B, N, D]: the hidden state, and its modulated norm for the
    // next matrix product.
    struct Stream {
        at::Tensor x, normed;
    };

    attention::AxisTurn turn(const TokenGrid& grid, const at::Tensor& like) const;
    void block(std::size_t index,
               Stream& stream,
               const Modulation& own,
               const Modulation& next,
               const TextEmbedding& text,
               const attention::AxisTurn& turn,
               const attention::AttentionContext& attention) const;

    OpenSoraPlanConfig m_config;
    Linear m_patch;  // the weight as a convolution's, [D, C, 2, 2]
    Linear m_time1, m_time2, m_modulation;
    Linear m_caption1, m_caption2;
    std::vector<OpenSoraPlanBlock> m_blocks;
    at::Tensor m_finalTable;  // [2, D]: shift, scale
    Linear m_project;
};

}  // namespace tessera::models
