#include "core/bench/bench.h"

#include "core/attention/choose.h"
#include "core/base/format.h"
#include "core/bench/cases.h"
#include "core/bench/environment.h"
#include "core/bench/exact_rows.h"
#include "core/bench/spread.h"
#include "core/bench/steps.h"
#include "core/bench/turns.h"
#include "core/pipeline/result.h"
#include "core/tensor/device.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <utility>

#include <unistd.h>

namespace tessera::bench {

namespace {

using attention::AttentionBackend;
using attention::AttentionShape;
using base::ErrorCode;
using Clock = std::chrono::steady_clock;

constexpr const char* kBaseline = "dense";

// In bf16 the kernels were seen 2.0e-3 to 2.8e-3 off (bundled-192x288 on a CPU with bf16,
// 2026-11-30), in fp32 3e-7; a wrong mask or a lost block is far above these.
double toleranceOf(const BenchRequest& request, c10::ScalarType dtype, Pass pass) {
    if (request.tolerance > 0.0) {
        return request.tolerance;
    }
    if (dtype != at::kBFloat16) {
        return 1e-4;
    }
    return pass == Pass::Forward ? 5e-3 : 1e-2;
}

double since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// The baseline, then those that were asked for, in the order of the source.
base::Result<std::vector<std::string>> kernelsOf(const BenchRequest& request,
                                                 const KernelSource& source) {
    std::string list;
    for (const std::string& name : source.names) {
        list += (list.empty() ? "" : ", ") + name;
    }
    for (const std::string& asked : request.kernels) {
        if (std::ranges::find(source.names, asked) == source.names.end()) {
            return base::fail(ErrorCode::BadInput,
                              "There is no kernel called \"" + asked + "\".",
                              "Kernels: " + list + ".",
                              "--kernel");
        }
    }
    std::vector<std::string> names;
    for (const std::string& name : source.names) {
        const auto& asked = request.kernels;
        if (name == kBaseline || asked.empty() || std::ranges::find(asked, name) != asked.end()) {
            names.push_back(name);
        }
    }
    std::stable_partition(
        names.begin(), names.end(), [](const std::string& name) { return name == kBaseline; });
    return names;
}

double memoryOf(c10::Device device) {
    if (device.is_cuda()) {
        return static_cast<double>(tensor::deviceMemory(device).total);
    }
    return static_cast<double>(::sysconf(_SC_PHYS_PAGES)) *
           static_cast<double>(::sysconf(_SC_PAGESIZE));
}

base::Status checkMemory(const Case& one, double need, c10::Device device) {
    const double there = memoryOf(device);
    if (need <= there) {
        return {};
    }
    return base::fail(ErrorCode::OutOfMemory,
                      "The shape " + one.shape + " needs about " +
                          base::byteSize(static_cast<std::uint64_t>(need)) + "; " +
                          tensor::deviceName(device) + " has " +
                          base::byteSize(static_cast<std::uint64_t>(there)) + ".",
                      "Choose a smaller shape, fewer kernels or another device.",
                      "--shape");
}

// Operations of one run of a row's kernel.
double flopsOf(const BenchRow& row) {
    constexpr double kForward = 4.0;  // two products, each a multiplication and an addition
    constexpr double kBackward = 2.5 * kForward;  // five products
    const auto tokens = static_cast<double>(row.layout.total());
    return (row.pass == Pass::Forward ? kForward : kBackward) *
           static_cast<double>(row.heads * row.headSize) * tokens * tokens * row.density;
}

// What the exact rows of a case cost, as operations at the kernels' rate: of a small map as much as
// 14 dense runs each for the mask and for full attention (1728 tokens, two cores, 2026-11-30: 0.24
// s beside 8.4 ms), of a large one next to nothing.
double flopsOfExactRows(const Case& one, bool backward) {
    constexpr double kDenseRuns = 28.0;
    constexpr double kLargestWhole = 1 << 26;  // pairs over all heads
    constexpr double kForward = 4.0;
    if (one.allPairs() * static_cast<double>(one.heads) > kLargestWhole) {
        return 0.0;
    }
    return (backward ? 3.5 : 1.0) * kDenseRuns * kForward *
           static_cast<double>(one.heads * one.headSize) * one.allPairs();
}

// One kernel of a case and pass, ready to be run again and again.
struct Contestant {
    BenchRow row;
    std::unique_ptr<AttentionBackend> backend;
    TimedRuns timed;

    bool isTimed() const { return row.verdict == Verdict::Agrees; }
};

// The tensors of one case.
struct Workload {
    Case about;
    Inputs inputs;
};

class Bench {
public:
    Bench(const BenchRequest& request,
          const BenchControl& control,
          const KernelSource& source,
          c10::Device device,
          c10::ScalarType dtype)
        : m_request(request),
          m_control(control),
          m_source(source),
          m_device(device),
          m_dtype(dtype),
          m_turns(request, control, device) {}

    base::Result<std::vector<BenchRow>> run(const std::vector<Case>& cases,
                                            const std::vector<std::string>& kernels,
                                            std::uint64_t seed);

    // A kernel at the start of a case, with its reason in the row where it cannot run it.
    Contestant enter(const std::string& kernel, const Case& one, Pass pass) const;

private:
    Workload draw(const Case& one) const;
    base::Status runPass(const Workload& workload,
                         Pass pass,
                         const std::vector<std::string>& kernels,
                         std::vector<BenchRow>& rows);
    void tryOut(Contestant& contestant, const Workload& workload, const ExactRows& exact) const;
    double prepareForward(Contestant& contestant,
                          const Workload& workload,
                          const ExactRows& exact) const;
    double prepareBackward(Contestant& contestant,
                           const Workload& workload,
                           const ExactRows& exact) const;

    const BenchRequest& m_request;
    const BenchControl& m_control;
    const KernelSource& m_source;
    c10::Device m_device;
    c10::ScalarType m_dtype;
    Turns m_turns;
};

base::Result<std::vector<BenchRow>> Bench::run(const std::vector<Case>& cases,
                                               const std::vector<std::string>& kernels,
                                               std::uint64_t seed) {
    const std::int64_t passes = m_request.backward ? 2 : 1;
    m_turns.expect(static_cast<std::int64_t>(cases.size() * kernels.size()) * passes *
                   (m_request.warmUps + m_request.runs));
    std::vector<BenchRow> rows;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        tensor::seedDevice(m_device, seed + i);
        const Workload workload = draw(cases[i]);
        for (const Pass pass : {Pass::Forward, Pass::Backward}) {
            if (pass == Pass::Backward && !m_request.backward) {
                continue;
            }
            if (const base::Status ran = runPass(workload, pass, kernels, rows); !ran) {
                return base::fail(ran.error());
            }
        }
    }
    return rows;
}

// In memory [1, N, H, D], as the projections of a transformer leave them.
Workload Bench::draw(const Case& one) const {
    const auto tensorOf = [&] {
        return at::randn({1, one.layout.total(), one.heads, one.headSize},
                         at::TensorOptions().dtype(m_dtype).device(m_device))
            .transpose(1, 2);
    };
    Workload workload;
    workload.about = one;
    workload.inputs = {tensorOf(), tensorOf(), tensorOf(), {}};
    if (m_request.backward) {
        workload.inputs.gradOut = tensorOf();
    }
    return workload;
}

base::Status Bench::runPass(const Workload& workload,
                            Pass pass,
                            const std::vector<std::string>& kernels,
                            std::vector<BenchRow>& rows) {
    const Case& one = workload.about;
    Inputs inputs = workload.inputs;
    if (pass == Pass::Forward) {
        inputs.gradOut.reset();
    }
    const plan::FrameMask full{one.mask.frames, 1};
    const bool hasBaseline = kernels.front() == kBaseline;
    const ExactRows exact = exactRows(inputs, one.mask, one.layout);
    const ExactRows exactFull =
        hasBaseline && !one.mask.isFull() ? exactRows(inputs, full, one.layout) : exact;
    std::vector<Contestant> contestants;
    for (const std::string& kernel : kernels) {
        if (m_control.stop.stop_requested()) {
            return base::fail(cancelled());
        }
        contestants.push_back(enter(kernel, one, pass));
        tryOut(contestants.back(), workload, contestants.back().row.isBaseline ? exactFull : exact);
    }
    std::vector<TimedRuns*> works;
    works.reserve(contestants.size());
    for (Contestant& contestant : contestants) {
        works.push_back(&contestant.timed);
    }
    if (base::Status timed = m_turns.take(works); !timed) {
        return timed;
    }
    double baselineMs = 0.0;
    for (Contestant& contestant : contestants) {
        BenchRow& row = contestant.row;
        if (contestant.isTimed()) {
            const Spread spread = spreadOf(contestant.timed.times);
            row.p20Ms = spread.p20;
            row.medianMs = spread.median;
            row.p80Ms = spread.p80;
            row.teraflops = flopsOf(row) / (spread.median * 1e-3) * 1e-12;
            baselineMs = row.isBaseline ? spread.median : baselineMs;
            row.againstDense = baselineMs / spread.median;
        }
        rows.push_back(std::move(row));
    }
    return {};
}

// Makes the kernel; one that cannot be made or does not support the shape says so in its row.
Contestant Bench::enter(const std::string& kernel, const Case& one, Pass pass) const {
    Contestant contestant;
    BenchRow& row = contestant.row;
    row.kernel = kernel;
    row.shape = one.shape;
    row.layout = one.layout;
    row.heads = one.heads;
    row.headSize = one.headSize;
    row.mask = one.mask.name();
    row.pass = pass;
    row.isBaseline = kernel == kBaseline;
    row.density = row.isBaseline ? 1.0 : one.keptPairs() / one.allPairs();
    row.tolerance = toleranceOf(m_request, m_dtype, pass);
    const plan::FrameMask mask = row.isBaseline ? plan::FrameMask{one.mask.frames, 1} : one.mask;
    auto made = m_source.make(kernel, {plan::LayerMask{{mask}}}, one.layout);
    const AttentionShape shape{one.heads,
                               one.headSize,
                               one.layout.frames,
                               one.layout.tokens,
                               one.layout.text,
                               m_dtype,
                               m_device,
                               pass == Pass::Backward};
    const base::Status status = made ? (*made)->supports(shape) : base::fail(made.error());
    if (status) {
        contestant.backend = std::move(*made);
    } else {
        row.reason = status.error().message;
    }
    return contestant;
}

// The first call, which is held to the exact rows.
void Bench::tryOut(Contestant& contestant, const Workload& workload, const ExactRows& exact) const {
    if (!contestant.backend) {
        return;
    }
    BenchRow& row = contestant.row;
    double coldMs = 0.0;
    try {
        coldMs = row.pass == Pass::Forward ? prepareForward(contestant, workload, exact)
                                           : prepareBackward(contestant, workload, exact);
    } catch (const c10::Error& error) {
        const std::string text = error.what_without_backtrace();
        row.reason = "LibTorch refused it: " + text.substr(0, text.find('\n'));
        contestant.timed.work = nullptr;
        tensor::releaseFreedMemory(m_device);
        return;
    }
    // Not a number is no agreement.
    if (row.error <= row.tolerance) {
        row.verdict = Verdict::Agrees;
        row.coldMs = coldMs;
        return;
    }
    row.verdict = Verdict::Wrong;
    row.reason = "Its result is off the exact one by more than the tolerance.";
    contestant.timed.work = nullptr;
}

double Bench::prepareForward(Contestant& contestant,
                             const Workload& workload,
                             const ExactRows& exact) const {
    const at::NoGradGuard noGrad;
    contestant.timed.work = [backend = contestant.backend.get(), in = workload.inputs] {
        const at::NoGradGuard inside;
        backend->attend(0, in.q, in.k, in.v);
    };
    const Inputs& in = workload.inputs;
    const Clock::time_point start = Clock::now();
    const at::Tensor out = contestant.backend->attend(0, in.q, in.k, in.v);
    tensor::synchronize(m_device);
    const double seconds = since(start);
    contestant.row.error = exact.errorOf(out, exact.out);
    return seconds * 1000.0;
}

double Bench::prepareBackward(Contestant& contestant,
                              const Workload& workload,
                              const ExactRows& exact) const {
    const at::AutoGradMode withGrad(true);
    const auto leaf = [](const at::Tensor& x) { return x.detach().requires_grad_(); };
    const at::Tensor q = leaf(workload.inputs.q);
    const at::Tensor k = leaf(workload.inputs.k);
    const at::Tensor v = leaf(workload.inputs.v);
    const at::Tensor out = contestant.backend->attend(0, q, k, v);
    tensor::synchronize(m_device);
    contestant.timed.work = [q, k, v, out, gradOut = workload.inputs.gradOut] {
        for (const at::Tensor& input : {q, k, v}) {
            input.mutable_grad().reset();  // or each run would add to the last
        }
        // The backward pass alone: a gradient that lies in memory as its input does is taken over
        // without a copy, and the forward pass is not repeated.
        out.backward(gradOut, /*retain_graph=*/true);
    };
    const Clock::time_point start = Clock::now();
    contestant.timed.work();
    tensor::synchronize(m_device);
    const double seconds = since(start);
    const double errors[] = {exact.errorOf(q.grad(), exact.gradQ),
                             exact.errorOf(k.grad(), exact.gradK),
                             exact.errorOf(v.grad(), exact.gradV)};
    // What is not a number is worse than all that are, whichever gradient holds it.
    for (const double error : errors) {
        if (std::isnan(error) || error > contestant.row.error) {
            contestant.row.error = error;
        }
    }
    return seconds * 1000.0;
}

base::Status checkNumbers(const BenchRequest& request) {
    constexpr int kMost = 100'000;
    if (request.runs >= 1 && request.runs <= kMost && request.warmUps >= 0 &&
        request.warmUps <= kMost) {
        return {};
    }
    return base::fail(ErrorCode::BadInput,
                      std::to_string(request.warmUps) + " warm-ups and " +
                          std::to_string(request.runs) +
                          " runs were asked for; expected 0 to 100000, and 1 to 100000.",
                      "The paper takes 25 and 100.",
                      "--runs");
}

// A request whose every word is understood, on a device that is there and large enough.
struct ReadRequest {
    std::vector<std::string> kernels;  // as kernelsOf()
    std::vector<Case> cases;
    c10::Device device = c10::kCPU;
    c10::ScalarType dtype = c10::ScalarType::Float;
};

base::Result<ReadRequest> read(const BenchRequest& request,
                               const KernelSource& source,
                               const StepSource& steps) {
    if (const base::Status numbers = checkNumbers(request); !numbers) {
        return base::fail(numbers.error());
    }
    if (const base::Status known = checkSteps(request, steps); !known) {
        return base::fail(known.error());
    }
    auto kernels = kernelsOf(request, source);
    if (!kernels) {
        return base::fail(kernels.error());
    }
    auto cases = readCases(request);
    if (!cases) {
        return base::fail(cases.error());
    }
    const auto device = tensor::openDevice(pipeline::name(request.device));
    if (!device) {
        return base::fail(device.error());
    }
    const c10::ScalarType dtype = request.precision == pipeline::Precision::Auto
                                      ? tensor::fastestPrecision(*device)
                                  : request.precision == pipeline::Precision::Bf16 ? at::kBFloat16
                                                                                   : at::kFloat;
    const auto bytesOfValue = static_cast<std::int64_t>(c10::elementSize(dtype));
    for (const Case& one : *cases) {
        const double need = request.steps.empty()
                                ? memoryNeed(one, bytesOfValue, request.backward, kernels->size())
                                : memoryNeed(steps.make(one.shape), one, bytesOfValue);
        if (const base::Status fits = checkMemory(one, need, *device); !fits) {
            return base::fail(fits.error());
        }
    }
    return ReadRequest{std::move(*kernels), std::move(*cases), *device, dtype};
}

}  // namespace

KernelSource programKernels() {
    return {attention::kernelNames(), attention::makeKernel};
}

base::Result<BenchResult> bench(const BenchRequest& request,
                                const BenchControl& control,
                                const KernelSource& kernels,
                                const StepSource& steps) {
    const Clock::time_point start = Clock::now();
    const auto asked = read(request, kernels, steps);
    if (!asked) {
        return base::fail(asked.error());
    }
    const int threads = tensor::setThreads(request.threads);
    BenchResult result;
    result.environment = environmentOf(asked->device, asked->dtype, threads);
    result.warmUps = request.warmUps;
    result.runs = request.runs;
    // Small enough for every reader of JSON.
    constexpr std::uint64_t kSeedMask = 0x7fffffff;
    result.seed = request.seed != 0 ? request.seed : 1 + (std::random_device{}() & kSeedMask);
    result.isCacheFlushed = request.flushCache;
    if (request.steps.empty()) {
        auto rows = Bench(request, control, kernels, asked->device, asked->dtype)
                        .run(asked->cases, asked->kernels, result.seed);
        if (!rows) {
            return base::fail(rows.error());
        }
        result.rows = std::move(*rows);
    } else {
        auto rows =
            timeSteps({request, control, kernels, steps, asked->device, asked->dtype, result.seed},
                      asked->cases);
        if (!rows) {
            return base::fail(rows.error());
        }
        result.steps = std::move(*rows);
    }
    result.seconds = since(start);
    return result;
}

base::Result<BenchOutlook> outlook(const BenchRequest& request, const KernelSource& source) {
    const auto asked = read(request, source, programSteps());
    if (!asked) {
        return base::fail(asked.error());
    }
    if (!request.steps.empty()) {
        return base::fail(ErrorCode::Unsupported,
                          "What whole steps cost is not known before they ran.",
                          "Run the bench, or ask for shapes.",
                          "--step");
    }
    BenchOutlook outlook;
    outlook.device = deviceWord(asked->device);
    outlook.deviceName = tensor::deviceName(asked->device);
    outlook.precision = precisionWord(asked->dtype);
    const BenchControl untold;
    const Bench bench(request, untold, source, asked->device, asked->dtype);
    for (const std::string& name : source.names) {
        const bool isAsked = std::ranges::find(asked->kernels, name) != asked->kernels.end();
        KernelOutlook kernel{name, name == kBaseline, {}};
        int cells = 0;
        for (const Case& one : asked->cases) {
            for (const Pass pass : {Pass::Forward, Pass::Backward}) {
                if (pass == Pass::Backward && !request.backward) {
                    continue;
                }
                const BenchRow row = bench.enter(name, one, pass).row;
                if (!row.reason.empty()) {
                    kernel.reason = kernel.reason.empty() ? row.reason : kernel.reason;
                    continue;
                }
                ++cells;
                if (isAsked) {
                    outlook.flops += flopsOf(row) * (1 + request.warmUps + request.runs);
                }
            }
        }
        outlook.cells += isAsked ? cells : 0;
        kernel.reason = cells > 0 ? std::string() : kernel.reason;
        outlook.kernels.push_back(std::move(kernel));
    }
    std::stable_partition(outlook.kernels.begin(),
                          outlook.kernels.end(),
                          [](const KernelOutlook& kernel) { return kernel.isBaseline; });
    for (const Case& one : asked->cases) {
        outlook.flops += flopsOfExactRows(one, request.backward);
    }
    return outlook;
}

}  // namespace tessera::bench
