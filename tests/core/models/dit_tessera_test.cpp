#include "core/models/dit_tessera.h"

#include "core/tensor/device.h"
#include "tests/support/tiny_model.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

namespace tessera::models {
namespace {

class TinyDit : public testing::Test {
protected:
    TinyDit() : m_dit(tests::tinyDit()), m_backend(attention::makeDenseAttention()) {
        tensor::seedDevice(c10::Device(c10::DeviceType::CPU), 3);
        const auto parameters = m_dit.parameters();
        initialise(parameters, 5, c10::Device(c10::DeviceType::CPU));
        for (const Parameter& parameter : parameters) {
            if (parameter.initial == Initial::Zero) {
                parameter.slot->uniform_(-0.2, 0.2);
            }
        }
        m_context.backend = m_backend.get();
        m_text.tokens = at::randn({2, 5, 32});
        m_text.mask = at::ones({2, 5}, at::kBool);
    }

    TesseraDit m_dit;
    std::unique_ptr<attention::AttentionBackend> m_backend;
    attention::AttentionContext m_context;
    TextEmbedding m_text;
    at::NoGradGuard m_noGrad;
};

TEST_F(TinyDit, KeepsTheShapeOfTheLatents) {
    const at::Tensor latents = at::randn({2, 4, 3, 8, 12});
    const at::Tensor out = m_dit.forward(latents, at::tensor({10.0F, 900.0F}), m_text, m_context);
    EXPECT_EQ(out.sizes(), latents.sizes());
    EXPECT_EQ(out.scalar_type(), at::kFloat);
    EXPECT_TRUE(out.isfinite().all().item<bool>());
}

TEST_F(TinyDit, IsTheSameWithPackedWeights) {
    const at::Tensor latents = at::randn({2, 4, 2, 4, 6});
    const at::Tensor times = at::tensor({10.0F, 900.0F});
    const at::Tensor plain = m_dit.forward(latents, times, m_text, m_context);
    m_dit.pack();
    const at::Tensor packed = m_dit.forward(latents, times, m_text, m_context);
    EXPECT_LT((packed - plain).abs().max().item<double>(), 1e-5);
    // Who asks for the weights may change them: nothing of the old ones is left.
    for (const Parameter& parameter : m_dit.parameters()) {
        parameter.slot->mul_(2.0);
    }
    const at::Tensor changed = m_dit.forward(latents, times, m_text, m_context);
    m_dit.pack();
    EXPECT_GT((changed - plain).abs().max().item<double>(), 1e-3);
    EXPECT_LT(
        (m_dit.forward(latents, times, m_text, m_context) - changed).abs().max().item<double>(),
        1e-4);
}

TEST_F(TinyDit, TreatsEveryClipOfABatchAlone) {
    const at::Tensor latents = at::randn({2, 4, 2, 4, 6});
    const at::Tensor times = at::tensor({10.0F, 900.0F});
    const at::Tensor together = m_dit.forward(latents, times, m_text, m_context);
    const TextEmbedding second{m_text.tokens.narrow(0, 1, 1), m_text.mask.narrow(0, 1, 1)};
    const at::Tensor alone =
        m_dit.forward(latents.narrow(0, 1, 1), times.narrow(0, 1, 1), second, m_context);
    EXPECT_LT((together.narrow(0, 1, 1) - alone).abs().max().item<double>(), 1e-5);
}

TEST_F(TinyDit, DoesNotSeePaddedWords) {
    const at::Tensor latents = at::randn({2, 4, 2, 4, 6});
    const at::Tensor times = at::tensor({500.0F, 500.0F});
    const at::Tensor plain = m_dit.forward(latents, times, m_text, m_context);
    TextEmbedding padded;
    padded.tokens = at::cat({m_text.tokens, at::randn({2, 3, 32})}, 1);
    padded.mask = at::cat({m_text.mask, at::zeros({2, 3}, at::kBool)}, 1);
    EXPECT_LT((m_dit.forward(latents, times, padded, m_context) - plain).abs().max().item<double>(),
              1e-5);
    TextEmbedding unmasked = m_text;
    unmasked.mask = at::Tensor();
    EXPECT_LT(
        (m_dit.forward(latents, times, unmasked, m_context) - plain).abs().max().item<double>(),
        1e-5);
}

TEST_F(TinyDit, DependsOnTimeTextAndPlace) {
    const at::Tensor latents = at::randn({1, 4, 2, 4, 6});
    const TextEmbedding first{m_text.tokens.narrow(0, 0, 1), m_text.mask.narrow(0, 0, 1)};
    const TextEmbedding second{m_text.tokens.narrow(0, 1, 1), m_text.mask.narrow(0, 1, 1)};
    const at::Tensor out = m_dit.forward(latents, at::tensor({100.0F}), first, m_context);
    const auto differs = [&](const at::Tensor& other) {
        return (other - out).abs().max().item<double>() > 1e-4;
    };
    EXPECT_TRUE(differs(m_dit.forward(latents, at::tensor({700.0F}), first, m_context)));
    EXPECT_TRUE(differs(m_dit.forward(latents, at::tensor({100.0F}), second, m_context)));
    // Without positions, swapping two frames would swap the outputs and nothing else.
    const at::Tensor swapped =
        m_dit.forward(latents.flip(2), at::tensor({100.0F}), first, m_context);
    EXPECT_TRUE(differs(swapped.flip(2)));
}

class CountingObserver final : public attention::AttentionObserver {
public:
    void onAttention(int layer, int step, const at::Tensor& q, const at::Tensor& k) override {
        EXPECT_EQ(layer, calls++);
        EXPECT_EQ(step, 4);
        EXPECT_EQ(q.sizes(), k.sizes());
        EXPECT_EQ(q.sizes(), (std::vector<std::int64_t>{1, 2, 12, 16}));
    }

    int calls = 0;
};

TEST_F(TinyDit, ShowsEveryAttentionToTheObserver) {
    CountingObserver observer;
    m_context.observer = &observer;
    m_context.step = 4;
    const TextEmbedding first{m_text.tokens.narrow(0, 0, 1), {}};
    m_dit.forward(at::randn({1, 4, 2, 4, 6}), at::tensor({100.0F}), first, m_context);
    EXPECT_EQ(observer.calls, 2);
}

TEST_F(TinyDit, IsNearItsFloatResultInBf16) {
    const at::Tensor latents = at::randn({2, 4, 2, 4, 6});
    const at::Tensor times = at::tensor({10.0F, 900.0F});
    const at::Tensor reference = m_dit.forward(latents, times, m_text, m_context);
    for (const Parameter& parameter : m_dit.parameters()) {
        *parameter.slot = parameter.slot->to(at::kBFloat16);
    }
    const at::Tensor half = m_dit.forward(latents, times, m_text, m_context);
    EXPECT_LT(((half - reference).norm() / reference.norm()).item<double>(), 0.03);
}

TEST(TimestepFeatures, AreCosinesThenSines) {
    const at::Tensor features = timestepFeatures(at::tensor({0.0F, 1.0F}), 8);
    EXPECT_EQ(features.sizes(), (std::vector<std::int64_t>{2, 8}));
    EXPECT_FLOAT_EQ(features[0][0].item<float>(), 1.0F);
    EXPECT_FLOAT_EQ(features[0][4].item<float>(), 0.0F);
    EXPECT_NEAR(features[1][0].item<float>(), std::cos(1.0), 1e-6);
    EXPECT_NEAR(features[1][5].item<float>(), std::sin(0.1), 1e-6);  // 10000^(-1/4) = 0.1
}

TEST(DitConfig, SurvivesItsOwnJson) {
    const DitConfig config = tests::tinyDit();
    const auto parsed = DitConfig::parse(config.json());
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->ropeAxes, config.ropeAxes);
    EXPECT_EQ(parsed->layers, config.layers);
    EXPECT_EQ(parsed->channels, config.channels);
}

TEST(DitConfig, RefusesNumbersThatDoNotFitTogether) {
    base::Json json = tests::tinyDit().json();
    json["rope_axes"] = {4, 4, 4};
    const auto parsed = DitConfig::parse(json);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, base::ErrorCode::BadModel);
    EXPECT_NE(parsed.error().message.find("attention_head_dim"), std::string::npos);
    json = tests::tinyDit().json();
    json.erase("num_layers");
    EXPECT_FALSE(DitConfig::parse(json));
    json["num_layers"] = 1e9;
    EXPECT_FALSE(DitConfig::parse(json));
    EXPECT_FALSE(DitConfig::parse(base::Json("text")));
}

}  // namespace
}  // namespace tessera::models
