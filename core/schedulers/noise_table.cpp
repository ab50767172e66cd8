#include "core/schedulers/noise_table.h"

#include "core/base/check.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace tessera::schedulers {

namespace {

// Zero terminal SNR: shift and scale sqrt(alphas_cumprod) so that its last entry is 0 and its first
// stays (Lin et al., "Common Diffusion Noise Schedules and Sample Steps are Flawed", algorithm 1).
at::Tensor rescaledToZeroTerminalSnr(const at::Tensor& betas) {
    const at::Tensor root = at::cumprod(1.0 - betas, 0).sqrt();  // [T]
    const at::Tensor first = root[0].clone();
    const at::Tensor last = root[-1].clone();
    const at::Tensor bars = ((root - last) * (first / (first - last))).square();
    const at::Tensor ratios = bars.slice(0, 1) / bars.slice(0, 0, -1);
    return 1.0 - at::cat({bars.slice(0, 0, 1), ratios});
}

// Nichol and Dhariwal, "Improved DDPM", eq. 17: alpha_bar(t) = cos^2((t + 0.008) / 1.008 pi / 2),
// beta capped at 0.999.
at::Tensor cosineBetas(int count) {
    const auto bar = [](double t) {
        const double cosine = std::cos((t + 0.008) / 1.008 * std::numbers::pi / 2.0);
        return cosine * cosine;
    };
    std::vector<float> betas(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const double here = static_cast<double>(i) / count;
        const double next = static_cast<double>(i + 1) / count;
        betas[static_cast<std::size_t>(i)] =
            static_cast<float>(std::min(1.0 - bar(next) / bar(here), 0.999));
    }
    return at::tensor(at::ArrayRef<float>(betas));
}

at::Tensor makeBetas(const SchedulerConfig& config) {
    if (!config.trainedBetas.empty()) {
        return at::tensor(at::ArrayRef<float>(config.trainedBetas));
    }
    switch (config.betaSchedule) {
        case BetaSchedule::Linear:
            return at::linspace(
                config.betaStart, config.betaEnd, config.trainTimesteps, at::kFloat);
        case BetaSchedule::ScaledLinear:
            return at::linspace(std::sqrt(config.betaStart),
                                std::sqrt(config.betaEnd),
                                config.trainTimesteps,
                                at::kFloat)
                .square();
        case BetaSchedule::SquaredCos:
            return cosineBetas(config.trainTimesteps);
    }
    return {};
}

std::vector<float> values(const at::Tensor& tensor) {
    const at::Tensor contiguous = tensor.contiguous();
    const float* begin = contiguous.const_data_ptr<float>();
    return {begin, begin + contiguous.numel()};
}

}  // namespace

NoiseTable makeNoiseTable(const SchedulerConfig& config) {
    at::Tensor betas = makeBetas(config);
    if (config.rescaleBetasZeroSnr) {
        betas = rescaledToZeroTerminalSnr(betas);
    }
    return {values(betas), values(at::cumprod(1.0 - betas, 0))};
}

at::Tensor alphasCumprodAt(const NoiseTable& table, const at::Tensor& timesteps, std::size_t dims) {
    CHECK(timesteps.dim() == 1, timesteps.dim());
    const at::Tensor all =
        at::tensor(at::ArrayRef<float>(table.alphasCumprod)).to(timesteps.device());
    std::vector<std::int64_t> shape(dims, 1);
    shape[0] = timesteps.size(0);
    return all.index_select(0, timesteps.to(at::kLong)).view(shape);
}

at::Tensor addNoise(const NoiseTable& table,
                    const at::Tensor& x0,
                    const at::Tensor& noise,
                    const at::Tensor& timesteps) {
    const at::Tensor kept = alphasCumprodAt(table, timesteps, static_cast<std::size_t>(x0.dim()));
    return kept.sqrt() * x0.to(at::kFloat) + (1.0 - kept).sqrt() * noise.to(at::kFloat);
}

at::Tensor velocity(const NoiseTable& table,
                    const at::Tensor& x0,
                    const at::Tensor& noise,
                    const at::Tensor& timesteps) {
    const at::Tensor kept = alphasCumprodAt(table, timesteps, static_cast<std::size_t>(x0.dim()));
    return kept.sqrt() * noise.to(at::kFloat) - (1.0 - kept).sqrt() * x0.to(at::kFloat);
}

std::vector<double> spacedTimesteps(const SchedulerConfig& config, int steps) {
    CHECK(steps >= 1 && steps <= config.trainTimesteps, steps);
    const int total = config.trainTimesteps;
    std::vector<double> points(static_cast<std::size_t>(steps));
    for (int i = 0; i < steps; ++i) {
        double& point = points[static_cast<std::size_t>(i)];
        switch (config.timestepSpacing) {
            case TimestepSpacing::Leading: {
                const int stride = total / steps;  // whole, as in the reference
                point = static_cast<double>((steps - 1 - i) * stride + config.stepsOffset);
                break;
            }
            case TimestepSpacing::Trailing: {
                // The reference's arange takes its stride from its first two values; ties at .5 go
                // to the even number.
                const double stride = (total - static_cast<double>(total) / steps) - total;
                point = std::nearbyint(total + i * stride) - 1.0;
                break;
            }
            case TimestepSpacing::Linspace: {
                const double stride = steps > 1 ? (total - 1.0) / (steps - 1) : 0.0;
                point = (steps - 1 - i) * stride;
                break;
            }
        }
    }
    return points;
}

}  // namespace tessera::schedulers
