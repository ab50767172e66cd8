// The real engine: carries out a job with the rooms above. One object, one thread.

#include "core/attention/choose.h"
#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/bench/bench.h"
#include "core/engine/bench_outlook.h"
#include "core/engine/evaluate.h"
#include "core/engine/injected_faults.h"
#include "core/engine/make_engine.h"
#include "core/engine/model_cache.h"
#include "core/engine/product_time.h"
#include "core/engine/resident_memory.h"
#include "core/engine/run_times.h"
#include "core/engine/to_error.h"
#include "core/jobs/recipe.h"
#include "core/jobs/words.h"
#include "core/models/registry.h"
#include "core/pipeline/generate.h"
#include "core/tensor/device.h"
#include "core/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <system_error>
#include <thread>
#include <variant>

namespace tessera::engine {

namespace {

using jobs::JobControl;
using jobs::JobResult;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

int allCores() {
    return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

std::filesystem::path runTimesFile() {
    return base::dataFolder() / "run-times.json";
}

// A list that cannot be written costs an estimate, not a job.
void saveTimes(const RunTimes& times) {
    if (const base::Status saved = times.save(runTimesFile()); !saved) {
        base::logWarning(base::describe(saved.error()));
    }
}

// `threads` as they will be: 0 in a request means all cores.
RunSetting settingOf(const pipeline::ValidRequest& valid, int threads) {
    const pipeline::GenerationRequest& r = valid.effective;
    RunSetting setting;
    setting.machine = jobs::word(r.device);
    setting.machine.append(" ").append(jobs::word(r.precision));
    if (!valid.device.is_cuda()) {
        setting.machine.append(" ").append(std::to_string(threads));
    }
    setting.work = valid.card.name + " " + jobs::word(r.stage) + " " + std::to_string(r.width) +
                   "x" + std::to_string(r.height) + "x" + std::to_string(r.videoFrames);
    if (!r.masks.empty()) {
        setting.work.append(" ").append(jobs::masksWord(r.masks));
    }
    if (const auto work = models::generationWork(r.model, r.width, r.height, r.videoFrames)) {
        double skipped = 0.0;  // of all layers' attention
        for (const plan::LayerMask& mask : valid.masks) {
            skipped +=
                plan::elementSparsity(mask, valid.layout) / static_cast<double>(valid.masks.size());
        }
        setting.forwardFlops = work->forwardFlops - skipped * work->attentionFlops;
        setting.decodeFlops = work->decodeFlops;
    }
    return setting;
}

// Adds a finished generation to what is known of this machine.
void rememberTimes(const pipeline::ValidRequest& valid,
                   const pipeline::GenerationResult& result,
                   double secondsPaused) {
    RunCost cost;
    for (const pipeline::PhaseTime& time : result.times) {
        switch (time.phase) {
            case pipeline::Phase::Load:
                cost.load += time.seconds;
                break;
            case pipeline::Phase::Denoise:
                cost.forward +=
                    (time.seconds - secondsPaused) / static_cast<double>(result.forwards);
                break;
            case pipeline::Phase::Decode:
                cost.decode += time.seconds;
                break;
            case pipeline::Phase::Encode:
            case pipeline::Phase::Write:
                cost.rest += time.seconds;
                break;
        }
    }
    RunTimes times = RunTimes::read(runTimesFile());
    times.remember(settingOf(valid, valid.effective.threads), cost);
    saveTimes(times);
}

// What a matrix product says of a machine that has run nothing yet. Times it on all cores and takes
// their share: the number of threads belongs to whatever runs at the moment.
double probeRate(const std::string& device, const std::string& precision, int threads) {
    constexpr double kSeconds = 0.1;
    constexpr double kGiga = 1e9;
    const ProductTime product = timeProduct(device, precision, kSeconds);
    const double share =
        device != "cpu" ? 1.0 : std::min(1.0, threads / static_cast<double>(allCores()));
    return product.gflops * kGiga * share;
}

class TensorEngine final : public jobs::Engine {
public:
    explicit TensorEngine(const EngineOptions& options) : m_options(options) {}

    base::Result<JobResult> run(const jobs::JobSpec& spec, JobControl& control) override {
        try {
            return std::visit([&](const auto& request) { return carryOut(request, control); },
                              spec.request);
        } catch (...) {
            m_models.clear();  // memory first: what failed may have been the lack of it
            return base::fail(toError(std::current_exception()));
        }
    }

private:
    base::Result<JobResult> carryOut(const pipeline::GenerationRequest& request,
                                     JobControl& control);
    base::Result<JobResult> carryOut(const train::TrainRequest& request, JobControl& control);
    base::Result<JobResult> carryOut(const eval::EvalRequest& request, JobControl& control);
    base::Result<JobResult> carryOut(const bench::BenchRequest& request, JobControl& control);

    EngineOptions m_options;
    ModelCache m_models;
};

base::Result<JobResult> TensorEngine::carryOut(const pipeline::GenerationRequest& request,
                                               JobControl& control) {
    const Clock::time_point start = Clock::now();
    auto valid = pipeline::validate(request);
    if (!valid) {
        return base::fail(valid.error());
    }
    valid->effective.threads = tensor::setThreads(valid->effective.threads);
    if (request.output.empty()) {
        std::error_code ignored;  // writing says what is wrong with the folder
        std::filesystem::create_directories(valid->effective.output.parent_path(), ignored);
    }
    control.enterStage(name(pipeline::Phase::Load));
    auto model = m_models.open(*valid);
    if (!model) {
        return base::fail(model.error());
    }
    const double loadSeconds = since(start);
    const ReadPrompt read = readPrompt(*valid);
    valid->texts = read.texts;

    pipeline::GenerateControl steps;
    steps.stop = control.stopToken();
    steps.enterPhase = [&](pipeline::Phase phase) { control.enterStage(name(phase)); };
    steps.progress = [&](pipeline::Phase, int done, int of) { control.stepDone(done, of); };
    steps.preview = [&](base::SharedFrames frames) { control.preview(std::move(frames)); };
    steps.finishEarly = [&] { return control.finishEarlyRequested(); };
    double secondsPaused = 0.0;
    steps.passPauseGate = [&] {
        const Clock::time_point reached = Clock::now();
        bool isReleased = false;
        const bool goesOn = control.passPauseGate([&] {
            m_models.release();
            isReleased = true;
        });
        const base::Status reloaded = goesOn && isReleased ? m_models.reload() : base::Status();
        secondsPaused += since(reached);
        return goesOn ? reloaded : base::Status(base::fail(pipeline::cancelled()));
    };
    const auto complete = [&](pipeline::GenerationResult& result) {
        result.understoodAs = read.understoodAs;
        result.ignoredWords = read.ignoredWords;
        result.peakResidentBytes = peakResidentBytes();
    };
    steps.metadata = [&](const pipeline::GenerationResult& soFar) {
        pipeline::GenerationResult described = soFar;
        complete(described);
        const jobs::Recipe recipe = jobs::makeRecipe(request, described);
        media::ClipMetadata metadata;
        metadata.recipeJson = jobs::recipeText(recipe);
        metadata.parametersText = jobs::parametersText(recipe);
        return metadata;
    };
    const auto attention = pipeline::attentionFor(*valid, *(*model)->transformer);
    if (!attention) {
        return base::fail(attention.error());
    }
    auto result = pipeline::generate(*valid, **model, **attention, steps);
    if (!m_options.keepModels) {
        m_models.clear();
    }
    if (!result) {
        return base::fail(result.error());
    }
    complete(*result);
    result->times.insert(result->times.begin(), {pipeline::Phase::Load, loadSeconds});
    result->secondsTotal = since(start);
    rememberTimes(*valid, *result, secondsPaused);
    return JobResult(std::move(*result));
}

base::Result<JobResult> TensorEngine::carryOut(const train::TrainRequest& request,
                                               JobControl& control) {
    m_models.clear();
    train::TrainControl training;
    training.stop = control.stopToken();
    control.enterStage("train");
    training.progress = [&](std::int64_t step, double share, double loss) {
        const auto of =
            share > 0.0 ? static_cast<std::int64_t>(std::llround(static_cast<double>(step) / share))
                        : 0;
        control.stepDone(step, std::max(step, of), {}, loss);
    };
    auto result = train::train(request, training);
    if (!result) {
        return base::fail(result.error());
    }
    return JobResult(std::move(*result));
}

base::Result<JobResult> TensorEngine::carryOut(const eval::EvalRequest& request,
                                               JobControl& control) {
    tensor::setThreads(request.generation.threads);
    auto result = evaluate(request, m_models, control);
    if (!result) {
        return base::fail(result.error());
    }
    return JobResult(std::move(*result));
}

base::Result<JobResult> TensorEngine::carryOut(const bench::BenchRequest& request,
                                               JobControl& control) {
    m_models.clear();
    bench::BenchControl timing;
    timing.stop = control.stopToken();
    timing.progress = [&](std::int64_t done, std::int64_t of) { control.stepDone(done, of); };
    control.enterStage("time");
    auto result = bench::bench(request, timing);
    if (!result) {
        return base::fail(result.error());
    }
    if (const auto outlook = bench::outlook(request)) {
        RunTimes times = RunTimes::read(runTimesFile());
        rememberBench(times, *result, outlook->flops);
        saveTimes(times);
    }
    return JobResult(std::move(*result));
}

}  // namespace

std::unique_ptr<jobs::Engine> makeEngine(const EngineOptions& options) {
    std::unique_ptr<jobs::Engine> engine = std::make_unique<TensorEngine>(options);
#ifdef TESSERA_INJECTS_FAULTS
    engine = withInjectedFaults(std::move(engine));
#endif
    return engine;
}

std::vector<std::string> kernelNames() {
    return attention::kernelNames();
}

base::Result<GenerationEstimate> estimate(const pipeline::GenerationRequest& request) {
    auto valid = pipeline::validate(request);
    if (!valid) {
        return base::fail(valid.error());
    }
    const ReadPrompt read = readPrompt(*valid);
    GenerationEstimate estimate;
    estimate.effective = valid->effective;
    estimate.understoodAs = read.understoodAs;
    estimate.ignoredWords = read.ignoredWords;
    estimate.forwards = valid->effective.steps * (valid->guided() ? 2 : 1);
    const auto bytes = static_cast<std::uint64_t>(valid->memoryBytes);
    (valid->device.is_cuda() ? estimate.deviceBytes : estimate.residentBytes) = bytes;

    const int threads = valid->effective.threads > 0 ? valid->effective.threads : allCores();
    const RunSetting setting = settingOf(*valid, threads);
    RunTimes times = RunTimes::read(runTimesFile());
    auto predicted = times.predict(setting, estimate.forwards);
    if (!predicted && setting.forwardFlops > 0.0) {
        times.rememberRate(setting.machine,
                           probeRate(jobs::word(valid->effective.device),
                                     jobs::word(valid->effective.precision),
                                     threads));
        predicted = times.predict(setting, estimate.forwards);
        saveTimes(times);
    }
    if (predicted) {
        estimate.seconds = predicted->seconds;
        estimate.plusMinus = predicted->plusMinus;
    }
    return estimate;
}

base::Result<bench::BenchOutlook> outlook(const bench::BenchRequest& request) {
    auto outlook = bench::outlook(request);
    if (!outlook) {
        return base::fail(outlook.error());
    }
    const int threads = request.threads > 0 ? request.threads : allCores();
    outlook->seconds = benchSeconds(RunTimes::read(runTimesFile()), *outlook, threads, [&] {
        return probeRate(outlook->device, outlook->precision, threads);
    });
    return *outlook;
}

}  // namespace tessera::engine
