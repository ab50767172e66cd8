// The real engine: carries out a job with the rooms above. One object, one thread.

#include "core/base/check.h"
#include "core/engine/evaluate.h"
#include "core/engine/make_engine.h"
#include "core/engine/model_cache.h"
#include "core/engine/resident_memory.h"
#include "core/engine/to_error.h"
#include "core/jobs/recipe.h"
#include "core/pipeline/generate.h"
#include "core/tensor/device.h"
#include "core/train/trainer.h"

#include <chrono>
#include <cmath>
#include <system_error>
#include <variant>

namespace tessera::engine {

namespace {

using jobs::JobControl;
using jobs::JobResult;

class TensorEngine final : public jobs::Engine {
public:
    explicit TensorEngine(const EngineOptions& options)
        : m_options(options), m_attention(attention::makeDenseAttention()) {}

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

    EngineOptions m_options;
    std::unique_ptr<attention::AttentionBackend> m_attention;
    ModelCache m_models;
};

base::Result<JobResult> TensorEngine::carryOut(const pipeline::GenerationRequest& request,
                                               JobControl& control) {
    const auto start = std::chrono::steady_clock::now();
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
    const double loadSeconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const ReadPrompt read = readPrompt(*valid);
    valid->texts = read.texts;

    pipeline::GenerateControl steps;
    steps.stop = control.stopToken();
    steps.enterPhase = [&](pipeline::Phase phase) { control.enterStage(name(phase)); };
    steps.progress = [&](pipeline::Phase, int done, int of) { control.stepDone(done, of); };
    steps.preview = [&](base::SharedFrames frames) { control.preview(std::move(frames)); };
    steps.finishEarly = [&] { return control.finishEarlyRequested(); };
    steps.passPauseGate = [&] { return control.passPauseGate(); };
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
    auto result = pipeline::generate(*valid, **model, *m_attention, steps);
    if (!m_options.keepModels) {
        m_models.clear();
    }
    if (!result) {
        return base::fail(result.error());
    }
    complete(*result);
    result->times.insert(result->times.begin(), {pipeline::Phase::Load, loadSeconds});
    result->secondsTotal =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
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

}  // namespace

std::unique_ptr<jobs::Engine> makeEngine(const EngineOptions& options) {
    return std::make_unique<TensorEngine>(options);
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
    return estimate;
}

}  // namespace tessera::engine
