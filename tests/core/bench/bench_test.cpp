// Whole measurements of tiny shapes on the CPU, with kernels that are right, wrong, slow to stop or
// that refuse.

#include "core/bench/bench.h"

#include "core/attention/choose.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace tessera::bench {
namespace {

using attention::AttentionBackend;
using attention::AttentionShape;
using base::ErrorCode;
using Backend = std::unique_ptr<AttentionBackend>;

BenchRequest tinyRequest() {
    BenchRequest request;
    request.shapes = {"8,12,0,2,64"};
    request.masks = {"2:6"};
    request.device = {pipeline::DeviceChoice::Kind::Cpu, 0};
    request.precision = pipeline::Precision::Fp32;
    request.threads = 1;
    request.warmUps = 1;
    request.runs = 5;
    request.seed = 7;
    return request;
}

// Dense attention whatever the masks say, but for what `alter` does with it.
class Altered final : public AttentionBackend {
public:
    explicit Altered(std::function<at::Tensor(const at::Tensor&)> alter)
        : m_alter(std::move(alter)), m_dense(attention::makeDenseAttention()) {}

    const char* name() const override { return "altered"; }

    base::Status supports(const AttentionShape& shape) const override {
        return shape.headSize == 64 ? base::Status()
                                    : base::fail(ErrorCode::Unsupported,
                                                 "The head size is not 64.",
                                                 "Take another kernel.");
    }

    at::Tensor attend(int layer,
                      const at::Tensor& q,
                      const at::Tensor& k,
                      const at::Tensor& v) const override {
        return m_alter(m_dense->attend(layer, q, k, v));
    }

private:
    std::function<at::Tensor(const at::Tensor&)> m_alter;
    Backend m_dense;
};

// The program's kernels and one of the test's.
KernelSource withKernel(const std::string& name,
                        std::function<at::Tensor(const at::Tensor&)> alter) {
    return {{"dense", "composed", name},
            [name, alter](std::string_view asked,
                          const auto& masks,
                          const auto& layout) -> base::Result<Backend> {
                if (asked == name) {
                    return std::make_unique<Altered>(alter);
                }
                return attention::makeKernel(asked, masks, layout);
            }};
}

const BenchRow& rowOf(const BenchResult& result, const std::string& kernel, Pass pass) {
    const auto found = std::ranges::find_if(
        result.rows, [&](const BenchRow& row) { return row.kernel == kernel && row.pass == pass; });
    EXPECT_NE(found, result.rows.end()) << kernel;
    return *found;
}

TEST(Bench, MeasuresEveryKernelOfTheProgramForwardAndBackward) {
    BenchRequest request = tinyRequest();
    request.backward = true;
    std::vector<std::int64_t> done;
    BenchControl control;
    control.progress = [&](std::int64_t now, std::int64_t of) {
        done.push_back(now);
        EXPECT_EQ(of, static_cast<std::int64_t>(attention::kernelNames().size()) * 2 * 6);
    };
    const auto result = bench(request, control);
    ASSERT_TRUE(result) << base::describe(result.error());
    ASSERT_EQ(result->rows.size(), 2 * attention::kernelNames().size());
    EXPECT_EQ(done.back(), static_cast<std::int64_t>(done.size()));
    for (const Pass pass : {Pass::Forward, Pass::Backward}) {
        for (const char* kernel : {"dense", "composed"}) {
            SCOPED_TRACE(std::string(kernel) + (pass == Pass::Forward ? " forward" : " backward"));
            const BenchRow& row = rowOf(*result, kernel, pass);
            EXPECT_EQ(row.verdict, Verdict::Agrees) << row.reason << " " << row.error;
            EXPECT_EQ(row.shape, "8,12,0,2,64");
            EXPECT_EQ(row.mask, "2:6");
            EXPECT_LT(row.error, 1e-5);
            EXPECT_GT(row.error, 0.0);
            EXPECT_GT(row.p20Ms, 0.0);
            EXPECT_LE(row.p20Ms, row.medianMs);
            EXPECT_LE(row.medianMs, row.p80Ms);
            EXPECT_LT(row.medianMs, 1000.0);
            EXPECT_GT(row.coldMs, 0.0);
            const bool isDense = std::string(kernel) == "dense";
            EXPECT_EQ(row.isBaseline, isDense);
            EXPECT_DOUBLE_EQ(row.density, isDense ? 1.0 : 34.0 / 64.0);
            const double pairs = 96.0 * 96.0 * row.density;
            const double flops = (pass == Pass::Forward ? 4.0 : 10.0) * pairs * 2 * 64;
            EXPECT_NEAR(row.teraflops, flops / row.medianMs * 1e-9, 1e-9 * row.teraflops);
            const double baselineMs = rowOf(*result, "dense", pass).medianMs;
            EXPECT_DOUBLE_EQ(row.againstDense, baselineMs / row.medianMs);
        }
    }
    EXPECT_TRUE(result->rows.front().isBaseline);
    EXPECT_EQ(result->seed, 7u);
    EXPECT_EQ(result->environment.device, "cpu");
    EXPECT_EQ(result->environment.precision, "fp32");
    EXPECT_GE(result->environment.threads, 1);
    EXPECT_EQ(result->environment.date.size(), 20u);
}

TEST(Bench, MarksAWrongKernelAndHidesItsSpeed) {
    // It computes what the mask hides: as wrong as a kernel that leaks.
    const KernelSource leaking = withKernel("leaking", [](const at::Tensor& out) { return out; });
    const KernelSource poisoned =
        withKernel("poisoned", [](const at::Tensor& out) { return out * std::nan(""); });
    for (const bool backward : {false, true}) {
        for (const KernelSource& source : {leaking, poisoned}) {
            BenchRequest request = tinyRequest();
            request.backward = backward;
            const auto result = bench(request, {}, source);
            ASSERT_TRUE(result);
            for (const BenchRow& row : result->rows) {
                if (row.kernel != source.names.back()) {
                    EXPECT_EQ(row.verdict, Verdict::Agrees);
                    continue;
                }
                EXPECT_EQ(row.verdict, Verdict::Wrong);
                EXPECT_FALSE(row.error <= row.tolerance);
                EXPECT_FALSE(row.reason.empty());
                for (const double speed : {row.medianMs,
                                           row.p20Ms,
                                           row.p80Ms,
                                           row.coldMs,
                                           row.teraflops,
                                           row.againstDense}) {
                    EXPECT_EQ(speed, 0.0);
                }
            }
        }
    }
}

// Full attention whose gradient of one input holds no number.
class PoisonedGradient final : public AttentionBackend {
public:
    explicit PoisonedGradient(int input) : m_input(input) {}

    const char* name() const override { return "poisoned"; }

    base::Status supports(const AttentionShape&) const override { return {}; }

    at::Tensor attend(int layer,
                      const at::Tensor& q,
                      const at::Tensor& k,
                      const at::Tensor& v) const override {
        std::vector<at::Tensor> inputs{q, k, v};
        if (q.requires_grad()) {
            at::Tensor& one = inputs[static_cast<std::size_t>(m_input)];
            one = one.clone();
            one.register_hook([](const at::Tensor& gradient) { return gradient * std::nan(""); });
        }
        return m_dense->attend(layer, inputs[0], inputs[1], inputs[2]);
    }

private:
    int m_input;
    Backend m_dense = attention::makeDenseAttention();
};

TEST(Bench, SeesWhatIsNoNumberInEachGradient) {
    BenchRequest request = tinyRequest();
    request.masks = {"full"};
    request.backward = true;
    for (const int input : {0, 1, 2}) {
        const KernelSource source{{"dense", "poisoned"},
                                  [&](std::string_view name,
                                      const auto& masks,
                                      const auto& layout) -> base::Result<Backend> {
                                      if (name == "poisoned") {
                                          return std::make_unique<PoisonedGradient>(input);
                                      }
                                      return attention::makeKernel(name, masks, layout);
                                  }};
        const auto result = bench(request, {}, source);
        ASSERT_TRUE(result);
        EXPECT_EQ(rowOf(*result, "poisoned", Pass::Forward).verdict, Verdict::Agrees);
        const BenchRow& row = rowOf(*result, "poisoned", Pass::Backward);
        EXPECT_EQ(row.verdict, Verdict::Wrong) << input;
        EXPECT_TRUE(std::isnan(row.error)) << input;
    }
}

TEST(Bench, AgreesUnderTheFullMaskAndWithAWiderTolerance) {
    BenchRequest request = tinyRequest();
    request.masks = {"full"};
    const KernelSource same = withKernel("same", [](const at::Tensor& out) { return out; });
    const auto full = bench(request, {}, same);
    ASSERT_TRUE(full);
    EXPECT_EQ(rowOf(*full, "same", Pass::Forward).verdict, Verdict::Agrees);
    EXPECT_EQ(rowOf(*full, "same", Pass::Forward).density, 1.0);

    const KernelSource rough =
        withKernel("rough", [](const at::Tensor& out) { return out * 1.01; });
    EXPECT_EQ(rowOf(*bench(request, {}, rough), "rough", Pass::Forward).verdict, Verdict::Wrong);
    request.tolerance = 0.02;
    EXPECT_EQ(rowOf(*bench(request, {}, rough), "rough", Pass::Forward).verdict, Verdict::Agrees);
}

TEST(Bench, SaysWhyAKernelDidNotRun) {
    BenchRequest request = tinyRequest();
    request.shapes = {"8,12,0,2,32"};
    const auto unsupported =
        bench(request, {}, withKernel("narrow", [](const at::Tensor& out) { return out; }));
    ASSERT_TRUE(unsupported);
    const BenchRow& narrow = rowOf(*unsupported, "narrow", Pass::Forward);
    EXPECT_EQ(narrow.verdict, Verdict::NotRun);
    EXPECT_EQ(narrow.reason, "The head size is not 64.");
    EXPECT_EQ(narrow.medianMs, 0.0);

    const auto refused = bench(tinyRequest(), {}, withKernel("odd", [](const at::Tensor& out) {
                                   return out.view({1, 2, 3});
                               }));
    ASSERT_TRUE(refused);
    const BenchRow& odd = rowOf(*refused, "odd", Pass::Forward);
    EXPECT_EQ(odd.verdict, Verdict::NotRun);
    EXPECT_NE(odd.reason.find("LibTorch refused it"), std::string::npos);
    EXPECT_EQ(odd.reason.find('\n'), std::string::npos);
}

TEST(Bench, TakesTurnsRunByRun) {
    std::vector<std::string> order;
    const KernelSource source{
        {"a", "b"}, [&](std::string_view name, const auto&, const auto&) -> base::Result<Backend> {
            return std::make_unique<Altered>(
                [&order, name = std::string(name)](const at::Tensor& x) {
                    order.push_back(name);
                    return x;
                });
        }};
    BenchRequest request = tinyRequest();
    request.masks = {"full"};
    request.warmUps = 1;
    request.runs = 2;
    const auto result = bench(request, {}, source);
    ASSERT_TRUE(result);
    // One call each to try it out; then each round begins with the next.
    EXPECT_EQ(order, (std::vector<std::string>{"a", "b", "a", "b", "b", "a", "a", "b"}));
    EXPECT_EQ(result->rows.front().againstDense, 0.0) << "no baseline in this source";
}

TEST(Bench, StopsBeforeTheNextRun) {
    std::stop_source stop;
    BenchRequest request = tinyRequest();
    request.runs = 100'000;
    BenchControl control;
    control.stop = stop.get_token();
    std::int64_t last = 0;
    control.progress = [&](std::int64_t done, std::int64_t) {
        last = done;
        if (done == 9) {
            stop.request_stop();
        }
    };
    const auto result = bench(request, control);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(last, 9);

    const auto before = bench(request, control);
    ASSERT_FALSE(before);
    EXPECT_EQ(before.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(last, 9) << "nothing ran";
}

TEST(Bench, DrawsFreshInputsUnlessASeedIsGiven) {
    std::vector<at::Tensor> outputs;
    const KernelSource source = withKernel("watched", [&](const at::Tensor& out) {
        outputs.push_back(out.clone());
        return out;
    });
    BenchRequest request = tinyRequest();
    request.masks = {"full"};
    for (const std::uint64_t seed : {7, 7, 0, 0}) {
        request.seed = seed;
        const std::size_t before = outputs.size();
        const auto result = bench(request, {}, source);
        ASSERT_TRUE(result);
        EXPECT_EQ(seed == 0, result->seed != 7);
        outputs.resize(before + 1);
    }
    EXPECT_TRUE(at::equal(outputs[0], outputs[1]));
    EXPECT_FALSE(at::equal(outputs[0], outputs[2]));
    EXPECT_FALSE(at::equal(outputs[2], outputs[3]));
    EXPECT_GT(outputs[2].abs().mean().item<double>(), 0.01);
}

TEST(Bench, RefusesWhatItCannotDoWithASentence) {
    const auto codeOf = [](const BenchRequest& request) {
        const auto result = bench(request, {});
        EXPECT_FALSE(result);
        EXPECT_FALSE(result.error().hint.empty());
        return result.error().code;
    };
    BenchRequest request = tinyRequest();
    request.kernels = {"composde"};
    EXPECT_EQ(codeOf(request), ErrorCode::BadInput);
    request = tinyRequest();
    request.masks = {"2:5"};
    EXPECT_EQ(codeOf(request), ErrorCode::BadInput);
    request = tinyRequest();
    request.runs = 0;
    EXPECT_EQ(codeOf(request), ErrorCode::BadInput);
    request = tinyRequest();
    request.device = {pipeline::DeviceChoice::Kind::Cuda, 200};
    EXPECT_EQ(codeOf(request), ErrorCode::Unsupported);
    request = tinyRequest();
    request.shapes = {"4096,1000000,0,1024,1024"};
    request.masks = {"full"};
    EXPECT_EQ(codeOf(request), ErrorCode::OutOfMemory);
}

TEST(Bench, AgreesInHalfPrecisionWithTheCachesFlushed) {
    BenchRequest request = tinyRequest();
    request.precision = pipeline::Precision::Bf16;
    request.backward = true;
    request.flushCache = true;
    request.runs = 1;
    request.warmUps = 0;
    const auto result = bench(request, {});
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->isCacheFlushed);
    for (const Pass pass : {Pass::Forward, Pass::Backward}) {
        EXPECT_EQ(rowOf(*result, "dense", pass).verdict, Verdict::Agrees);
        EXPECT_EQ(rowOf(*result, "composed", pass).verdict, Verdict::Agrees);
    }
}

}  // namespace
}  // namespace tessera::bench
