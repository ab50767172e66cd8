// Whole steps of tiny networks on the CPU.

#include "core/bench/steps.h"

#include "core/attention/choose.h"
#include "core/models/dit_open_sora_plan.h"
#include "core/models/dit_tessera.h"
#include "core/plan/shape_preset.h"

#include <ATen/ATen.h>

#include <functional>

#include <gtest/gtest.h>

namespace tessera::bench {
namespace {

using attention::AttentionBackend;
using base::ErrorCode;

constexpr const char* kTiny = "8,6,0,2,24";  // 8 frames of 2 x 3 tokens, two heads of 24 channels

models::OpenSoraPlanConfig tinyConfig() {
    models::OpenSoraPlanConfig config;
    config.layers = 3;
    config.heads = 2;
    config.headSize = 24;
    config.textSize = 32;
    return config;
}

StepSource tinySteps() {
    return {{kTiny}, [](std::string_view) {
                auto dit = std::make_unique<models::OpenSoraPlanDit>(tinyConfig());
                StepNetwork network;
                network.parameters = dit->parameters();
                network.transformer = std::move(dit);
                network.latents = {1, 4, 8, 4, 6};
                network.text = {1, 5, 32};
                return network;
            }};
}

BenchRequest tinyRequest() {
    BenchRequest request;
    request.steps = {kTiny};
    request.masks = {"2:6", "full"};
    request.device = {pipeline::DeviceChoice::Kind::Cpu, 0};
    request.precision = pipeline::Precision::Fp32;
    request.threads = 1;
    request.warmUps = 1;
    request.runs = 4;
    request.seed = 7;
    return request;
}

base::Result<BenchResult> run(const BenchRequest& request,
                              const BenchControl& control = {},
                              const KernelSource& kernels = programKernels()) {
    return bench(request, control, kernels, tinySteps());
}

TEST(Steps, AreTimedUnderEveryMaskBesideTheDenseOne) {
    BenchRequest request = tinyRequest();
    request.kernels = {"composed"};
    std::vector<std::int64_t> done;
    BenchControl control;
    control.progress = [&](std::int64_t now, std::int64_t of) {
        done.push_back(now);
        EXPECT_EQ(of, 3 * 5);
    };
    const auto result = run(request, control);
    ASSERT_TRUE(result) << base::describe(result.error());
    EXPECT_TRUE(result->rows.empty());
    ASSERT_EQ(result->steps.size(), 3u);
    EXPECT_EQ(done.back(), 15);
    for (const StepRow& row : result->steps) {
        EXPECT_EQ(row.verdict, Verdict::Agrees) << row.reason << row.error;
        EXPECT_EQ(row.step, kTiny);
        EXPECT_EQ(row.layers, 3);
        EXPECT_LE(row.p20Ms, row.medianMs);
        EXPECT_LE(row.medianMs, row.p80Ms);
        EXPECT_GT(row.attentionMs, 0.0);
        EXPECT_LT(row.attentionMs, row.p80Ms);
        EXPECT_GT(row.coldMs, 0.0);
        EXPECT_DOUBLE_EQ(row.againstDense, result->steps[0].medianMs / row.medianMs);
    }
    const StepRow &dense = result->steps[0], &sparse = result->steps[1], &full = result->steps[2];
    EXPECT_TRUE(dense.isBaseline);
    EXPECT_EQ(dense.kernel, "dense");
    EXPECT_EQ(dense.mask, "full");
    EXPECT_EQ(sparse.mask, "2:6");
    EXPECT_DOUBLE_EQ(sparse.density, 34.0 / 64.0);
    EXPECT_DOUBLE_EQ(sparse.idealMs, full.medianMs - 30.0 / 64.0 * full.attentionMs);
    EXPECT_DOUBLE_EQ(full.idealMs, full.medianMs);
}

TEST(Steps, TakeTheBestKernelUnlessOneIsAskedFor) {
    const auto result = run(tinyRequest());
    ASSERT_TRUE(result) << base::describe(result.error());
    ASSERT_EQ(result->steps.size(), 3u);
    for (const StepRow& row : result->steps) {
        EXPECT_EQ(row.verdict, Verdict::Agrees) << row.reason << row.error;
        EXPECT_NE(row.kernel, "fused") << "it runs on CUDA alone";
    }
}

// Dense attention under every mask, which is what a kernel that leaks computes; says every call.
class Calling final : public AttentionBackend {
public:
    explicit Calling(std::function<void()> onCall) : m_onCall(std::move(onCall)) {}

    const char* name() const override { return "calling"; }

    base::Status supports(const attention::AttentionShape&) const override { return {}; }

    at::Tensor attend(int layer,
                      const at::Tensor& q,
                      const at::Tensor& k,
                      const at::Tensor& v) const override {
        m_onCall();
        return m_dense->attend(layer, q, k, v);
    }

private:
    std::function<void()> m_onCall;
    std::unique_ptr<AttentionBackend> m_dense = attention::makeDenseAttention();
};

TEST(Steps, HideTheSpeedOfAWrongKernel) {
    const KernelSource kernels{{"dense", "leaking"},
                               [](std::string_view name, const auto& masks, const auto& layout)
                                   -> base::Result<std::unique_ptr<AttentionBackend>> {
                                   if (name == "leaking") {
                                       return std::make_unique<Calling>([] {});
                                   }
                                   return attention::makeKernel(name, masks, layout);
                               }};
    const auto result = run(tinyRequest(), {}, kernels);
    ASSERT_TRUE(result) << base::describe(result.error());
    ASSERT_EQ(result->steps.size(), 3u);
    const StepRow& wrong = result->steps[1];
    EXPECT_EQ(wrong.verdict, Verdict::Wrong) << wrong.error;
    EXPECT_FALSE(wrong.reason.empty());
    for (const double speed :
         {wrong.medianMs, wrong.coldMs, wrong.attentionMs, wrong.againstDense, wrong.idealMs}) {
        EXPECT_EQ(speed, 0.0);
    }
    EXPECT_EQ(result->steps[2].verdict, Verdict::Agrees) << "under no mask it is right";
}

TEST(Steps, SayWhyAKernelDidNotRun) {
    BenchRequest request = tinyRequest();
    request.kernels = {"fused"};
    const auto result = run(request);
    ASSERT_TRUE(result) << base::describe(result.error());
    EXPECT_EQ(result->steps[1].verdict, Verdict::NotRun);
    EXPECT_NE(result->steps[1].reason.find("CUDA"), std::string::npos);
}

TEST(Steps, StopBeforeTheNextRun) {
    std::stop_source stop;
    BenchRequest request = tinyRequest();
    request.runs = 100'000;
    BenchControl control;
    control.stop = stop.get_token();
    control.progress = [&](std::int64_t done, std::int64_t) {
        if (done == 5) {
            stop.request_stop();
        }
    };
    const auto result = run(request, control);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
}

// Asks for a stop in the middle of an evaluation.
TEST(Steps, StopAtTheNextLayer) {
    std::stop_source stop;
    int calls = 0;
    const KernelSource kernels{{"dense", "stopping"},
                               [&](std::string_view name, const auto& masks, const auto& layout)
                                   -> base::Result<std::unique_ptr<AttentionBackend>> {
                                   if (name == "stopping") {
                                       return std::make_unique<Calling>([&] {
                                           ++calls;
                                           stop.request_stop();
                                       });
                                   }
                                   return attention::makeKernel(name, masks, layout);
                               }};
    BenchControl control;
    control.stop = stop.get_token();
    const auto result = run(tinyRequest(), control, kernels);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(calls, 1) << "of three layers";
}

TEST(Steps, RefuseWhatTheyCannotDoWithASentence) {
    const auto whereOf = [](const BenchRequest& request) {
        const auto result = run(request);
        EXPECT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::BadInput);
        EXPECT_FALSE(result.error().hint.empty());
        return result.error().where;
    };
    BenchRequest request = tinyRequest();
    request.steps = {"osp-30f"};
    EXPECT_EQ(whereOf(request), "--step");
    request = tinyRequest();
    request.shapes = {"osp-29f"};
    EXPECT_EQ(whereOf(request), "--shape");
    request = tinyRequest();
    request.backward = true;
    EXPECT_EQ(whereOf(request), "--backward");
    request = tinyRequest();
    request.masks = {"2:5"};
    EXPECT_EQ(whereOf(request), "--mask");
    EXPECT_FALSE(outlook(tinyRequest()));
}

TEST(Steps, OfTheProgramHaveTheShapesOfTheirNames) {
    const StepSource source = programSteps();
    ASSERT_FALSE(source.names.empty());
    for (const std::string& name : source.names) {
        SCOPED_TRACE(name);
        const auto preset = plan::shapePreset(name);
        ASSERT_TRUE(preset);
        const StepNetwork network = source.make(name);
        const models::VideoTransformer& transformer = *network.transformer;
        const auto& sizes = network.latents;
        const models::TokenGrid grid = transformer.grid(sizes[2], sizes[3], sizes[4]);
        EXPECT_EQ(grid.frames, preset->layout.frames);
        EXPECT_EQ(grid.tokensPerFrame(), preset->layout.tokens);
        EXPECT_EQ(transformer.heads(), preset->heads);
        EXPECT_EQ(transformer.headSize(), preset->headSize);
        EXPECT_EQ(transformer.latentChannels(), sizes[1]);
    }
}

TEST(Steps, DrawWeightsFromTheSeedAndNoZeros) {
    const auto weightsOf = [](std::uint64_t seed) {
        StepNetwork network = tinySteps().make(kTiny);
        drawWeights(network, seed, c10::Device(c10::DeviceType::CPU), at::kBFloat16);
        std::vector<at::Tensor> all;
        for (const models::Parameter& parameter : network.parameters) {
            EXPECT_EQ(parameter.slot->scalar_type(), at::kBFloat16);
            EXPECT_GT(parameter.slot->abs().max().item<double>(), 0.0) << parameter.name;
            all.push_back(parameter.slot->flatten());
        }
        return at::cat(all);
    };
    EXPECT_TRUE(at::equal(weightsOf(3), weightsOf(3)));
    EXPECT_FALSE(at::equal(weightsOf(3), weightsOf(4)));
}

}  // namespace
}  // namespace tessera::bench
