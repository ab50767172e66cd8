#include "core/models/dit_tessera.h"

#include "core/attention/elementwise.h"
#include "core/base/check.h"
#include "core/models/config_reader.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

namespace tessera::models {
namespace {

constexpr double kNormEpsilon = 1e-6;

// Those that every token meets.
std::array<Linear*, 6> productsOf(DitBlock& b) {
    return {&b.qkv, &b.out, &b.crossQ, &b.crossOut, &b.mlpIn, &b.mlpOut};
}

}  // namespace

base::Result<DitConfig> DitConfig::parse(const base::Json& json) {
    ConfigReader reader(json, "transformer/config.json");
    DitConfig config;
    config.layers = reader.integer("num_layers", 1, 256);
    config.heads = reader.integer("num_attention_heads", 1, 256);
    config.headSize = reader.integer("attention_head_dim", 8, 256);
    config.channels = reader.integer("in_channels", 1, 256);
    config.textSize = reader.integer("caption_channels", 8, 16384);
    config.mlpRatio = reader.integer("mlp_ratio", 1, 16);
    const auto axes = reader.integers("rope_axes", 3, 0, 256);
    const auto base = reader.integers("base_grid", 2, 1, 4096);
    if (!reader.error()) {
        config.ropeAxes = {axes[0], axes[1], axes[2]};
        config.baseGrid = {base[0], base[1]};
        const bool even = axes[0] % 2 == 0 && axes[1] % 2 == 0 && axes[2] % 2 == 0;
        if (!even || axes[0] + axes[1] + axes[2] != config.headSize) {
            reader.refuse("rope_axes", "three even numbers whose sum is attention_head_dim");
        }
    }
    return reader.finish(config);
}

base::Json DitConfig::json() const {
    return {{"_class_name", "TesseraTransformer3DModel"},
            {"num_layers", layers},
            {"num_attention_heads", heads},
            {"attention_head_dim", headSize},
            {"in_channels", channels},
            {"out_channels", channels},
            {"caption_channels", textSize},
            {"mlp_ratio", mlpRatio},
            {"patch_size", kPatch},
            {"patch_size_t", 1},
            {"qk_norm", "rms_norm"},
            {"rope_axes", ropeAxes},
            {"base_grid", baseGrid},
            {"norm_eps", kNormEpsilon}};
}

TokenGrid DitConfig::grid(std::int64_t frames, std::int64_t height, std::int64_t width) const {
    return {frames, height / kPatch, width / kPatch};
}

double DitConfig::forwardFlops(const TokenGrid& grid) const {
    const auto d = static_cast<double>(width());
    const auto tokens = static_cast<double>(grid.frames * grid.tokensPerFrame());
    // Weights that every token meets: q, k, v, out and the cross-attention's q and out (6 D^2), the
    // MLP (2 ratio D^2).
    const double weights = (6.0 + 2.0 * static_cast<double>(mlpRatio)) * d * d;
    return 2.0 * static_cast<double>(layers) * tokens * weights + attentionFlops(grid);
}

double DitConfig::attentionFlops(const TokenGrid& grid) const {
    const auto tokens = static_cast<double>(grid.frames * grid.tokensPerFrame());
    return 4.0 * static_cast<double>(layers) * tokens * tokens * static_cast<double>(width());
}

ParameterList TesseraDit::parameters() {
    const std::int64_t d = m_config.width();
    const std::int64_t patchNumbers = kPatch * kPatch * m_config.channels;
    ParameterList list;
    appendLinear(list, "pos_embed.proj", m_patch.weight, m_patch.bias, patchNumbers, d);
    const std::string time = "adaln_single.emb.timestep_embedder.";
    appendLinear(list, time + "linear_1", m_time1.weight, m_time1.bias, kTimeFeatures, d);
    appendLinear(list, time + "linear_2", m_time2.weight, m_time2.bias, d, d);
    // Zero gates at the start (adaLN-zero): every block begins as the identity.
    appendLinear(list,
                 "adaln_single.linear",
                 m_modulation.weight,
                 m_modulation.bias,
                 d,
                 6 * d,
                 Initial::Zero);
    appendLinear(list,
                 "caption_projection.linear_1",
                 m_caption1.weight,
                 m_caption1.bias,
                 m_config.textSize,
                 d);
    appendLinear(list, "caption_projection.linear_2", m_caption2.weight, m_caption2.bias, d, d);
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        DitBlock& b = m_blocks[i];
        for (Linear* product : productsOf(b)) {
            product->packed.reset();
        }
        const std::string prefix = "transformer_blocks." + std::to_string(i) + ".";
        list.push_back({prefix + "scale_shift_table", &b.scaleShiftTable, {6, d}, Initial::Zero});
        appendLinear(list, prefix + "attn1.to_qkv", b.qkv.weight, b.qkv.bias, d, 3 * d);
        list.push_back(
            {prefix + "attn1.norm_q.weight", &b.qNorm, {m_config.headSize}, Initial::One});
        list.push_back(
            {prefix + "attn1.norm_k.weight", &b.kNorm, {m_config.headSize}, Initial::One});
        appendLinear(list, prefix + "attn1.to_out.0", b.out.weight, b.out.bias, d, d);
        appendLinear(list, prefix + "attn2.to_q", b.crossQ.weight, b.crossQ.bias, d, d);
        appendLinear(list, prefix + "attn2.to_kv", b.crossKv.weight, b.crossKv.bias, d, 2 * d);
        appendLinear(list,
                     prefix + "attn2.to_out.0",
                     b.crossOut.weight,
                     b.crossOut.bias,
                     d,
                     d,
                     Initial::Zero);
        appendLinear(
            list, prefix + "ff.net.0.proj", b.mlpIn.weight, b.mlpIn.bias, d, m_config.mlpRatio * d);
        appendLinear(
            list, prefix + "ff.net.2", b.mlpOut.weight, b.mlpOut.bias, m_config.mlpRatio * d, d);
    }
    list.push_back({"scale_shift_table", &m_finalTable, {2, d}, Initial::Zero});
    appendLinear(
        list, "proj_out", m_project.weight, m_project.bias, d, patchNumbers, Initial::Zero);
    return list;
}

void TesseraDit::pack() {
    for (DitBlock& b : m_blocks) {
        for (Linear* product : productsOf(b)) {
            models::pack(*product);
        }
    }
}

TokenGrid TesseraDit::grid(std::int64_t frames, std::int64_t height, std::int64_t width) const {
    return m_config.grid(frames, height, width);
}

// Angles position / scale * 10000^(-2j / axis) for the channels of each axis
// (specs/open-sora-plan-1.2, 1.5). Channel j turns with j + headSize / 2, time first, then rows,
// then columns in each half: the reference's layout under one fixed permutation of a head's
// channels, which leaves q k^T as it is and makes rotate-half a single roll.
TesseraDit::Rotation TesseraDit::rotation(const TokenGrid& grid, const at::Tensor& like) const {
    const auto options = at::TensorOptions().dtype(at::kFloat).device(like.device());
    const std::array<std::int64_t, 3> counts{grid.frames, grid.rows, grid.columns};
    const std::array<double, 3> scales{
        1.0,
        static_cast<double>(grid.rows) / static_cast<double>(m_config.baseGrid[0]),
        static_cast<double>(grid.columns) / static_cast<double>(m_config.baseGrid[1])};
    std::vector<at::Tensor> angles;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const std::int64_t channels = m_config.ropeAxes[axis];
        const at::Tensor position = at::arange(counts[axis], options) / scales[axis];
        const at::Tensor exponent = at::arange(0, channels, 2, options) *
                                    (-std::log(10000.0) / static_cast<double>(channels));
        const at::Tensor table = at::outer(position, at::exp(exponent));  // [count, channels / 2]
        std::vector<std::int64_t> shape{1, 1, 1, channels / 2};
        shape[axis] = counts[axis];
        angles.push_back(
            table.reshape(shape).expand({counts[0], counts[1], counts[2], channels / 2}));
    }
    const at::Tensor half = at::cat(angles, -1).reshape({-1, 1, m_config.headSize / 2});
    const at::Tensor sine = at::sin(half);
    return {at::cat({at::cos(half), at::cos(half)}, -1).to(like.scalar_type()),
            at::cat({-sine, sine}, -1).to(like.scalar_type())};
}

// Leaves x as the block's output, and normed as what the next block's projection reads.
void TesseraDit::block(std::size_t index,
                       Stream& stream,
                       const Modulation& own,
                       const Modulation& next,
                       const TextEmbedding& text,
                       const Rotation& rotation,
                       const attention::AttentionContext& attention) const {
    const DitBlock& b = m_blocks[index];
    const std::int64_t heads = m_config.heads;

    const attention::Heads parts =
        attention::rotatedHeads(apply(b.qkv, stream.normed),
                                {b.qNorm, b.kNorm, rotation.cosine, rotation.sine},
                                heads,
                                kNormEpsilon);
    if (attention.observer != nullptr) {
        attention.observer->onAttention(
            static_cast<int>(index), attention.step, parts.query, parts.key);
    }
    const at::Tensor mixed =
        attention.backend->attend(static_cast<int>(index), parts.query, parts.key, parts.value);
    const at::Tensor x = attention::gatedSum(stream.x, apply(b.out, joinHeads(mixed)), own[2]);

    const auto kv = apply(b.crossKv, text.tokens).chunk(2, -1);
    const at::Tensor cross = attendToText(b.crossQ, b.crossOut, x, kv[0], kv[1], text.mask, heads);
    const attention::SumAndNorm middle =
        attention::sumAndNorm(x, cross, {}, own[3], own[4], kNormEpsilon);
    const at::Tensor wide = applyGelu(b.mlpIn, middle.out);
    const attention::SumAndNorm end = attention::sumAndNorm(
        middle.sum, apply(b.mlpOut, wide), own[5], next[0], next[1], kNormEpsilon);
    stream = {end.sum, end.out};
}

TesseraDit::Tapped TesseraDit::forwardTapped(const at::Tensor& latents,
                                             const at::Tensor& timesteps,
                                             const TextEmbedding& text,
                                             const attention::AttentionContext& attention,
                                             std::int64_t tapLayer) const {
    CHECK(latents.dim() == 5 && latents.size(1) == m_config.channels, latents.sizes());
    CHECK(latents.size(3) % kPatch == 0 && latents.size(4) % kPatch == 0, latents.sizes());
    CHECK(attention.backend != nullptr);
    const auto dtype = m_patch.weight.scalar_type();
    const TokenGrid tokenGrid = grid(latents.size(2), latents.size(3), latents.size(4));

    const at::Tensor time = embedTime(m_time1, m_time2, timesteps);
    const TextEmbedding projected = projectText(m_caption1, m_caption2, text);
    std::vector<at::Tensor> tables;
    for (const DitBlock& b : m_blocks) {
        tables.push_back(b.scaleShiftTable);
    }
    const std::vector<Modulation> modulations =
        modulationsOf(time, m_modulation, tables, m_finalTable);

    Stream stream;
    stream.x = apply(m_patch, patchify(latents.to(dtype)));
    const Modulation& first = modulations.front();
    stream.normed = attention::sumAndNorm(stream.x, {}, {}, first[0], first[1], kNormEpsilon).out;
    const Rotation turn = rotation(tokenGrid, stream.x);
    Tapped result;
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        if (static_cast<std::int64_t>(i) == tapLayer) {
            result.hidden = stream.x;
        }
        block(i, stream, modulations[i], modulations[i + 1], projected, turn, attention);
    }
    const at::Tensor x = apply(m_project, stream.normed);
    result.prediction = unpatchify(x, tokenGrid, m_config.channels).to(at::kFloat);
    return result;
}

at::Tensor TesseraDit::forward(const at::Tensor& latents,
                               const at::Tensor& timesteps,
                               const TextEmbedding& text,
                               const attention::AttentionContext& attention) const {
    return forwardTapped(latents, timesteps, text, attention, -1).prediction;
}

}  // namespace tessera::models
