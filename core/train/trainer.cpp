#include "core/train/trainer.h"

#include "core/base/check.h"
#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/pipeline/result.h"
#include "core/tensor/device.h"
#include "core/train/method.h"
#include "core/train/parameter_store.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <numbers>
#include <thread>

namespace tessera::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kCheckpointSeconds = 120.0;
constexpr std::int64_t kLogSteps = 50;
constexpr std::int64_t kSettlingSteps = 50;  // left out of the speed: recording and autotuning

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

base::Result<std::unique_ptr<Method>> makeMethod(const MethodContext& context) {
    switch (context.request.network) {
        case Network::Vae:
            return makeVaeMethod(context);
        case Network::Base:
            return makeBaseMethod(context);
        case Network::Eval:
            return makeEvalMethod(context);
    }
    CHECK(false);
    return base::fail({});
}

// Linear warm-up, then a cosine from the full rate to the final one over the share of the run that
// is done.
double learningRate(const Pace& pace, std::int64_t step, double share) {
    const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * std::clamp(share, 0.0, 1.0)));
    const double rate = pace.finalRate + (pace.learningRate - pace.finalRate) * cosine;
    return rate * std::min(1.0,
                           static_cast<double>(step + 1) /
                               static_cast<double>(std::max<std::int64_t>(1, pace.warmUp)));
}

class Run {
public:
    Run(const TrainRequest& request, const TrainControl& control)
        : m_request(request), m_control(control) {}

    base::Result<TrainResult> train();

private:
    base::Status open();
    base::Status resume();
    base::Status oneStep();
    base::Status checkpoint();
    base::Status evaluate();
    base::Status exportModel();
    void log(base::Json line);
    bool finished() const;
    bool interrupted() const;
    double share() const;

    const TrainRequest& m_request;
    const TrainControl& m_control;
    c10::Device m_device = c10::Device(c10::DeviceType::CPU);
    base::Json m_config = base::Json::object();
    std::unique_ptr<Method> m_method;
    std::unique_ptr<ParameterStore> m_store;
    std::map<int, std::unique_ptr<tensor::RepeatedStep>> m_steps;
    std::map<int, at::Tensor> m_losses;  // written by the step recorded for the key
    std::map<int, at::Tensor> m_norms;
    at::Tensor m_learningRate, m_averageRate, m_lossSum;
    std::ofstream m_log;
    std::int64_t m_step = 0;
    std::int64_t m_firstStep = 0;
    std::int64_t m_lossSteps = 0;
    double m_evaluateSeconds = 120.0;
    double m_lastLoss = 0.0;
    Clock::time_point m_start;
    Clock::time_point m_speedStart;
    double m_pausedSeconds = 0.0;  // judged and saved, not trained
};

base::Status Run::open() {
    auto device = tensor::openDevice(pipeline::name(m_request.device));
    if (!device) {
        return base::fail(device.error());
    }
    m_device = *device;
    // Every step has the same shapes: cuDNN may time its convolutions once and keep the fastest.
    at::globalContext().setBenchmarkCuDNN(m_device.is_cuda());
    if (!m_request.config.empty()) {
        auto config = base::readJsonFile(m_request.config);
        if (!config) {
            return base::fail(config.error());
        }
        m_config = *config;
    }
    std::error_code error;
    std::filesystem::create_directories(m_request.run, error);
    if (error) {
        return base::fail(base::writeError(m_request.run, error.value()));
    }
    MethodContext context;
    context.request = m_request;
    context.config = m_config;
    context.device = m_device;
    context.computeType = m_device.is_cuda() ? at::kBFloat16 : at::kFloat;
    const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    context.renderThreads = m_request.threads > 0 ? m_request.threads : std::max(1, cores - 1);
    auto method = makeMethod(context);
    if (!method) {
        return base::fail(method.error());
    }
    m_method = std::move(*method);
    if (m_config.contains("evaluate_seconds") && m_config["evaluate_seconds"].is_number()) {
        m_evaluateSeconds = m_config["evaluate_seconds"].get<double>();
    }
    m_store = std::make_unique<ParameterStore>(
        m_method->parameters(), m_device, context.computeType, m_method->pace().optimizer);
    const auto options = at::TensorOptions().dtype(at::kFloat).device(m_device);
    m_learningRate = at::zeros({}, options);
    m_averageRate = at::zeros({}, options);
    m_lossSum = at::zeros({}, options);
    m_log.open(m_request.run / "log.jsonl", std::ios::app);
    return resume();
}

base::Status Run::resume() {
    const auto file = m_request.run / "checkpoint.safetensors";
    if (!std::filesystem::exists(file)) {
        return {};
    }
    auto metadata = m_store->load(file);
    if (!metadata) {
        return base::fail(metadata.error());
    }
    const std::string& step = (*metadata)["step"];
    if (step.empty() || step.find_first_not_of("0123456789") != std::string::npos ||
        step.size() > 15) {
        return base::fail(
            base::ErrorCode::BadFile,
            "The checkpoint " + file.string() + " does not say at which step it was made.",
            "Start a new run folder, or put an older checkpoint there.",
            "step");
    }
    m_step = std::stoll(step);
    return {};
}

void Run::log(base::Json line) {
    line["step"] = m_step;
    line["seconds"] = std::round(since(m_start) * 10.0) / 10.0;
    m_log << line.dump() << '\n' << std::flush;
}

double Run::share() const {
    if (m_request.minutes > 0.0 && m_request.steps == 0) {
        return since(m_start) / (60.0 * m_request.minutes);
    }
    const std::int64_t horizon = m_request.steps > 0 ? m_request.steps : m_method->pace().horizon;
    return static_cast<double>(m_step) / static_cast<double>(horizon);
}

bool Run::finished() const {
    const bool timeOver = m_request.minutes > 0.0 && since(m_start) >= 60.0 * m_request.minutes;
    return timeOver || (m_request.steps > 0 && m_step >= m_request.steps) ||
           (m_request.minutes <= 0.0 && m_request.steps <= 0 && share() >= 1.0);
}

bool Run::interrupted() const {
    return m_control.stop.stop_requested() ||
           (m_request.stopAfter > 0 && m_step >= m_request.stopAfter);
}

base::Status Run::oneStep() {
    const Pace pace = m_method->pace();
    auto key = m_method->prepare(m_step, share());
    if (!key) {
        return base::fail(key.error());
    }
    m_learningRate.fill_(learningRate(pace, m_step, share()));
    // A young average follows closely, so that its first minutes are worth looking at.
    m_averageRate.fill_(std::max(1.0 - pace.average, 1.0 / static_cast<double>(m_step + 10)));
    if (!m_steps.contains(*key)) {
        const auto options = at::TensorOptions().dtype(at::kFloat).device(m_device);
        m_losses[*key] = at::zeros({}, options);
        m_norms[*key] = at::zeros({}, options);
        at::Tensor& loss = m_losses[*key];
        at::Tensor& norm = m_norms[*key];
        // Recording warms up by running the step; what those runs change is put back.
        const ParameterStore::Snapshot before = m_store->snapshot();
        m_steps[*key] = tensor::RepeatedStep::record(m_device, [this, k = *key, &loss, &norm] {
            m_store->clearGradients();
            const at::Tensor value = m_method->loss(k);
            value.backward();
            norm.copy_(m_store->update(m_learningRate, m_averageRate));
            loss.copy_(value.detach());
        });
        m_store->restore(before);
    }
    tensor::seedDevice(m_device, m_request.seed * 1000003ull + static_cast<std::uint64_t>(m_step));
    m_steps[*key]->run();
    m_lossSum.add_(m_losses[*key]);
    ++m_lossSteps;
    ++m_step;
    if (m_step - m_firstStep == kSettlingSteps) {
        tensor::synchronize(m_device);
        m_speedStart = Clock::now();
        m_pausedSeconds = 0.0;
    }
    if (m_step % kLogSteps == 0) {
        m_lastLoss = m_lossSum.item<double>() / static_cast<double>(m_lossSteps);
        m_lossSum.zero_();
        m_lossSteps = 0;
        base::Json line = {{"loss", m_lastLoss},
                           {"gradient_norm", m_norms[*key].item<double>()},
                           {"learning_rate", m_learningRate.item<double>()}};
        for (const auto& [name, value] : m_method->measures()) {
            line[name] = value.item<double>();
        }
        const std::int64_t settled = m_step - m_firstStep - kSettlingSteps;
        if (settled > 0) {
            line["samples_per_second"] =
                std::round(static_cast<double>(settled * m_method->batchSize()) /
                           (since(m_speedStart) - m_pausedSeconds));
        }
        log(line);
        if (!std::isfinite(m_lastLoss)) {
            return base::fail(base::ErrorCode::Internal,
                              "The loss became " + std::to_string(m_lastLoss) + " at step " +
                                  std::to_string(m_step) + ".",
                              "Lower the learning rate and resume: the last checkpoint is intact.",
                              m_method->name());
        }
        if (m_control.progress) {
            m_control.progress(m_step, share(), m_lastLoss);
        }
    }
    return {};
}

base::Status Run::checkpoint() {
    return m_store->save(m_request.run / "checkpoint.safetensors",
                         {{"format", "tessera-checkpoint"},
                          {"network", m_method->name()},
                          {"step", std::to_string(m_step)},
                          {"seed", std::to_string(m_request.seed)}});
}

base::Status Run::evaluate() {
    tensor::synchronize(m_device);
    m_store->useAverage();
    auto scores = m_method->evaluate(m_step, m_request.run);
    m_store->useTrained();
    if (!scores) {
        return base::fail(scores.error());
    }
    (*scores)["kind"] = "evaluation";
    log(*scores);
    return {};
}

base::Status Run::exportModel() {
    m_store->useAverage();
    base::Status written = m_method->exportTo(m_request.model, *m_store, m_step);
    m_store->useTrained();
    return written;
}

base::Result<TrainResult> Run::train() {
    m_start = Clock::now();
    if (const base::Status opened = open(); !opened) {
        return base::fail(opened.error());
    }
    m_firstStep = m_step;
    m_speedStart = Clock::now();
    log({{"kind", "start"},
         {"network", m_method->name()},
         {"parameters", models::parameterCount(m_method->parameters())},
         {"device", tensor::deviceName(m_device)},
         {"batch", m_method->batchSize()},
         {"seed", m_request.seed},
         {"config", m_config}});
    if (m_request.exportOnly) {
        if (const base::Status written = exportModel(); !written) {
            return base::fail(written.error());
        }
        return TrainResult{
            m_step, 0.0, 0.0, since(m_start), m_request.run / "checkpoint.safetensors"};
    }
    Clock::time_point lastCheckpoint = Clock::now();
    Clock::time_point lastEvaluation = Clock::now();
    while (!finished() && !interrupted()) {
        if (const base::Status done = oneStep(); !done) {
            return base::fail(done.error());
        }
        const Clock::time_point pause = Clock::now();
        if (since(lastCheckpoint) > kCheckpointSeconds) {
            if (const base::Status saved = checkpoint(); !saved) {
                return base::fail(saved.error());
            }
            lastCheckpoint = Clock::now();
        }
        if (since(lastEvaluation) > m_evaluateSeconds) {
            if (const base::Status judged = evaluate(); !judged) {
                return base::fail(judged.error());
            }
            lastEvaluation = Clock::now();
        }
        m_pausedSeconds += since(pause);
    }
    tensor::synchronize(m_device);
    TrainResult result;
    result.step = m_step;
    result.loss =
        m_lossSteps > 0 ? m_lossSum.item<double>() / static_cast<double>(m_lossSteps) : m_lastLoss;
    const double trained = since(m_speedStart) - m_pausedSeconds;
    const auto settled = static_cast<double>(m_step - m_firstStep - kSettlingSteps);
    result.samplesPerSecond = settled > 0 ? settled * m_method->batchSize() / trained : 0.0;
    if (const base::Status saved = checkpoint(); !saved) {
        return base::fail(saved.error());
    }
    if (interrupted()) {
        return base::fail(base::ErrorCode::Cancelled,
                          "Training was stopped at step " + std::to_string(m_step) + ".",
                          "Run the same command again to go on from there.");
    }
    if (const base::Status judged = evaluate(); !judged) {
        return base::fail(judged.error());
    }
    if (!m_request.model.empty()) {
        if (const base::Status written = exportModel(); !written) {
            return base::fail(written.error());
        }
    }
    result.seconds = since(m_start);
    result.checkpoint = m_request.run / "checkpoint.safetensors";
    return result;
}

}  // namespace

base::Result<TrainResult> train(const TrainRequest& request, const TrainControl& control) {
    return Run(request, control).train();
}

}  // namespace tessera::train
