#pragma once

// A video autoencoder as the pipeline sees it. Latents cross this door normalised: mean 0 and
// deviation 1 a channel, which is what the transformer works on. Engine thread.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <stop_token>

namespace tessera::models {

// Called between tiles with (done, of); decoding ends early when the token asks for it.
struct DecodeControl {
    std::stop_token stop;
    std::function<void(int done, int of)> progress;
};

class VideoVae {
public:
    virtual ~VideoVae() = default;

    // video [B, 3, T, H, W] in [-1, 1] -> normalised latents [B, C, F, h, w], the mean of the
    // posterior.
    virtual at::Tensor encode(const at::Tensor& video) const = 0;

    // Normalised latents -> video [B, 3, videoFrames, H, W], fp32, about [-1, 1]. Undefined tensor
    // when stopped.
    virtual at::Tensor decode(const at::Tensor& latents,
                              std::int64_t videoFrames,
                              const DecodeControl& control) const = 0;

    // Cheap RGB guess of normalised latents: [B, C, F, h, w] -> [B, 3, F, h, w] in [-1, 1] (a
    // fitted matrix).
    virtual at::Tensor preview(const at::Tensor& latents) const = 0;

    virtual std::int64_t latentChannels() const = 0;
    virtual std::int64_t latentFrames(std::int64_t videoFrames) const = 0;
    virtual std::int64_t spatialFactor() const = 0;
};

}  // namespace tessera::models
