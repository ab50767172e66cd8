#include "core/models/dit_open_sora_plan.h"

#include "core/base/check.h"
#include "core/models/config_reader.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

namespace tessera::models {
namespace {

constexpr std::int64_t kMlpRatio = 4;

// A scale of RoPE's positions; where it is null the size that the model was trained at decides
// (specs/open-sora-plan-1.2, 2.3).
double readScale(ConfigReader& reader, const base::Json& json, const char* key, double fallback) {
    constexpr double kLeast = 1e-3, kMost = 1e3;
    const auto found = json.find(key);
    return found != json.end() && found->is_null() ? fallback : reader.number(key, kLeast, kMost);
}

// Refuses a key that is there with another value than the only one this implementation has.
void expect(ConfigReader& reader, const base::Json& json, const char* key, const base::Json& only) {
    const auto found = json.find(key);
    if (found != json.end() && *found != only) {
        reader.refuse(key, only.dump());
    }
}

}  // namespace

base::Result<OpenSoraPlanConfig> OpenSoraPlanConfig::parse(const base::Json& json) {
    ConfigReader reader(json, "transformer/config.json");
    OpenSoraPlanConfig config;
    config.layers = reader.integer("num_layers", 1, 256);
    config.heads = reader.integer("num_attention_heads", 1, 256);
    config.headSize = reader.integer("attention_head_dim", 6, 256);
    config.channels = reader.integer("in_channels", 1, 256);
    config.textSize = reader.integer("caption_channels", 8, 16384);
    config.epsilon = reader.number("norm_eps", 1e-12, 1e-2);
    const auto size = reader.integers("sample_size", 2, 1, 4096);
    const std::int64_t frames = reader.integer("sample_size_t", 1, 4096);
    if (!reader.error()) {
        const std::int64_t ofOddFrames = (frames - 1) / 16 + 1;
        const double ofFrames =
            frames % 2 == 1 ? static_cast<double>(ofOddFrames) : static_cast<double>(frames) / 16.0;
        config.scales = {
            readScale(reader, json, "interpolation_scale_t", ofFrames),
            readScale(reader, json, "interpolation_scale_h", static_cast<double>(size[0]) / 30.0),
            readScale(reader, json, "interpolation_scale_w", static_cast<double>(size[1]) / 40.0)};
        if (config.headSize % 6 != 0) {
            reader.refuse("attention_head_dim", "a multiple of 6, a third of it for each axis");
        }
        expect(reader, json, "out_channels", config.channels);
        expect(reader, json, "cross_attention_dim", config.width());
        expect(reader, json, "patch_size", kPatch);
        expect(reader, json, "patch_size_t", 1);
        expect(reader, json, "norm_type", "ada_norm_single");
        expect(reader, json, "activation_fn", "gelu-approximate");
        expect(reader, json, "attention_bias", true);
        expect(reader, json, "norm_elementwise_affine", false);
        expect(reader, json, "use_rope", true);
        expect(reader, json, "use_additional_conditions", false);
        expect(reader, json, "downsampler", nullptr);
    }
    return reader.finish(config);
}

ParameterList OpenSoraPlanDit::parameters() {
    const std::int64_t d = m_config.width(), c = m_config.channels;
    ParameterList list;
    list.push_back({"pos_embed.proj.weight", &m_patch.weight, {d, c, kPatch, kPatch}});
    list.push_back({"pos_embed.proj.bias", &m_patch.bias, {d}, Initial::Zero});
    const std::string time = "adaln_single.emb.timestep_embedder.";
    appendLinear(list, time + "linear_1", m_time1.weight, m_time1.bias, kTimeFeatures, d);
    appendLinear(list, time + "linear_2", m_time2.weight, m_time2.bias, d, d);
    appendLinear(list, "adaln_single.linear", m_modulation.weight, m_modulation.bias, d, 6 * d);
    appendLinear(list,
                 "caption_projection.linear_1",
                 m_caption1.weight,
                 m_caption1.bias,
                 m_config.textSize,
                 d);
    appendLinear(list, "caption_projection.linear_2", m_caption2.weight, m_caption2.bias, d, d);
    const double tableScale = 1.0 / std::sqrt(static_cast<double>(d));
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        OpenSoraPlanBlock& b = m_blocks[i];
        const std::string prefix = "transformer_blocks." + std::to_string(i) + ".";
        list.push_back({prefix + "scale_shift_table",
                        &b.scaleShiftTable,
                        {6, d},
                        Initial::Normal,
                        tableScale});
        const auto append =
            [&](const char* name, Linear& linear, std::int64_t in, std::int64_t out) {
                appendLinear(list, prefix + name, linear.weight, linear.bias, in, out);
            };
        append("attn1.to_q", b.query, d, d);
        append("attn1.to_k", b.key, d, d);
        append("attn1.to_v", b.value, d, d);
        append("attn1.to_out.0", b.out, d, d);
        append("attn2.to_q", b.crossQuery, d, d);
        append("attn2.to_k", b.crossKey, d, d);
        append("attn2.to_v", b.crossValue, d, d);
        append("attn2.to_out.0", b.crossOut, d, d);
        append("ff.net.0.proj", b.mlpIn, d, kMlpRatio * d);
        append("ff.net.2", b.mlpOut, kMlpRatio * d, d);
    }
    list.push_back({"scale_shift_table", &m_finalTable, {2, d}, Initial::Normal, tableScale});
    appendLinear(list, "proj_out", m_project.weight, m_project.bias, d, kPatch * kPatch * c);
    return list;
}

TokenGrid OpenSoraPlanDit::grid(std::int64_t frames,
                                std::int64_t height,
                                std::int64_t width) const {
    return {frames, height / kPatch, width / kPatch};
}

// Angles position / scale * 10000^(-2j / span), a third of the channels for each axis. They are
// rounded to the model's precision before the cosine and the sine are taken in it, as in the
// reference (specs/open-sora-plan-1.2, 1.5).
attention::AxisTurn OpenSoraPlanDit::turn(const TokenGrid& grid, const at::Tensor& like) const {
    const auto options = at::TensorOptions().dtype(at::kFloat).device(like.device());
    const std::int64_t span = m_config.headSize / 3;
    const at::Tensor frequency =
        at::exp(at::arange(0, span, 2, options) * (-std::log(10000.0) / static_cast<double>(span)));
    const std::array<std::int64_t, 3> counts{grid.frames, grid.rows, grid.columns};
    std::vector<at::Tensor> angles;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const at::Tensor position = at::arange(counts[axis], options) / m_config.scales[axis];
        const at::Tensor table = at::outer(position, frequency);  // [count, span / 2]
        std::vector<std::int64_t> shape{1, 1, 1, span / 2};
        shape[axis] = counts[axis];
        angles.push_back(table.reshape(shape).expand({counts[0], counts[1], counts[2], span / 2}));
    }
    const at::Tensor all =
        at::cat(angles, -1).flatten(0, 2).to(like.scalar_type());  // [N, headSize / 2]
    return {at::cos(all), at::sin(all), span};
}

// Leaves x as the block's output, and normed as what the next block's projections read.
void OpenSoraPlanDit::block(std::size_t index,
                            Stream& stream,
                            const Modulation& own,
                            const Modulation& next,
                            const TextEmbedding& text,
                            const attention::AxisTurn& turn,
                            const attention::AttentionContext& attention) const {
    const OpenSoraPlanBlock& b = m_blocks[index];
    const std::int64_t heads = m_config.heads;
    const int layer = static_cast<int>(index);

    const attention::QueryAndKey turned = attention::turnedHeads(
        apply(b.query, stream.normed), apply(b.key, stream.normed), turn, heads);
    if (attention.observer != nullptr) {
        attention.observer->onAttention(layer, attention.step, turned.query, turned.key);
    }
    const at::Tensor mixed = attention.backend->attend(
        layer, turned.query, turned.key, splitHeads(apply(b.value, stream.normed), heads));
    const at::Tensor x = attention::gatedSum(stream.x, apply(b.out, joinHeads(mixed)), own[2]);

    const at::Tensor cross = attendToText(b.crossQuery,
                                          b.crossOut,
                                          x,
                                          apply(b.crossKey, text.tokens),
                                          apply(b.crossValue, text.tokens),
                                          text.mask,
                                          heads);
    const attention::SumAndNorm middle =
        attention::sumAndNorm(x, cross, {}, own[3], own[4], m_config.epsilon);
    const attention::SumAndNorm end =
        attention::sumAndNorm(middle.sum,
                              apply(b.mlpOut, applyGelu(b.mlpIn, middle.out)),
                              own[5],
                              next[0],
                              next[1],
                              m_config.epsilon);
    stream = {end.sum, end.out};
}

at::Tensor OpenSoraPlanDit::forward(const at::Tensor& latents,
                                    const at::Tensor& timesteps,
                                    const TextEmbedding& text,
                                    const attention::AttentionContext& attention) const {
    CHECK(latents.dim() == 5 && latents.size(1) == m_config.channels, latents.sizes());
    CHECK(latents.size(3) % kPatch == 0 && latents.size(4) % kPatch == 0, latents.sizes());
    CHECK(attention.backend != nullptr);
    const auto dtype = m_patch.weight.scalar_type();
    const TokenGrid tokenGrid = grid(latents.size(2), latents.size(3), latents.size(4));

    const at::Tensor time = embedTime(m_time1, m_time2, timesteps);
    const TextEmbedding projected = projectText(m_caption1, m_caption2, text);
    std::vector<at::Tensor> tables;
    for (const OpenSoraPlanBlock& b : m_blocks) {
        tables.push_back(b.scaleShiftTable);
    }
    const std::vector<Modulation> modulations =
        modulationsOf(time, m_modulation, tables, m_finalTable);

    const Linear patch{m_patch.weight.permute({0, 2, 3, 1}).flatten(1), m_patch.bias};
    Stream stream;
    stream.x = apply(patch, patchify(latents.to(dtype)));
    const Modulation& first = modulations.front();
    stream.normed =
        attention::sumAndNorm(stream.x, {}, {}, first[0], first[1], m_config.epsilon).out;
    const attention::AxisTurn turned = turn(tokenGrid, stream.x);
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        block(i, stream, modulations[i], modulations[i + 1], projected, turned, attention);
    }
    return unpatchify(apply(m_project, stream.normed), tokenGrid, m_config.channels).to(at::kFloat);
}

}  // namespace tessera::models
