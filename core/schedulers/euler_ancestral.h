#pragma once

// Euler steps on the noise level with fresh noise added back after each (ancestral sampling; Karras
// et al. 2022, table 1, with k-diffusion's split into a step down and a step up): the sampler of
// Open-Sora-Plan's scripts. Made by makeScheduler(); any thread.

#include "core/schedulers/noise_table.h"
#include "core/schedulers/scheduler.h"

#include <vector>

namespace tessera::schedulers {

class EulerAncestralScheduler final : public Scheduler {
public:
    explicit EulerAncestralScheduler(const SchedulerConfig& config);

    base::Result<Schedule> timesteps(int steps) const override;
    at::Tensor scaleModelInput(const Schedule& schedule,
                               int index,
                               const at::Tensor& sample) const override;
    int noiseDraws(const Schedule& schedule, int index) const override;
    StepResult step(const Schedule& schedule,
                    int index,
                    const at::Tensor& modelOutput,
                    const at::Tensor& sample,
                    const at::Tensor& noise,
                    const StepHistory& history = {}) const override;

    // x0 + sigma(t) noise; fractional timesteps interpolate sigma.
    at::Tensor addNoise(const at::Tensor& x0,
                        const at::Tensor& noise,
                        const at::Tensor& timesteps) const override;

private:
    double sigmaAt(double timestep) const;

    std::vector<double> m_sigmas;  // [T] noise over signal of each training timestep
};

}  // namespace tessera::schedulers
