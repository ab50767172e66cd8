#include "core/schedulers/ddim.h"

#include "core/base/check.h"

#include <ATen/ATen.h>

#include <cmath>

namespace tessera::schedulers {

DdimScheduler::DdimScheduler(const SchedulerConfig& config)
    : Scheduler(config), m_table(makeNoiseTable(config)) {}

base::Result<Schedule> DdimScheduler::timesteps(int steps) const {
    const int total = config().trainTimesteps;
    if (steps < 1 || steps > total) {
        return base::fail(base::ErrorCode::BadInput,
                          "The number of steps is " + std::to_string(steps) + ", outside 1 to " +
                              std::to_string(total) + ".",
                          "Choose a number in that range; 50 is usual.",
                          "steps");
    }
    Schedule schedule;
    for (const double point : spacedTimesteps(config(), steps)) {
        const auto timestep = static_cast<std::int64_t>(std::nearbyint(point));
        if (timestep >= total) {
            return base::fail(base::ErrorCode::BadModel,
                              "With " + std::to_string(steps) + " steps and steps_offset " +
                                  std::to_string(config().stepsOffset) + " the first timestep is " +
                                  std::to_string(timestep) + ", past the last trained one, " +
                                  std::to_string(total - 1) + ".",
                              "Use fewer steps or a smaller steps_offset.",
                              "steps_offset");
        }
        if (predictionType() == PredictionType::Epsilon &&
            m_table.alphasCumprod[static_cast<std::size_t>(timestep)] <= 0.0F) {
            return base::fail(
                base::ErrorCode::BadModel,
                "Timestep " + std::to_string(timestep) +
                    " holds no signal (zero terminal SNR), and a model that predicts epsilon says "
                    "nothing about the clip there.",
                "Use v_prediction, or leading spacing with fewer steps.",
                "prediction_type");
        }
        schedule.modelTimesteps.push_back(static_cast<float>(timestep));
        // Not the next point of the list: they differ when `steps` does not divide `total`.
        schedule.previousTimesteps.push_back(timestep - total / steps);
    }
    return schedule;
}

at::Tensor DdimScheduler::scaleModelInput(const Schedule& /*schedule*/,
                                          int /*index*/,
                                          const at::Tensor& sample) const {
    return sample;
}

int DdimScheduler::noiseDraws(const Schedule& /*schedule*/, int /*index*/) const {
    return config().eta > 0.0 ? 1 : 0;
}

StepResult DdimScheduler::step(const Schedule& schedule,
                               int index,
                               const at::Tensor& modelOutput,
                               const at::Tensor& sample,
                               const at::Tensor& noise,
                               const StepHistory& /*history*/) const {
    CHECK(index >= 0 && index < schedule.steps(), index, schedule.steps());
    CHECK(modelOutput.sizes() == sample.sizes(), modelOutput.sizes(), sample.sizes());
    const auto at = static_cast<std::size_t>(index);
    const auto here = static_cast<std::size_t>(schedule.modelTimesteps[at]);
    const std::int64_t previous = schedule.previousTimesteps[at];
    const float last = config().setAlphaToOne ? 1.0F : m_table.alphasCumprod[0];
    const float kept = m_table.alphasCumprod[here];
    const float keptNext =
        previous >= 0 ? m_table.alphasCumprod[static_cast<std::size_t>(previous)] : last;
    const float signal = std::sqrt(kept);
    const float spread = std::sqrt(1.0F - kept);

    const at::Tensor x = sample.to(at::kFloat);
    const at::Tensor output = modelOutput.to(at::kFloat);
    at::Tensor x0;
    at::Tensor epsilon;
    if (predictionType() == PredictionType::Epsilon) {
        x0 = (x - output * spread) / signal;
        epsilon = output;
    } else {
        x0 = x * signal - output * spread;
        epsilon = output * signal + x * spread;
    }
    if (config().clipSample) {
        x0 = x0.clamp(-config().clipSampleRange, config().clipSampleRange);
    }

    // Eq. 16: sigma_t = eta sqrt((1 - ac_prev) / (1 - ac)) sqrt(1 - ac / ac_prev).
    const float variance = (1.0F - keptNext) / (1.0F - kept) * (1.0F - kept / keptNext);
    const float sigma = static_cast<float>(config().eta) * std::sqrt(variance);
    at::Tensor next =
        x0 * std::sqrt(keptNext) + epsilon * std::sqrt(1.0F - keptNext - sigma * sigma);
    if (config().eta > 0.0) {
        CHECK(noise.defined() && noise.sizes() == sample.sizes(), "eta > 0 needs noise");
        next = next + noise.to(at::kFloat) * sigma;
    }
    return {next.to(sample.scalar_type()), x0, {}};
}

at::Tensor DdimScheduler::addNoise(const at::Tensor& x0,
                                   const at::Tensor& noise,
                                   const at::Tensor& timesteps) const {
    return schedulers::addNoise(m_table, x0, noise, timesteps);
}

}  // namespace tessera::schedulers
