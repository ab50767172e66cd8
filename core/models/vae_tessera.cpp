#include "core/models/vae_tessera.h"

#include "core/base/check.h"
#include "core/models/config_reader.h"

#include <ATen/ATen.h>

#include <utility>

namespace tessera::models {
namespace {

constexpr double kNormEpsilon = 1e-6;
constexpr double kMaxLogVariance = 8.0;
constexpr double kMinLogVariance = -20.0;

// All tensors inside are channels-last: `rows` views [B, C, T, H, W] as the contiguous [B, T, H, W,
// C].
at::Tensor rows(const at::Tensor& x) {
    return x.permute({0, 2, 3, 4, 1});
}

at::Tensor fromRows(const at::Tensor& x) {
    return x.permute({0, 4, 1, 2, 3});
}

// 3x3x3, zero-padded in space, in time the first frame twice in front.
at::Tensor causal(const Convolution& conv, const at::Tensor& x) {
    const at::Tensor first = x.narrow(2, 0, 1);
    const at::Tensor padded = at::cat({first, first, x}, 2);
    return at::conv3d(
        padded, conv.weight, conv.bias, at::IntArrayRef{1, 1, 1}, at::IntArrayRef{0, 1, 1});
}

// 1x1x1.
at::Tensor pointwise(const Convolution& conv, const at::Tensor& x) {
    return fromRows(at::linear(rows(x), conv.weight, conv.bias));
}

// RMS norm over channels, then SiLU.
at::Tensor normSilu(const at::Tensor& x, const at::Tensor& gain) {
    return fromRows(at::silu(at::rms_norm(rows(x), {x.size(1)}, gain, kNormEpsilon)));
}

at::Tensor residual(const ResidualBlock& block, const at::Tensor& x) {
    const at::Tensor inner = causal(block.conv1, normSilu(x, block.norm1));
    return x + causal(block.conv2, normSilu(inner, block.norm2));
}

// [B, C, T, H, W] -> [B, 8 C, T/2, H/2, W/2]; channel ((dt * 2 + dh) * 2 + dw) * C + c.
at::Tensor unshuffle(const at::Tensor& x) {
    const auto s = x.sizes();
    return fromRows(rows(x)
                        .reshape({s[0], s[2] / 2, 2, s[3] / 2, 2, s[4] / 2, 2, s[1]})
                        .permute({0, 1, 3, 5, 2, 4, 6, 7})
                        .reshape({s[0], s[2] / 2, s[3] / 2, s[4] / 2, 8 * s[1]}));
}

// Its inverse.
at::Tensor shuffle(const at::Tensor& x) {
    const auto s = x.sizes();
    const std::int64_t channels = s[1] / 8;
    return fromRows(rows(x)
                        .reshape({s[0], s[2], s[3], s[4], 2, 2, 2, channels})
                        .permute({0, 1, 4, 2, 5, 3, 6, 7})
                        .reshape({s[0], 2 * s[2], 2 * s[3], 2 * s[4], channels}));
}

// Halves time, rows and columns. The shortcut averages the four pixels of each of the two frames,
// so `out` must be twice the channels that come in.
at::Tensor down(const Convolution& conv, at::Tensor x) {
    if (x.size(2) % 2 != 0) {
        x = at::cat({x.narrow(2, 0, 1), x}, 2);
    }
    const std::int64_t in = x.size(1);
    const at::Tensor parts = unshuffle(x);
    const at::Tensor shortcut =
        rows(parts).unflatten(-1, {2, 4, in}).mean(-2).flatten(-2);  // [..., 2 in]
    return pointwise(conv, parts) + fromRows(shortcut);
}

// Doubles time, rows and columns and keeps the last `frames`. The shortcut repeats the first half
// of the channels over the four pixels of the first of the two frames, the second half over those
// of the second.
at::Tensor up(const Convolution& conv, const at::Tensor& x, std::int64_t frames) {
    const std::int64_t out = x.size(1) / 2;
    const at::Tensor wide = rows(causal(conv, x)).unflatten(-1, {2, 4, out});
    const at::Tensor parts = (wide + rows(x).unflatten(-1, {2, 1, out})).flatten(-3);
    const at::Tensor full = shuffle(fromRows(parts));
    return full.narrow(2, full.size(2) - frames, frames);
}

// [B, 3, T, H, W] <-> [B, 12, T, H/2, W/2]; channel (dh * 2 + dw) * 3 + c.
at::Tensor pixelsToChannels(const at::Tensor& video) {
    const auto s = video.sizes();
    return fromRows(video.reshape({s[0], 3, s[2], s[3] / 2, 2, s[4] / 2, 2})
                        .permute({0, 2, 3, 5, 4, 6, 1})
                        .reshape({s[0], s[2], s[3] / 2, s[4] / 2, 12}));
}

at::Tensor channelsToPixels(const at::Tensor& x) {
    const auto s = x.sizes();
    return rows(x)
        .reshape({s[0], s[2], s[3], s[4], 2, 2, 3})
        .permute({0, 6, 1, 2, 4, 3, 5})
        .reshape({s[0], 3, s[2], 2 * s[3], 2 * s[4]});
}

void appendConvolution(ParameterList& list,
                       const std::string& name,
                       Convolution& conv,
                       std::int64_t in,
                       std::int64_t out,
                       bool pointwiseKernel = false) {
    std::vector<std::int64_t> shape{out, in};
    if (!pointwiseKernel) {
        shape.insert(shape.end(), {3, 3, 3});
    }
    list.push_back({name + ".weight", &conv.weight, std::move(shape)});
    list.push_back({name + ".bias", &conv.bias, {out}, Initial::Zero});
}

void appendBlock(ParameterList& list,
                 const std::string& name,
                 ResidualBlock& block,
                 std::int64_t width) {
    list.push_back({name + ".norm1.weight", &block.norm1, {width}, Initial::One});
    appendConvolution(list, name + ".conv1", block.conv1, width, width);
    list.push_back({name + ".norm2.weight", &block.norm2, {width}, Initial::One});
    appendConvolution(list, name + ".conv2", block.conv2, width, width);
}

}  // namespace

base::Result<VaeConfig> VaeConfig::parse(const base::Json& json) {
    ConfigReader reader(json, "vae/config.json");
    VaeConfig config;
    config.channels = reader.integer("latent_channels", 1, 256);
    const auto widths = reader.integers("block_out_channels", 3, 2, 4096);
    const auto channels = static_cast<std::size_t>(config.channels);
    config.latentMean = reader.numbers("latents_mean", channels, -1e4, 1e4);
    config.latentDeviation = reader.numbers("latents_std", channels, 1e-6, 1e4);
    config.previewMatrix = reader.numbers("preview_matrix", 3 * (channels + 1), -1e4, 1e4);
    if (!reader.error()) {
        config.widths = {widths[0], widths[1], widths[2]};
        if (widths[1] != 2 * widths[0] || widths[2] != 2 * widths[1]) {
            reader.refuse("block_out_channels", "three widths, each twice the one before");
        }
    }
    return reader.finish(config);
}

base::Json VaeConfig::json() const {
    return {{"_class_name", "TesseraCausalVae"},
            {"latent_channels", channels},
            {"block_out_channels", widths},
            {"temporal_compression_ratio", 4},
            {"spatial_compression_ratio", 8},
            {"norm_eps", kNormEpsilon},
            {"latents_mean", latentMean},
            {"latents_std", latentDeviation},
            {"preview_matrix", previewMatrix}};
}

std::int64_t VaeConfig::latentFrames(std::int64_t videoFrames) const {
    return ((videoFrames + 1) / 2 + 1) / 2;
}

double VaeConfig::decodeFlops(std::int64_t videoFrames,
                              std::int64_t height,
                              std::int64_t width) const {
    const auto a = static_cast<double>(widths[0]);
    const auto b = static_cast<double>(widths[1]);
    const auto c = static_cast<double>(widths[2]);
    const auto pixels = static_cast<double>(height * width);
    const std::int64_t halfFrames = (videoFrames + 1) / 2;
    // Products of channels at each level, times 27 for the kernel (decoderParameters()).
    const double low = static_cast<double>(channels) * c + 4.0 * c * c + 8.0 * c * b;
    const double middle = 2.0 * b * b + 8.0 * b * a;
    const double high = 2.0 * a * a + 12.0 * a;
    return 2.0 * 27.0 * pixels *
           (low * static_cast<double>(latentFrames(videoFrames)) / 64.0 +
            middle * static_cast<double>(halfFrames) / 16.0 +
            high * static_cast<double>(videoFrames) / 4.0);
}

TesseraVae::TesseraVae(VaeConfig config) : m_config(std::move(config)) {
    const auto channels = static_cast<std::size_t>(m_config.channels);
    if (m_config.latentMean.empty()) {
        m_config.latentMean.assign(channels, 0.0);
    }
    if (m_config.latentDeviation.empty()) {
        m_config.latentDeviation.assign(channels, 1.0);
    }
    CHECK(m_config.latentMean.size() == channels && m_config.latentDeviation.size() == channels);
}

ParameterList TesseraVae::parameters() {
    const auto [a, b, c] = m_config.widths;
    ParameterList list;
    appendConvolution(list, "encoder.conv_in", m_encoderIn, 12, a);
    appendBlock(list, "encoder.blocks.0", m_encoderBlocks[0], a);
    appendConvolution(list, "encoder.downs.0", m_downs[0], 8 * a, b, true);
    appendBlock(list, "encoder.blocks.1", m_encoderBlocks[1], b);
    appendConvolution(list, "encoder.downs.1", m_downs[1], 8 * b, c, true);
    appendBlock(list, "encoder.blocks.2", m_encoderBlocks[2], c);
    list.push_back({"encoder.norm_out.weight", &m_encoderNorm, {c}, Initial::One});
    appendConvolution(list, "encoder.conv_out", m_encoderOut, c, 2 * m_config.channels);
    for (Parameter& parameter : decoderParameters()) {
        list.push_back(std::move(parameter));
    }
    return list;
}

ParameterList TesseraVae::decoderParameters() {
    const auto [a, b, c] = m_config.widths;
    ParameterList list;
    appendConvolution(list, "decoder.conv_in", m_decoderIn, m_config.channels, c);
    appendBlock(list, "decoder.blocks.0", m_decoderBlocks[0], c);
    appendBlock(list, "decoder.blocks.1", m_decoderBlocks[1], c);
    appendConvolution(list, "decoder.ups.0", m_ups[0], c, 8 * b);
    appendBlock(list, "decoder.blocks.2", m_decoderBlocks[2], b);
    appendConvolution(list, "decoder.ups.1", m_ups[1], b, 8 * a);
    appendBlock(list, "decoder.blocks.3", m_decoderBlocks[3], a);
    list.push_back({"decoder.norm_out.weight", &m_decoderNorm, {a}, Initial::One});
    appendConvolution(list, "decoder.conv_out", m_decoderOut, a, 12);
    return list;
}

TesseraVae::Posterior TesseraVae::posterior(const at::Tensor& video) const {
    CHECK(video.dim() == 5 && video.size(1) == 3, video.sizes());
    CHECK(video.size(3) % 8 == 0 && video.size(4) % 8 == 0, video.sizes());
    at::Tensor x =
        causal(m_encoderIn, pixelsToChannels(video.to(m_encoderIn.weight.scalar_type())));
    x = down(m_downs[0], residual(m_encoderBlocks[0], x));
    x = down(m_downs[1], residual(m_encoderBlocks[1], x));
    x = causal(m_encoderOut, normSilu(residual(m_encoderBlocks[2], x), m_encoderNorm))
            .to(at::kFloat);
    const auto parts = x.chunk(2, 1);
    return {parts[0], parts[1].clamp(kMinLogVariance, kMaxLogVariance)};
}

at::Tensor TesseraVae::decodeRaw(const at::Tensor& latents,
                                 std::int64_t videoFrames,
                                 const DecodeControl& control) const {
    CHECK(latents.dim() == 5 && latents.size(1) == m_config.channels, latents.sizes());
    CHECK(latents.size(2) == latentFrames(videoFrames), latents.sizes(), videoFrames);
    constexpr int kParts = 5;  // levels between which decoding can stop
    const auto stopped = [&](int done) {
        if (control.progress) {
            control.progress(done, kParts);
        }
        return control.stop.stop_requested();
    };
    at::Tensor x = fromRows(rows(latents.to(m_decoderIn.weight.scalar_type())).contiguous());
    x = residual(m_decoderBlocks[1], residual(m_decoderBlocks[0], causal(m_decoderIn, x)));
    if (stopped(1)) {
        return {};
    }
    x = residual(m_decoderBlocks[2], up(m_ups[0], x, (videoFrames + 1) / 2));
    if (stopped(2)) {
        return {};
    }
    x = up(m_ups[1], x, videoFrames);
    if (stopped(3)) {
        return {};
    }
    x = residual(m_decoderBlocks[3], x);
    if (stopped(4)) {
        return {};
    }
    x = channelsToPixels(causal(m_decoderOut, normSilu(x, m_decoderNorm)));
    return stopped(5) ? at::Tensor() : x;
}

at::Tensor TesseraVae::statistic(const std::vector<double>& values, const at::Tensor& like) const {
    return at::tensor(at::ArrayRef<double>(values), at::kFloat)
        .to(like.device())
        .view({1, -1, 1, 1, 1});
}

at::Tensor TesseraVae::encode(const at::Tensor& video) const {
    const at::Tensor raw = posterior(video).mean;
    return (raw - statistic(m_config.latentMean, raw)) / statistic(m_config.latentDeviation, raw);
}

at::Tensor TesseraVae::decode(const at::Tensor& latents,
                              std::int64_t videoFrames,
                              const DecodeControl& control) const {
    const at::Tensor full = latents.to(at::kFloat);
    const at::Tensor raw =
        full * statistic(m_config.latentDeviation, full) + statistic(m_config.latentMean, full);
    const at::Tensor video = decodeRaw(raw, videoFrames, control);
    return video.defined() ? video.to(at::kFloat) : video;
}

at::Tensor TesseraVae::preview(const at::Tensor& latents) const {
    const auto channels = m_config.channels;
    CHECK(static_cast<std::int64_t>(m_config.previewMatrix.size()) == 3 * (channels + 1),
          m_config.previewMatrix.size());
    const at::Tensor matrix = at::tensor(at::ArrayRef<double>(m_config.previewMatrix), at::kFloat)
                                  .to(latents.device())
                                  .view({3, channels + 1});
    const at::Tensor rgb = at::linear(rows(latents.to(at::kFloat)),
                                      matrix.narrow(1, 0, channels).contiguous(),
                                      matrix.select(1, channels));
    return fromRows(rgb).clamp(-1.0, 1.0);
}

std::int64_t TesseraVae::latentFrames(std::int64_t videoFrames) const {
    return m_config.latentFrames(videoFrames);
}

void TesseraVae::setLatentStatistics(std::vector<double> mean, std::vector<double> deviation) {
    CHECK(static_cast<std::int64_t>(mean.size()) == m_config.channels &&
          mean.size() == deviation.size());
    m_config.latentMean = std::move(mean);
    m_config.latentDeviation = std::move(deviation);
}

void TesseraVae::setPreviewMatrix(std::vector<double> matrix) {
    m_config.previewMatrix = std::move(matrix);
}

}  // namespace tessera::models
