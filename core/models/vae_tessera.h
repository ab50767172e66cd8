#pragma once

// The bundled causal video VAE, 4x in time and 8x8 in space (embedded-model.md 2.2): 3x3x3
// convolutions that look only back in time, RMS norm over channels alone, resampling with
// parameter-free shortcuts. A clip of T frames becomes ceil((ceil(T / 2)) / 2) latent frames, the
// first one seen as doubled. Differentiable when the weights ask for gradients. Everything inside
// runs channels-last. Engine thread.

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/models/parameter.h"
#include "core/models/vae.h"

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace tessera::models {

struct VaeConfig {
    std::int64_t channels = 16;  // of the latents
    std::array<std::int64_t, 3> widths{
        32, 64, 128};                // of the three levels, full to quarter resolution
    std::vector<double> latentMean;  // [channels], of the raw latents; set after training
    std::vector<double> latentDeviation;
    std::vector<double>
        previewMatrix;  // [3, channels + 1] row-major, last column the bias; may be empty

    std::int64_t latentFrames(std::int64_t videoFrames) const;

    // Multiplications and additions that decode a clip of that many frames and pixels.
    double decodeFlops(std::int64_t videoFrames, std::int64_t height, std::int64_t width) const;

    static base::Result<VaeConfig> parse(const base::Json& json);
    base::Json json() const;
};

struct Convolution {
    at::Tensor weight;  // [out, in, 3, 3, 3], or [out, in] for a 1x1x1
    at::Tensor bias;    // [out]
};

struct ResidualBlock {
    at::Tensor norm1, norm2;  // [C]
    Convolution conv1, conv2;
};

class TesseraVae final : public VideoVae {
public:
    explicit TesseraVae(VaeConfig config);

    ParameterList parameters();
    ParameterList decoderParameters();

    // Raw posterior of video [B, 3, T, H, W] in [-1, 1]: mean and log-variance [B, C, F, h, w],
    // fp32.
    struct Posterior {
        at::Tensor mean;
        at::Tensor logVariance;
    };

    Posterior posterior(const at::Tensor& video) const;

    // Raw latents (not normalised) -> video [B, 3, T, H, W] in the weights' precision.
    at::Tensor decodeRaw(const at::Tensor& latents,
                         std::int64_t videoFrames,
                         const DecodeControl& control) const;

    at::Tensor encode(const at::Tensor& video) const override;
    at::Tensor decode(const at::Tensor& latents,
                      std::int64_t videoFrames,
                      const DecodeControl& control) const override;
    at::Tensor preview(const at::Tensor& latents) const override;

    std::int64_t latentChannels() const override { return m_config.channels; }

    std::int64_t latentFrames(std::int64_t videoFrames) const override;

    std::int64_t spatialFactor() const override { return 8; }

    const VaeConfig& config() const { return m_config; }

    // Sets what latents are normalised with: mean and deviation [C] of raw latents.
    void setLatentStatistics(std::vector<double> mean, std::vector<double> deviation);
    void setPreviewMatrix(std::vector<double> matrix);

private:
    at::Tensor statistic(const std::vector<double>& values,
                         const at::Tensor& like) const;  // [1, C, 1, 1, 1] fp32

    VaeConfig m_config;
    Convolution m_encoderIn, m_encoderOut;
    std::array<ResidualBlock, 3> m_encoderBlocks;
    std::array<Convolution, 2> m_downs;
    at::Tensor m_encoderNorm;
    Convolution m_decoderIn, m_decoderOut;
    std::array<ResidualBlock, 4> m_decoderBlocks;  // two at the lowest level, then one a level
    std::array<Convolution, 2> m_ups;
    at::Tensor m_decoderNorm;
};

}  // namespace tessera::models
