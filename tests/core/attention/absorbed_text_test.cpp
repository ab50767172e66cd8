// Cross-attention with its projections absorbed against the same steps one after another.

#include "core/attention/absorbed_text.h"

#include "core/attention/backend.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

constexpr std::int64_t kHeads = 3;
constexpr std::int64_t kHeadSize = 16;
constexpr std::int64_t kWidth = kHeads * kHeadSize;

struct Scene {
    at::Tensor x, key, value;
    TextProjections weights;

    Scene to(at::ScalarType type) const {
        return {x.to(type),
                key.to(type),
                value.to(type),
                {weights.queryWeight.to(type),
                 weights.queryBias.to(type),
                 weights.outWeight.to(type),
                 weights.outBias.to(type)}};
    }
};

at::Tensor randomNumbers(at::IntArrayRef sizes, double scale) {
    return at::randn(sizes, at::kDouble) * scale;
}

// Keys with a part that all share, as those of one prompt have.
Scene makeScene(std::int64_t batch, std::int64_t tokens, std::int64_t length) {
    at::manual_seed(11);
    const double scale = 1.0 / std::sqrt(static_cast<double>(kWidth));
    const std::vector<std::int64_t> keySizes{batch, kHeads, length, kHeadSize};
    return {randomNumbers({batch, tokens, kWidth}, 1.0),
            randomNumbers(keySizes, 1.0) + randomNumbers({1, kHeads, 1, kHeadSize}, 3.0),
            randomNumbers(keySizes, 1.0),
            {randomNumbers({kWidth, kWidth}, scale),
             randomNumbers({kWidth}, 0.5),
             randomNumbers({kWidth, kWidth}, scale),
             randomNumbers({kWidth}, 0.5)}};
}

at::Tensor oneAfterAnother(const Scene& s, const at::Tensor& mask) {
    const at::Tensor query = at::linear(s.x, s.weights.queryWeight, s.weights.queryBias)
                                 .unflatten(-1, {kHeads, -1})
                                 .transpose(1, 2);
    const at::Tensor mixed = attendToText(query, s.key, s.value, mask);
    return at::linear(mixed.transpose(1, 2).flatten(2), s.weights.outWeight, s.weights.outBias);
}

at::Tensor absorbed(const Scene& s, const at::Tensor& mask) {
    return attendAbsorbed(s.x, s.key, s.value, mask, s.weights);
}

at::Tensor masked(std::initializer_list<std::int64_t> lengths, std::int64_t padded) {
    at::Tensor mask =
        at::zeros({static_cast<std::int64_t>(lengths.size()), 1, 1, padded}, at::kBool);
    std::int64_t row = 0;
    for (const std::int64_t length : lengths) {
        mask[row++].narrow(2, 0, length).fill_(true);
    }
    return mask;
}

TEST(AbsorbedText, IsTheSameFunction) {
    for (const std::int64_t length : {1, 7, 8}) {
        const Scene scene = makeScene(2, 37, length);
        const at::Tensor error = (absorbed(scene, {}) - oneAfterAnother(scene, {})).abs().max();
        EXPECT_LT(error.item<double>(), 1e-12) << length << " keys";
    }
}

TEST(AbsorbedText, SeesNoPadding) {
    Scene scene = makeScene(2, 37, 7);
    const at::Tensor mask = masked({1, 5}, 7);
    const at::Tensor before = absorbed(scene, mask);
    EXPECT_LT((before - oneAfterAnother(scene, mask)).abs().max().item<double>(), 1e-12);

    scene.key.select(2, 6).fill_(40.0);
    scene.value.select(2, 6).fill_(-40.0);
    EXPECT_LT((before - absorbed(scene, mask)).abs().max().item<double>(), 1e-12);
}

TEST(AbsorbedText, RoundsNoMoreThanTheStepsDo) {
    const Scene scene = makeScene(2, 200, 8);
    const at::Tensor exact = oneAfterAnother(scene, {});
    for (const auto type : {at::kBFloat16, at::kFloat}) {
        const Scene rounded = scene.to(type);
        const double ours = (absorbed(rounded, {}).to(at::kDouble) - exact).norm().item<double>();
        const double theirs =
            (oneAfterAnother(rounded, {}).to(at::kDouble) - exact).norm().item<double>();
        EXPECT_EQ(absorbed(rounded, {}).scalar_type(), type);
        EXPECT_LT(ours, 1.5 * theirs) << type;
    }
}

TEST(AbsorbedText, IsForShortTextsWithoutGradients) {
    const Scene shortText = makeScene(1, 4, kHeadSize / 2);
    EXPECT_TRUE(isQuickerAbsorbed(shortText.x, shortText.key, shortText.weights));

    const Scene longText = makeScene(1, 4, kHeadSize / 2 + 1);
    EXPECT_FALSE(isQuickerAbsorbed(longText.x, longText.key, longText.weights));

    Scene learning = shortText;
    learning.weights.outBias = learning.weights.outBias.clone().requires_grad_(true);
    EXPECT_FALSE(isQuickerAbsorbed(learning.x, learning.key, learning.weights));
    const at::NoGradGuard noGrad;
    EXPECT_TRUE(isQuickerAbsorbed(learning.x, learning.key, learning.weights));
}

}  // namespace
}  // namespace tessera::attention
