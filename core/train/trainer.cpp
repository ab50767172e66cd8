#include "core/train/trainer.h"

#include "core/base/check.h"
#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/pipeline/result.h"
#include "core/tensor/device.h"
#include "core/train/method.h"
#include "core/train/parameter_store.h"
#include "core/train/side_thread.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <numbers>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace tessera::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kCheckpointSeconds = 120.0;
constexpr std::int64_t kLogSteps = 50;
constexpr std::uint64_t kReplicaSeeds = 1ull << 16;  // between the seeds of two replicas
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

// Recorded for one shape key: fills the gradients of a batch, and its loss.
struct GradientStep {
    at::Tensor loss;
    std::unique_ptr<tensor::RepeatedStep> step;
};

class Run {
public:
    Run(const TrainRequest& request, const TrainControl& control)
        : m_request(request), m_control(control) {}

    base::Result<TrainResult> train();

private:
    // A copy of the network that learns from batches of its own, on its own device.
    struct Replica {
        c10::Device device = c10::Device(c10::DeviceType::CPU);
        std::uint64_t seed = 0;  // of its batches and noise
        std::unique_ptr<Method> method;
        std::unique_ptr<ParameterStore> store;
        base::Result<int> key = 0;           // of the batch that is prepared
        std::map<int, GradientStep> steps;   // by shape key
        std::unique_ptr<SideThread> thread;  // prepares its batches; the first needs none
    };

    base::Status open();
    base::Result<Replica> makeReplica(int index, c10::Device device) const;
    base::Status resume();
    base::Status oneStep();
    base::Status prepareBatches();
    void addGradient(Replica& replica);
    void updateWeights();
    base::Status checkpoint();
    base::Status evaluate();
    base::Status exportModel();
    void log(base::Json line);
    bool finished() const;
    bool interrupted() const;
    double share() const;

    Replica& leader() { return m_replicas.front(); }

    const Replica& leader() const { return m_replicas.front(); }

    std::span<Replica> followers() { return std::span(m_replicas).subspan(1); }

    double samplesPerSecond() const;

    const TrainRequest& m_request;
    const TrainControl& m_control;
    base::Json m_config = base::Json::object();
    std::vector<Replica> m_replicas;  // the first holds the optimiser's state; the others follow it
    std::unique_ptr<tensor::RepeatedStep> m_update;
    at::Tensor m_learningRate, m_averageRate, m_lossSum, m_norm;  // of the first replica's device
    std::ofstream m_log;
    std::int64_t m_step = 0;
    std::int64_t m_firstStep = 0;
    std::int64_t m_lossSteps = 0;
    double m_evaluateSeconds = 120.0;
    double m_lastLoss = 0.0;
    Clock::time_point m_start;
    Clock::time_point m_speedStart;
    std::int64_t m_samples = 0;      // trained on since then
    double m_pausedSeconds = 0.0;    // judged and saved, not trained
    double m_preparedSeconds = 0.0;  // in which batches were made, since the last line of the log
};

base::Status Run::open() {
    auto first = tensor::openDevice(pipeline::name(m_request.device));
    if (!first) {
        return base::fail(first.error());
    }
    // Every step has the same shapes: cuDNN may time its convolutions once and keep the fastest.
    at::globalContext().setBenchmarkCuDNN(first->is_cuda());
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
    for (int i = 0; i < m_request.replicas; ++i) {
        auto device = first->is_cuda()
                          ? tensor::openDevice("cuda:" + std::to_string(first->index() + i))
                          : first;
        if (!device) {
            return base::fail(device.error());
        }
        auto replica = makeReplica(i, *device);
        if (!replica) {
            return base::fail(replica.error());
        }
        m_replicas.push_back(std::move(*replica));
    }
    if (m_config.contains("evaluate_seconds") && m_config["evaluate_seconds"].is_number()) {
        m_evaluateSeconds = m_config["evaluate_seconds"].get<double>();
    }
    const auto options = at::TensorOptions().dtype(at::kFloat).device(*first);
    for (at::Tensor* scalar : {&m_learningRate, &m_averageRate, &m_lossSum, &m_norm}) {
        *scalar = at::zeros({}, options);
    }
    m_log.open(m_request.run / "log.jsonl", std::ios::app);
    if (base::Status resumed = resume(); !resumed) {
        return resumed;
    }
    for (const Replica& replica : followers()) {
        replica.store->follow(*leader().store);
    }
    return {};
}

base::Result<Run::Replica> Run::makeReplica(int index, c10::Device device) const {
    MethodContext context;
    context.request = m_request;
    // Batches of its own; the weights drawn from this seed are replaced by the first replica's.
    context.request.seed = m_request.seed + kReplicaSeeds * static_cast<std::uint64_t>(index);
    context.config = m_config;
    context.device = device;
    context.computeType = device.is_cuda() ? at::kBFloat16 : at::kFloat;
    const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    const int threads = m_request.threads > 0 ? m_request.threads : cores - 1;
    context.renderThreads = std::max(1, threads / m_request.replicas);
    auto method = makeMethod(context);
    if (!method) {
        return base::fail(method.error());
    }
    Replica replica;
    replica.device = device;
    replica.seed = context.request.seed;
    replica.thread = index > 0 ? std::make_unique<SideThread>() : nullptr;
    replica.method = std::move(*method);
    replica.store = std::make_unique<ParameterStore>(replica.method->parameters(),
                                                     device,
                                                     context.computeType,
                                                     replica.method->pace().optimizer);
    return replica;
}

base::Status Run::resume() {
    const auto file = m_request.run / "checkpoint.safetensors";
    if (!std::filesystem::exists(file)) {
        return {};
    }
    auto metadata = leader().store->load(file);
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
    const std::int64_t horizon =
        m_request.steps > 0 ? m_request.steps : leader().method->pace().horizon;
    return static_cast<double>(m_step) / static_cast<double>(horizon);
}

// 0 before the first steps have settled.
double Run::samplesPerSecond() const {
    return m_step - m_firstStep > kSettlingSteps
               ? static_cast<double>(m_samples) / (since(m_speedStart) - m_pausedSeconds)
               : 0.0;
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

// Makes the batch of every replica, all at the same time: on several GPUs one thread would keep
// them waiting.
base::Status Run::prepareBatches() {
    const auto prepare = [this](Replica& replica) {
        replica.key = replica.method->prepare(m_step, share());
    };
    for (Replica& replica : followers()) {
        replica.thread->start([prepare, &replica] { prepare(replica); });
    }
    const Clock::time_point start = Clock::now();
    prepare(leader());
    for (Replica& replica : followers()) {
        replica.thread->wait();
    }
    m_preparedSeconds += since(start);
    for (const Replica& replica : m_replicas) {
        if (!replica.key) {
            return base::fail(replica.key.error());
        }
    }
    return {};
}

// Submits the prepared batch of a replica: its gradients, and its loss added to the sum.
void Run::addGradient(Replica& replica) {
    const int key = *replica.key;
    GradientStep& recorded = replica.steps[key];
    if (!recorded.step) {
        recorded.loss = at::zeros({}, at::TensorOptions().dtype(at::kFloat).device(replica.device));
        recorded.step =
            tensor::RepeatedStep::record(replica.device, [&replica, &loss = recorded.loss, key] {
                replica.store->clearGradients();
                const at::Tensor value = replica.method->loss(key);
                value.backward();
                loss.copy_(value.detach());
            });
    }
    tensor::seedDevice(replica.device,
                       replica.seed * 1000003ull + static_cast<std::uint64_t>(m_step));
    recorded.step->run();
    m_samples += replica.method->batchSize(key);
    m_lossSum.add_(recorded.loss.to(m_lossSum.device(), /*non_blocking=*/true));
}

// One update of the first replica from the mean of all gradients; the others follow.
void Run::updateWeights() {
    std::vector<const ParameterStore*> others;
    for (const Replica& replica : followers()) {
        others.push_back(replica.store.get());
    }
    leader().store->averageGradients(others);
    if (!m_update) {
        // Recording warms up by running the update; what those runs change is put back.
        const ParameterStore::Snapshot before = leader().store->snapshot();
        m_update = tensor::RepeatedStep::record(leader().device, [this] {
            m_norm.copy_(leader().store->update(m_learningRate, m_averageRate));
        });
        leader().store->restore(before);
    }
    m_update->run();
    for (const Replica& replica : followers()) {
        replica.store->follow(*leader().store);
    }
}

base::Status Run::oneStep() {
    const Pace pace = leader().method->pace();
    m_learningRate.fill_(learningRate(pace, m_step, share()));
    // A young average follows closely, so that its first minutes are worth looking at.
    m_averageRate.fill_(std::max(1.0 - pace.average, 1.0 / static_cast<double>(m_step + 10)));
    if (base::Status prepared = prepareBatches(); !prepared) {
        return prepared;
    }
    for (Replica& replica : m_replicas) {
        addGradient(replica);
    }
    updateWeights();
    m_lossSteps += static_cast<std::int64_t>(m_replicas.size());
    ++m_step;
    if (m_step - m_firstStep == kSettlingSteps) {
        tensor::synchronize(leader().device);
        m_speedStart = Clock::now();
        m_samples = 0;
        m_pausedSeconds = 0.0;
    }
    if (m_step % kLogSteps == 0) {
        m_lastLoss = m_lossSum.item<double>() / static_cast<double>(m_lossSteps);
        m_lossSum.zero_();
        m_lossSteps = 0;
        base::Json line = {{"loss", m_lastLoss},
                           {"gradient_norm", m_norm.item<double>()},
                           {"learning_rate", m_learningRate.item<double>()}};
        for (const auto& [name, value] : leader().method->measures()) {
            line[name] = value.item<double>();
        }
        // Where this nears the time of a step, the GPUs wait for batches.
        line["prepare_ms"] = std::round(m_preparedSeconds / kLogSteps * 1e4) / 10.0;
        m_preparedSeconds = 0.0;
        if (samplesPerSecond() > 0.0) {
            line["samples_per_second"] = std::round(samplesPerSecond());
        }
        log(line);
        if (!std::isfinite(m_lastLoss)) {
            return base::fail(base::ErrorCode::Internal,
                              "The loss became " + std::to_string(m_lastLoss) + " at step " +
                                  std::to_string(m_step) + ".",
                              "Lower the learning rate and resume: the last checkpoint is intact.",
                              leader().method->name());
        }
        if (m_control.progress) {
            m_control.progress(m_step, share(), m_lastLoss);
        }
    }
    return {};
}

base::Status Run::checkpoint() {
    return leader().store->save(m_request.run / "checkpoint.safetensors",
                                {{"format", "tessera-checkpoint"},
                                 {"network", leader().method->name()},
                                 {"step", std::to_string(m_step)},
                                 {"seed", std::to_string(m_request.seed)}});
}

base::Status Run::evaluate() {
    tensor::synchronize(leader().device);
    leader().store->useAverage();
    auto scores = leader().method->evaluate(m_step, m_request.run);
    leader().store->useTrained();
    if (!scores) {
        return base::fail(scores.error());
    }
    (*scores)["kind"] = "evaluation";
    log(*scores);
    return {};
}

base::Status Run::exportModel() {
    leader().store->useAverage();
    base::Status written = leader().method->exportTo(m_request.model, *leader().store, m_step);
    leader().store->useTrained();
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
         {"network", leader().method->name()},
         {"parameters", models::parameterCount(leader().method->parameters())},
         {"device", tensor::deviceName(leader().device)},
         {"replicas", m_request.replicas},
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
    tensor::synchronize(leader().device);
    TrainResult result;
    result.step = m_step;
    result.loss =
        m_lossSteps > 0 ? m_lossSum.item<double>() / static_cast<double>(m_lossSteps) : m_lastLoss;
    result.samplesPerSecond = samplesPerSecond();
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
