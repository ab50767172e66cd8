#include "core/schedulers/euler_ancestral.h"

#include "core/base/check.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace tessera::schedulers {

namespace {

// Zero terminal SNR would make the last sigma infinite; the reference puts 2^-24 in its place.
constexpr float kLeastSignal = 0x1p-24F;

}  // namespace

EulerAncestralScheduler::EulerAncestralScheduler(const SchedulerConfig& config)
    : Scheduler(config) {
    NoiseTable table = makeNoiseTable(config);
    if (config.rescaleBetasZeroSnr) {
        table.alphasCumprod.back() = kLeastSignal;
    }
    for (const float kept : table.alphasCumprod) {
        m_sigmas.push_back(std::sqrt((1.0F - kept) / kept));
    }
}

double EulerAncestralScheduler::sigmaAt(double timestep) const {
    const double clamped = std::clamp(timestep, 0.0, static_cast<double>(m_sigmas.size() - 1));
    const auto below = static_cast<std::size_t>(clamped);
    const std::size_t above = std::min(below + 1, m_sigmas.size() - 1);
    const double share = clamped - static_cast<double>(below);
    return m_sigmas[below] + share * (m_sigmas[above] - m_sigmas[below]);
}

base::Result<Schedule> EulerAncestralScheduler::timesteps(int steps) const {
    const int total = config().trainTimesteps;
    if (steps < 1 || steps > total) {
        return base::fail(base::ErrorCode::BadInput,
                          "The number of steps is " + std::to_string(steps) + ", outside 1 to " +
                              std::to_string(total) + ".",
                          "Choose a number in that range; 100 is usual.",
                          "steps");
    }
    Schedule schedule;
    for (const double point : spacedTimesteps(config(), steps)) {
        const auto timestep = static_cast<float>(point);
        schedule.modelTimesteps.push_back(timestep);
        schedule.sigmas.push_back(static_cast<float>(sigmaAt(timestep)));
    }
    schedule.sigmas.push_back(0.0F);
    const double largest = schedule.sigmas.front();
    // Leading spacing starts below the largest training sigma, where a sample still has unit
    // signal.
    schedule.initNoiseSigma = config().timestepSpacing == TimestepSpacing::Leading
                                  ? std::sqrt(largest * largest + 1.0)
                                  : largest;
    return schedule;
}

at::Tensor EulerAncestralScheduler::scaleModelInput(const Schedule& schedule,
                                                    int index,
                                                    const at::Tensor& sample) const {
    CHECK(index >= 0 && index < schedule.steps(), index, schedule.steps());
    const float sigma = schedule.sigmas[static_cast<std::size_t>(index)];
    return sample / std::sqrt(sigma * sigma + 1.0F);
}

int EulerAncestralScheduler::noiseDraws(const Schedule& /*schedule*/, int /*index*/) const {
    return 1;
}

StepResult EulerAncestralScheduler::step(const Schedule& schedule,
                                         int index,
                                         const at::Tensor& modelOutput,
                                         const at::Tensor& sample,
                                         const at::Tensor& noise,
                                         const StepHistory& /*history*/) const {
    CHECK(index >= 0 && index < schedule.steps(), index, schedule.steps());
    CHECK(modelOutput.sizes() == sample.sizes(), modelOutput.sizes(), sample.sizes());
    CHECK(noise.defined() && noise.sizes() == sample.sizes(), "every step needs noise");
    const float from = schedule.sigmas[static_cast<std::size_t>(index)];
    const float to = schedule.sigmas[static_cast<std::size_t>(index) + 1];

    const at::Tensor x = sample.to(at::kFloat);
    const at::Tensor output = modelOutput.to(at::kFloat);
    const at::Tensor x0 =
        predictionType() == PredictionType::Epsilon
            ? x - output * from
            : output * (-from / std::sqrt(from * from + 1.0F)) + x / (from * from + 1.0F);

    // Noise of variance up^2 is added after stepping below the target, so that the total is `to`.
    const float up = std::sqrt(to * to * (from * from - to * to) / (from * from));
    const float down = std::sqrt(to * to - up * up);
    const at::Tensor slope = (x - x0) / from;
    const at::Tensor next = x + slope * (down - from) + noise.to(at::kFloat) * up;
    return {next.to(sample.scalar_type()), x0, {}};
}

at::Tensor EulerAncestralScheduler::addNoise(const at::Tensor& x0,
                                             const at::Tensor& noise,
                                             const at::Tensor& timesteps) const {
    CHECK(timesteps.dim() == 1, timesteps.dim());
    const at::Tensor points = timesteps.to(at::kCPU, at::kDouble);
    at::Tensor sigmas = at::empty_like(points);
    for (std::int64_t i = 0; i < points.size(0); ++i) {
        sigmas.mutable_data_ptr<double>()[i] = sigmaAt(points.const_data_ptr<double>()[i]);
    }
    std::vector<std::int64_t> shape(static_cast<std::size_t>(x0.dim()), 1);
    shape[0] = points.size(0);
    return x0.to(at::kFloat) +
           noise.to(at::kFloat) * sigmas.to(x0.device(), at::kFloat).view(shape);
}

}  // namespace tessera::schedulers
