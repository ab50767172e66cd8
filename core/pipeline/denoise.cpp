#include "core/pipeline/denoise.h"

#include "core/base/check.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <utility>

namespace tessera::pipeline {
namespace {

// Both conditions as one batch, the shorter text padded: [2 B, L, D].
models::TextEmbedding stack(const models::TextEmbedding& a, const models::TextEmbedding& b) {
    const std::int64_t length = std::max(a.tokens.size(1), b.tokens.size(1));
    const auto pad = [&](const models::TextEmbedding& text) {
        const std::int64_t missing = length - text.tokens.size(1);
        return models::TextEmbedding{at::constant_pad_nd(text.tokens, {0, 0, 0, missing}),
                                     at::constant_pad_nd(text.mask, {0, missing}, false)};
    };
    const models::TextEmbedding first = pad(a);
    const models::TextEmbedding second = pad(b);
    return {at::cat({first.tokens, second.tokens}), at::cat({first.mask, second.mask})};
}

// A single text has no padding: without its mask, attention takes the quicker way.
models::TextEmbedding withoutPadding(models::TextEmbedding text) {
    if (text.tokens.defined() && text.tokens.size(0) == 1) {
        text.mask = at::Tensor();
    }
    return text;
}

// The guided prediction u + s (c - u) (Ho and Salimans, "Classifier-free diffusion guidance", eq.
// 6).
class Predictor {
public:
    Predictor(const DenoiseInputs& inputs, const at::Tensor& noise, std::stop_token stop)
        : m_inputs(inputs),
          m_stop(std::move(stop)),
          m_guided(inputs.cfgScale != 1.0),
          m_together(noise.is_cuda()) {
        if (m_guided && m_together) {
            m_both = stack(inputs.prompt, inputs.negative);
        }
        m_prompt = withoutPadding(inputs.prompt);
        m_negative = withoutPadding(inputs.negative);
    }

    int forwardsPerStep() const { return m_guided ? 2 : 1; }

    // Undefined when a stop was asked for between the two forwards.
    at::Tensor operator()(const at::Tensor& latents, double timestep, int step) const {
        const attention::AttentionContext context{m_inputs.attention, m_inputs.observer, step};
        const auto run = [&](const at::Tensor& x, const models::TextEmbedding& text) {
            const at::Tensor t = at::full({x.size(0)}, timestep, x.options().dtype(at::kFloat));
            return m_inputs.transformer->forward(x, t, text, context);
        };
        if (!m_guided) {
            return run(latents, m_prompt);
        }
        // A GPU is filled better by one batch of two; a CPU gains nothing from it and would need
        // the padding.
        if (m_together) {
            const auto parts = run(at::cat({latents, latents}), m_both).chunk(2);
            return parts[1] + (parts[0] - parts[1]) * m_inputs.cfgScale;
        }
        const at::Tensor conditional = run(latents, m_prompt);
        if (m_stop.stop_requested()) {
            return {};
        }
        const at::Tensor unconditional = run(latents, m_negative);
        return unconditional + (conditional - unconditional) * m_inputs.cfgScale;
    }

private:
    const DenoiseInputs& m_inputs;
    std::stop_token m_stop;
    bool m_guided = false;
    bool m_together = false;
    models::TextEmbedding m_prompt, m_negative, m_both;
};

}  // namespace

Denoised denoise(const DenoiseInputs& inputs,
                 const at::Tensor& noise,
                 const DenoiseControl& control) {
    CHECK(inputs.transformer != nullptr && inputs.scheduler != nullptr &&
          inputs.schedule != nullptr);
    const at::NoGradGuard noGrad;
    const schedulers::Schedule& schedule = *inputs.schedule;
    const Predictor predict(inputs, noise, control.stop);
    auto generator = at::detail::createCPUGenerator(inputs.seed ^ 0x5DEECE66Dull);
    at::Tensor latents = noise * schedule.initNoiseSigma;
    schedulers::StepHistory history;
    Denoised result;
    for (int i = 0; i < schedule.steps(); ++i) {
        if (control.stop.stop_requested()) {
            return {};
        }
        const at::Tensor input = inputs.scheduler->scaleModelInput(schedule, i, latents);
        const at::Tensor prediction = predict(
            input, static_cast<double>(schedule.modelTimesteps[static_cast<std::size_t>(i)]), i);
        if (!prediction.defined()) {
            return {};
        }
        at::Tensor fresh;
        if (const int draws = inputs.scheduler->noiseDraws(schedule, i); draws > 0) {
            std::vector<std::int64_t> shape = noise.sizes().vec();
            if (draws > 1) {
                shape.insert(shape.begin(), draws);
            }
            fresh = at::randn(shape, generator, at::kFloat).to(noise.device());
        }
        schedulers::StepResult step =
            inputs.scheduler->step(schedule, i, prediction, latents, fresh, history);
        latents = step.previous;
        history = std::move(step.history);
        result.stepsDone = i + 1;
        result.forwards += predict.forwardsPerStep();
        if (control.onStep && !control.onStep(i + 1, schedule.steps(), step.x0)) {
            latents = step.x0;
            break;
        }
    }
    result.latents = latents;
    return result;
}

}  // namespace tessera::pipeline
