#include "core/bench/bench.h"

#include "core/attention/choose.h"
#include "core/base/format.h"
#include "core/bench/cases.h"
#include "core/bench/environment.h"
#include "core/bench/exact_rows.h"
#include "core/bench/spread.h"
#include "core/pipeline/result.h"
#include "core/tensor/device.h"
#include "core/tensor/measure.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
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

base::Error cancelled() {
    return {ErrorCode::Cancelled,
            "The bench was cancelled before it was through.",
            "Start it again when you want its table.",
            ""};
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

// One kernel of a case and pass, ready to be run again and again.
struct Contestant {
    BenchRow row;
    std::unique_ptr<AttentionBackend> backend;
    std::function<void()> work;
    std::vector<double> times;

    bool isTimed() const { return row.verdict == Verdict::Agrees; }
};

// The tensors of one case.
struct Workload {
    Case about;
    Inputs inputs;
    AttentionShape shape;
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
          m_dtype(dtype) {}

    base::Result<std::vector<BenchRow>> run(const std::vector<Case>& cases,
                                            const std::vector<std::string>& kernels,
                                            std::uint64_t seed);

private:
    Workload draw(const Case& one) const;
    base::Status runPass(const Workload& workload,
                         Pass pass,
                         const std::vector<std::string>& kernels,
                         std::vector<BenchRow>& rows);
    Contestant enter(const std::string& kernel, const Workload& workload, Pass pass) const;
    void tryOut(Contestant& contestant, const Workload& workload, const ExactRows& exact) const;
    double prepareForward(Contestant& contestant,
                          const Workload& workload,
                          const ExactRows& exact) const;
    double prepareBackward(Contestant& contestant,
                           const Workload& workload,
                           const ExactRows& exact) const;
    base::Status takeTurns(std::vector<Contestant>& contestants);
    void flushCaches();
    void step();

    const BenchRequest& m_request;
    const BenchControl& m_control;
    const KernelSource& m_source;
    c10::Device m_device;
    c10::ScalarType m_dtype;
    at::Tensor m_flushed;  // larger than any cache
    std::int64_t m_done = 0;
    std::int64_t m_of = 0;
};

base::Result<std::vector<BenchRow>> Bench::run(const std::vector<Case>& cases,
                                               const std::vector<std::string>& kernels,
                                               std::uint64_t seed) {
    const std::int64_t passes = m_request.backward ? 2 : 1;
    m_of = static_cast<std::int64_t>(cases.size() * kernels.size()) * passes *
           (m_request.warmUps + m_request.runs);
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
    workload.shape = {one.heads,
                      one.headSize,
                      one.layout.frames,
                      one.layout.tokens,
                      one.layout.text,
                      m_dtype,
                      m_device};
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
        contestants.push_back(enter(kernel, workload, pass));
        tryOut(contestants.back(), workload, contestants.back().row.isBaseline ? exactFull : exact);
    }
    if (base::Status timed = takeTurns(contestants); !timed) {
        return timed;
    }
    constexpr double kForward = 4.0;  // two products, each a multiplication and an addition
    constexpr double kBackward = 2.5 * kForward;  // five products
    const double flopsOfPair = (pass == Pass::Forward ? kForward : kBackward) *
                               static_cast<double>(one.heads * one.headSize);
    double baselineMs = 0.0;
    for (Contestant& contestant : contestants) {
        BenchRow& row = contestant.row;
        if (contestant.isTimed()) {
            const Spread spread = spreadOf(contestant.times);
            row.p20Ms = spread.p20;
            row.medianMs = spread.median;
            row.p80Ms = spread.p80;
            row.teraflops =
                flopsOfPair * one.allPairs() * row.density / (spread.median * 1e-3) * 1e-12;
            baselineMs = row.isBaseline ? spread.median : baselineMs;
            row.againstDense = baselineMs / spread.median;
        }
        rows.push_back(std::move(row));
    }
    return {};
}

// Makes the kernel; one that cannot be made or does not support the shape says so in its row.
Contestant Bench::enter(const std::string& kernel, const Workload& workload, Pass pass) const {
    const Case& one = workload.about;
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
    AttentionShape shape = workload.shape;
    shape.wantsGradients = pass == Pass::Backward;
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
        contestant.work = nullptr;
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
    contestant.work = nullptr;
}

double Bench::prepareForward(Contestant& contestant,
                             const Workload& workload,
                             const ExactRows& exact) const {
    const at::NoGradGuard noGrad;
    contestant.work = [backend = contestant.backend.get(), in = workload.inputs] {
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
    contestant.work = [q, k, v, out, gradOut = workload.inputs.gradOut] {
        for (const at::Tensor& input : {q, k, v}) {
            input.mutable_grad().reset();  // or each run would add to the last
        }
        out.backward(gradOut, /*retain_graph=*/true);
    };
    const Clock::time_point start = Clock::now();
    contestant.work();
    tensor::synchronize(m_device);
    const double seconds = since(start);
    const double errors[] = {exact.errorOf(q.grad(), exact.gradQ),
                             exact.errorOf(k.grad(), exact.gradK),
                             exact.errorOf(v.grad(), exact.gradV)};
    // max() would pass over what is not a number.
    for (const double error : errors) {
        contestant.row.error = error <= contestant.row.error ? contestant.row.error : error;
    }
    return seconds * 1000.0;
}

base::Status Bench::takeTurns(std::vector<Contestant>& contestants) {
    const auto count = static_cast<std::int64_t>(contestants.size());
    std::unique_ptr<tensor::TimedWork> last;
    std::vector<double>* lastTimes = nullptr;
    // The host stays one run ahead of a card, so that a kernel's time holds no wait for its launch.
    const auto takeLast = [&] {
        if (last) {
            const double time = last->milliseconds();
            last.reset();
            if (lastTimes != nullptr) {
                lastTimes->push_back(time);
            }
        }
    };
    for (std::int64_t round = 0; round < m_request.warmUps + m_request.runs; ++round) {
        for (std::int64_t turn = 0; turn < count; ++turn) {
            // Another one begins each round: none always follows the same.
            Contestant& contestant = contestants[static_cast<std::size_t>((turn + round) % count)];
            if (m_control.stop.stop_requested()) {
                takeLast();
                return base::fail(cancelled());
            }
            if (contestant.isTimed()) {
                if (m_request.flushCache) {
                    flushCaches();
                }
                auto submitted = tensor::TimedWork::submit(m_device, contestant.work);
                takeLast();
                last = std::move(submitted);
                lastTimes = round < m_request.warmUps ? nullptr : &contestant.times;
            }
            step();
        }
    }
    takeLast();
    return {};
}

void Bench::flushCaches() {
    constexpr std::int64_t kBytes = 512 << 20;
    if (!m_flushed.defined()) {
        m_flushed = at::empty({kBytes}, at::TensorOptions().dtype(at::kByte).device(m_device));
    }
    m_flushed.zero_();
}

void Bench::step() {
    ++m_done;
    if (m_control.progress) {
        m_control.progress(m_done, m_of);
    }
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

}  // namespace

KernelSource programKernels() {
    return {attention::kernelNames(), attention::makeKernel};
}

base::Result<BenchResult> bench(const BenchRequest& request,
                                const BenchControl& control,
                                const KernelSource& kernels) {
    const Clock::time_point start = Clock::now();
    if (const base::Status numbers = checkNumbers(request); !numbers) {
        return base::fail(numbers.error());
    }
    const auto names = kernelsOf(request, kernels);
    if (!names) {
        return base::fail(names.error());
    }
    const auto cases = readCases(request);
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
    for (const Case& one : *cases) {
        const double need = memoryNeed(one,
                                       static_cast<std::int64_t>(c10::elementSize(dtype)),
                                       request.backward,
                                       names->size());
        if (const base::Status fits = checkMemory(one, need, *device); !fits) {
            return base::fail(fits.error());
        }
    }
    const int threads = tensor::setThreads(request.threads);
    BenchResult result;
    result.environment = environmentOf(*device, dtype, threads);
    result.warmUps = request.warmUps;
    result.runs = request.runs;
    // Small enough for every reader of JSON.
    constexpr std::uint64_t kSeedMask = 0x7fffffff;
    result.seed = request.seed != 0 ? request.seed : 1 + (std::random_device{}() & kSeedMask);
    result.isCacheFlushed = request.flushCache;
    auto rows = Bench(request, control, kernels, *device, dtype).run(*cases, *names, result.seed);
    if (!rows) {
        return base::fail(rows.error());
    }
    result.rows = std::move(*rows);
    result.seconds = since(start);
    return result;
}

}  // namespace tessera::bench
