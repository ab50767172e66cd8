#pragma once

// The diffusion tables shared by the algorithms and the trainer: beta and its cumulative product
// alphas_cumprod, in float32 as the reference makes them, and the formulas that need nothing else.
// Immutable; any thread.

#include "core/schedulers/scheduler_config.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <vector>

namespace tessera::schedulers {

struct NoiseTable {
    std::vector<float> betas;          // [T]
    std::vector<float> alphasCumprod;  // [T] signal power left at each training timestep

    int size() const { return static_cast<int>(alphasCumprod.size()); }
};

// The tables of a configuration that passed its checks.
NoiseTable makeNoiseTable(const SchedulerConfig& config);

// sqrt(ac) x0 + sqrt(1 - ac) noise with ac of each batch entry's timestep. x0, noise [B, ...];
// timesteps [B] integer, same device; float32.
at::Tensor addNoise(const NoiseTable& table,
                    const at::Tensor& x0,
                    const at::Tensor& noise,
                    const at::Tensor& timesteps);

// The target of v-prediction, sqrt(ac) noise - sqrt(1 - ac) x0; shapes as addNoise().
at::Tensor velocity(const NoiseTable& table,
                    const at::Tensor& x0,
                    const at::Tensor& noise,
                    const at::Tensor& timesteps);

// alphas_cumprod of the timesteps [B], shaped [B, 1, ...] with `dims` dimensions, float32, on the
// timesteps' device.
at::Tensor alphasCumprodAt(const NoiseTable& table, const at::Tensor& timesteps, std::size_t dims);

// Points of a run, descending, by the rule of the spacing: integers, except that linspace gives
// fractions, which DDIM rounds and the ancestral scheduler keeps. `steps` in 1..trainTimesteps.
std::vector<double> spacedTimesteps(const SchedulerConfig& config, int steps);

}  // namespace tessera::schedulers
