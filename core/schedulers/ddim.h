#pragma once

// DDIM (Song et al., "Denoising Diffusion Implicit Models", eq. 12): the sampler of the bundled
// model and of Open-Sora-Plan's paper runs. Made by makeScheduler(); any thread.

#include "core/schedulers/noise_table.h"
#include "core/schedulers/scheduler.h"

namespace tessera::schedulers {

class DdimScheduler final : public Scheduler {
public:
    explicit DdimScheduler(const SchedulerConfig& config);

    const NoiseTable& table() const { return m_table; }

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
    at::Tensor addNoise(const at::Tensor& x0,
                        const at::Tensor& noise,
                        const at::Tensor& timesteps) const override;

private:
    NoiseTable m_table;
};

}  // namespace tessera::schedulers
