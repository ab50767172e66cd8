#pragma once

// The denoising loop: latents go in as noise and come out clean. Shared by generation, evaluation,
// search and distillation; one clip or a batch. Engine thread.

#include "core/attention/backend.h"
#include "core/models/transformer.h"
#include "core/schedulers/scheduler.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <stop_token>

namespace tessera::pipeline {

struct DenoiseInputs {
    const models::VideoTransformer* transformer = nullptr;
    const schedulers::Scheduler* scheduler = nullptr;
    const schedulers::Schedule* schedule = nullptr;
    models::TextEmbedding prompt;    // [B, L, D]
    models::TextEmbedding negative;  // [B, L', D]; used when cfgScale is not 1
    double cfgScale = 1.0;
    const attention::AttentionBackend* attention = nullptr;
    attention::AttentionObserver* observer = nullptr;
    std::uint64_t seed = 0;  // of the noise that ancestral schedulers draw
};

struct DenoiseControl {
    std::stop_token stop;
    // After each step: steps done, steps in all, the clean estimate x0 [B, C, F, h, w]. False ends
    // the loop early and makes that estimate the result ("finish early").
    std::function<bool(int done, int of, const at::Tensor& x0)> onStep;
};

struct Denoised {
    at::Tensor latents;  // undefined when stopped
    int stepsDone = 0;
    int forwards = 0;  // network evaluations of one clip
};

// `noise` [B, C, F, h, w] standard normals on the transformer's device.
Denoised denoise(const DenoiseInputs& inputs,
                 const at::Tensor& noise,
                 const DenoiseControl& control);

}  // namespace tessera::pipeline
