#pragma once

// What a denoising loop and a trainer ask of a sampling algorithm. A scheduler is immutable after
// makeScheduler() and holds no run: everything that belongs to one clip is in the Schedule and the
// StepHistory the caller keeps, so one scheduler serves any number of threads and clips.
//
//     base::Result<Schedule> schedule = scheduler->timesteps(50);
//     latents = noise * schedule->initNoiseSigma;
//     for (int i = 0; i < schedule->steps(); ++i) {
//         at::Tensor input = scheduler->scaleModelInput(*schedule, i, latents);
//         at::Tensor output = model(input, schedule->modelTimesteps[i]);
//         StepResult result = scheduler->step(*schedule, i, output, latents, freshNoise, history);
//         latents = result.previous;  history = result.history;
//     }

#include "core/base/result.h"
#include "core/schedulers/scheduler_config.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tessera::schedulers {

// The points of one run with N steps.
struct Schedule {
    std::vector<float> modelTimesteps;  // [N] handed to the model; fractional for some algorithms
    std::vector<std::int64_t> previousTimesteps;  // [N] where step i lands; negative = clean. Empty
                                                  // for algorithms that count in sigmas
    std::vector<float> sigmas;    // [N + 1] noise levels; empty for algorithms on alphas_cumprod
    double initNoiseSigma = 1.0;  // the first latents are standard normals times this

    int steps() const { return static_cast<int>(modelTimesteps.size()); }
};

// What a multistep algorithm remembers between steps; empty for the one-step ones. The caller
// passes back what the last step returned, and drops it between clips.
struct StepHistory {
    std::vector<at::Tensor> x0;  // clean estimates, newest first
    at::Tensor lastSample;       // the sample before the last prediction
    int lastOrder = 0;
};

struct StepResult {
    at::Tensor previous;  // the sample at the next, less noisy point; dtype of the sample given
    at::Tensor x0;        // the clean estimate of this step, float32
    StepHistory history;
};

class Scheduler {
public:
    virtual ~Scheduler() = default;

    const SchedulerConfig& config() const { return m_config; }

    PredictionType predictionType() const { return m_config.predictionType; }

    // The points of a run. BadInput when `steps` is outside 1..trainTimesteps, or when a point has
    // no signal at all while the model predicts epsilon.
    virtual base::Result<Schedule> timesteps(int steps) const = 0;

    // The model's input for the sample at point `index`; same shape and dtype.
    virtual at::Tensor scaleModelInput(const Schedule& schedule,
                                       int index,
                                       const at::Tensor& sample) const = 0;

    // How many standard normal tensors step() reads; `noise` below is stacked in a new first
    // dimension when that is more than one, and may be undefined when it is 0.
    virtual int noiseDraws(const Schedule& schedule, int index) const = 0;

    // One step from point `index` to the next. All of modelOutput, sample and noise have one shape
    // and device; arithmetic is float32.
    virtual StepResult step(const Schedule& schedule,
                            int index,
                            const at::Tensor& modelOutput,
                            const at::Tensor& sample,
                            const at::Tensor& noise,
                            const StepHistory& history = {}) const = 0;

    // Training's forward process: x0 and noise [B, ...], timesteps [B] (integer or float) on the
    // same device. Returns float32.
    virtual at::Tensor addNoise(const at::Tensor& x0,
                                const at::Tensor& noise,
                                const at::Tensor& timesteps) const = 0;

protected:
    explicit Scheduler(SchedulerConfig config) : m_config(std::move(config)) {}

private:
    SchedulerConfig m_config;
};

// The algorithm named by config.className. Unsupported for a class, and BadModel for numbers, that
// cannot work; the hint names what exists.
base::Result<std::unique_ptr<const Scheduler>> makeScheduler(const SchedulerConfig& config);

// The class names makeScheduler() knows.
const std::vector<std::string>& schedulerClassNames();

}  // namespace tessera::schedulers
