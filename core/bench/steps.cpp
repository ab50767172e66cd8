#include "core/bench/steps.h"

#include "core/attention/choose.h"
#include "core/base/check.h"
#include "core/bench/spread.h"
#include "core/bench/turns.h"
#include "core/tensor/device.h"
#include "core/tensor/measure.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <utility>

namespace tessera::bench {

namespace {

using attention::AttentionBackend;
using attention::AttentionShape;
using base::ErrorCode;
using Clock = std::chrono::steady_clock;

constexpr const char* kBaseline = "dense";
constexpr const char* kJudge = "composed";

// Two kernels of one mask in bf16 part by rounding alone, which the layers carry on: some 1e-2 of
// the output after 32 of them.
double toleranceOf(const BenchRequest& request, c10::ScalarType dtype) {
    if (request.tolerance > 0.0) {
        return request.tolerance;
    }
    return dtype == at::kBFloat16 ? 5e-2 : 1e-3;
}

// Passes everything on and keeps the time of every call.
class TimedAttention final : public AttentionBackend {
public:
    explicit TimedAttention(std::unique_ptr<AttentionBackend> inner) : m_inner(std::move(inner)) {}

    const char* name() const override { return m_inner->name(); }

    base::Status supports(const AttentionShape& shape) const override {
        return m_inner->supports(shape);
    }

    at::Tensor attend(int layer,
                      const at::Tensor& q,
                      const at::Tensor& k,
                      const at::Tensor& v) const override {
        at::Tensor out;
        m_calls.push_back(
            tensor::TimedWork::submit(q.device(), [&] { out = m_inner->attend(layer, q, k, v); }));
        return out;
    }

    // Milliseconds of the calls of each run, run by run; waits for them.
    std::vector<double> times(std::int64_t callsOfRun) const {
        std::vector<double> runs(m_calls.size() / static_cast<std::size_t>(callsOfRun));
        for (std::size_t i = 0; i < m_calls.size(); ++i) {
            runs[i / static_cast<std::size_t>(callsOfRun)] += m_calls[i]->milliseconds();
        }
        return runs;
    }

private:
    std::unique_ptr<AttentionBackend> m_inner;
    mutable std::vector<std::unique_ptr<tensor::TimedWork>> m_calls;
};

struct Stopped {};

// Leaves an evaluation at its next layer when a stop is asked for: on a CPU it may take minutes.
class StopObserver final : public attention::AttentionObserver {
public:
    explicit StopObserver(std::stop_token stop) : m_stop(std::move(stop)) {}

    void onAttention(int, int, const at::Tensor&, const at::Tensor&) override {
        if (m_stop.stop_requested()) {
            throw Stopped();
        }
    }

private:
    std::stop_token m_stop;
};

// One kernel under one mask, ready to be run again and again.
struct Contestant {
    StepRow row;
    std::unique_ptr<TimedAttention> backend;
    TimedRuns timed;
};

// A network with what goes in.
struct Step {
    StepNetwork network;
    at::Tensor latents, timesteps;
    models::TextEmbedding text;
    std::stop_token stop;

    // Throws Stopped.
    at::Tensor forward(const AttentionBackend& backend) const {
        const at::NoGradGuard noGrad;
        StopObserver observer(stop);
        return network.transformer->forward(latents, timesteps, text, {&backend, &observer, 0});
    }
};

std::vector<plan::LayerMask> masksOf(const Step& step, const plan::FrameMask& mask) {
    return std::vector<plan::LayerMask>(
        static_cast<std::size_t>(step.network.transformer->layers()), plan::LayerMask{{mask}});
}

class StepBench {
public:
    explicit StepBench(const StepTask& task)
        : m_task(task), m_turns(task.request, task.control, task.device) {}

    base::Result<std::vector<StepRow>> run(const std::vector<Case>& cases);

private:
    Step draw(const std::string& name) const;
    base::Status runStep(const std::vector<Case>& cases, std::vector<StepRow>& rows);
    std::vector<Contestant> enter(const Step& step, const Case& one) const;
    Contestant enter(const Step& step,
                     const Case& one,
                     const std::string& kernel,
                     bool isBaseline) const;
    void tryOut(Contestant& contestant, const Step& step, const at::Tensor& wanted) const;

    const StepTask& m_task;
    Turns m_turns;
};

base::Result<std::vector<StepRow>> StepBench::run(const std::vector<Case>& cases) {
    const std::size_t kernels = std::max<std::size_t>(1, m_task.request.kernels.size());
    std::vector<StepRow> rows;
    for (std::size_t begin = 0; begin < cases.size();) {
        const auto isOther = [&](const Case& one) { return one.shape != cases[begin].shape; };
        const auto first = cases.begin() + static_cast<std::ptrdiff_t>(begin);
        const std::vector<Case> masks(first, std::find_if(first, cases.end(), isOther));
        begin += masks.size();
        m_turns.expect(static_cast<std::int64_t>(1 + masks.size() * kernels) *
                       (m_task.request.warmUps + m_task.request.runs));
        if (const base::Status ran = runStep(masks, rows); !ran) {
            return base::fail(ran.error());
        }
    }
    return rows;
}

Step StepBench::draw(const std::string& name) const {
    Step step;
    step.network = m_task.steps.make(name);
    step.stop = m_task.control.stop;
    drawWeights(step.network, m_task.seed, m_task.device, m_task.dtype);
    tensor::seedDevice(m_task.device, m_task.seed);
    const auto options = at::TensorOptions().dtype(at::kFloat).device(m_task.device);
    step.latents = at::randn(step.network.latents, options);
    step.timesteps = at::full({1}, 500.0, options);
    step.text.tokens = at::randn(step.network.text, options.dtype(m_task.dtype));
    return step;
}

// `cases` are the masks of one step.
base::Status StepBench::runStep(const std::vector<Case>& cases, std::vector<StepRow>& rows) {
    const Step step = draw(cases.front().shape);
    const auto& sizes = step.network.latents;
    const models::TokenGrid grid = step.network.transformer->grid(sizes[2], sizes[3], sizes[4]);
    const plan::TokenLayout& layout = cases.front().layout;
    CHECK(grid.frames == layout.frames && grid.tokensPerFrame() == layout.tokens, layout.tokens);

    Case unmasked = cases.front();
    unmasked.mask.stride = 1;
    const at::Tensor wantedOfFull = step.forward(*attention::makeDenseAttention());
    std::vector<Contestant> contestants;
    contestants.push_back(enter(step, unmasked, kBaseline, /*isBaseline=*/true));
    tryOut(contestants.front(), step, wantedOfFull);
    for (const Case& one : cases) {
        at::Tensor wanted = wantedOfFull;
        if (!one.mask.isFull()) {
            const auto judge = attention::makeKernel(kJudge, masksOf(step, one.mask), one.layout);
            if (!judge) {
                return base::fail(judge.error());
            }
            wanted = step.forward(**judge);
        }
        for (Contestant& contestant : enter(step, one)) {
            tryOut(contestant, step, wanted);
            contestants.push_back(std::move(contestant));
        }
    }
    std::vector<TimedRuns*> works;
    works.reserve(contestants.size());
    for (Contestant& contestant : contestants) {
        works.push_back(&contestant.timed);
    }
    if (base::Status timed = m_turns.take(works); !timed) {
        return timed;
    }

    const std::int64_t layers = step.network.transformer->layers();
    for (Contestant& contestant : contestants) {
        StepRow& row = contestant.row;
        if (row.verdict != Verdict::Agrees) {
            continue;
        }
        const Spread spread = spreadOf(contestant.timed.times);
        row.p20Ms = spread.p20;
        row.medianMs = spread.median;
        row.p80Ms = spread.p80;
        // The first call and the warm-ups do not count.
        std::vector<double> attention = contestant.backend->times(layers);
        attention.erase(attention.begin(), attention.begin() + 1 + m_task.request.warmUps);
        row.attentionMs = spreadOf(std::move(attention)).median;
        row.againstDense = contestants.front().row.medianMs / row.medianMs;
    }
    for (Contestant& contestant : contestants) {
        StepRow& row = contestant.row;
        const auto full = std::ranges::find_if(contestants, [&](const Contestant& other) {
            return other.row.kernel == row.kernel && other.row.density == 1.0 &&
                   other.row.verdict == Verdict::Agrees;
        });
        if (row.verdict == Verdict::Agrees && full != contestants.end()) {
            row.idealMs = full->row.medianMs - (1.0 - row.density) * full->row.attentionMs;
        }
    }
    for (Contestant& contestant : contestants) {
        rows.push_back(std::move(contestant.row));
    }
    return {};
}

// The kernels that were asked for, or the best that computes the mask; where none does, why not
// the last one.
std::vector<Contestant> StepBench::enter(const Step& step, const Case& one) const {
    std::vector<Contestant> entered;
    for (const std::string& name : m_task.kernels.names) {
        const auto& asked = m_task.request.kernels;
        const bool isAsked = asked.empty() || std::ranges::find(asked, name) != asked.end();
        if (name == kBaseline || !isAsked) {
            continue;
        }
        if (asked.empty()) {
            entered.clear();
        }
        entered.push_back(enter(step, one, name, /*isBaseline=*/false));
        if (asked.empty() && entered.back().backend) {
            break;
        }
    }
    return entered;
}

Contestant StepBench::enter(const Step& step,
                            const Case& one,
                            const std::string& kernel,
                            bool isBaseline) const {
    const models::VideoTransformer& transformer = *step.network.transformer;
    Contestant contestant;
    StepRow& row = contestant.row;
    row.step = one.shape;
    row.kernel = kernel;
    row.mask = one.mask.name();
    row.layout = one.layout;
    row.layers = transformer.layers();
    row.heads = transformer.heads();
    row.headSize = transformer.headSize();
    row.isBaseline = isBaseline;
    row.density = one.keptPairs() / one.allPairs();
    row.tolerance = toleranceOf(m_task.request, m_task.dtype);
    auto made = m_task.kernels.make(kernel, masksOf(step, one.mask), one.layout);
    AttentionShape shape{row.heads,
                         row.headSize,
                         one.layout.frames,
                         one.layout.tokens,
                         one.layout.text,
                         m_task.dtype,
                         m_task.device};
    shape.layers = row.layers;
    const base::Status status = made ? (*made)->supports(shape) : base::fail(made.error());
    if (status) {
        contestant.backend = std::make_unique<TimedAttention>(std::move(*made));
    } else {
        row.reason = status.error().message;
    }
    return contestant;
}

// The first call, held to what is wanted.
void StepBench::tryOut(Contestant& contestant, const Step& step, const at::Tensor& wanted) const {
    if (!contestant.backend) {
        return;
    }
    StepRow& row = contestant.row;
    const Clock::time_point start = Clock::now();
    at::Tensor out;
    try {
        out = step.forward(*contestant.backend);
        tensor::synchronize(m_task.device);
    } catch (const c10::Error& error) {
        const std::string text = error.what_without_backtrace();
        row.reason = "LibTorch refused it: " + text.substr(0, text.find('\n'));
        tensor::releaseFreedMemory(m_task.device);
        return;
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    row.error = ((out - wanted).norm() / wanted.norm()).item<double>();
    // Not a number is no agreement.
    if (!(row.error <= row.tolerance)) {
        row.verdict = Verdict::Wrong;
        row.reason = "The network's output is off the wanted one by more than the tolerance.";
        return;
    }
    row.verdict = Verdict::Agrees;
    row.coldMs = seconds * 1000.0;
    contestant.timed.work = [&step, backend = contestant.backend.get()] { step.forward(*backend); };
}

}  // namespace

base::Status checkSteps(const BenchRequest& request, const StepSource& source) {
    if (request.steps.empty()) {
        return {};
    }
    std::string list;
    for (const std::string& name : source.names) {
        list += (list.empty() ? "" : ", ") + name;
    }
    for (const std::string& asked : request.steps) {
        if (std::ranges::find(source.names, asked) == source.names.end()) {
            return base::fail(ErrorCode::BadInput,
                              "There is no step called \"" + asked + "\".",
                              "Steps: " + list + ".",
                              "--step");
        }
    }
    if (!request.shapes.empty()) {
        return base::fail(ErrorCode::BadInput,
                          "Steps and shapes were both asked for; one bench measures either.",
                          "Leave out --shape, or --step, and run it twice.",
                          "--shape");
    }
    if (request.backward) {
        return base::fail(ErrorCode::BadInput,
                          "The backward pass of a step was asked for; steps are timed forward.",
                          "Leave out --backward, or time the kernels alone with --shape.",
                          "--backward");
    }
    return {};
}

double memoryNeed(const StepNetwork& network, const Case& one, std::int64_t bytesOfValue) {
    const auto width =
        static_cast<double>(network.transformer->heads() * network.transformer->headSize());
    // Of a block at its widest, the composed attention or the MLP: hidden states, projections and
    // what they become, gathered or four times as wide.
    constexpr double kTensors = 24.0;
    const double values = static_cast<double>(models::parameterCount(network.parameters)) +
                          kTensors * static_cast<double>(one.layout.total()) * width;
    return values * static_cast<double>(bytesOfValue);
}

base::Result<std::vector<StepRow>> timeSteps(const StepTask& task, const std::vector<Case>& cases) {
    try {
        return StepBench(task).run(cases);
    } catch (const Stopped&) {
        return base::fail(cancelled());
    }
}

}  // namespace tessera::bench
