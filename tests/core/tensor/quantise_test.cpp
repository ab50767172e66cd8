#include "core/tensor/quantise.h"

#include "core/base/check.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <limits>

#include <gtest/gtest.h>

namespace tessera::tensor {
namespace {

at::Tensor normal(c10::IntArrayRef shape, std::uint64_t seed) {
    auto generator = at::detail::createCPUGenerator(seed);
    return at::randn(shape, generator, at::kFloat);
}

double relativeError(const at::Tensor& found, const at::Tensor& wanted) {
    return ((found - wanted).square().sum() / wanted.square().sum()).sqrt().item<double>();
}

TEST(QuantiseRows, IsWithinHalfAStepOfEveryRowsOwnScale) {
    const at::Tensor weight =
        normal({6, 4, 3, 3}, 1) *
        at::tensor({1e-6, 1.0, 50.0, 0.1, 3.0, 7.0}).to(at::kFloat).reshape({6, 1, 1, 1});
    const Quantised small = quantiseRows(weight);
    EXPECT_EQ(small.values.scalar_type(), at::kChar);
    EXPECT_EQ(small.values.sizes(), weight.sizes());
    EXPECT_EQ(small.scales.sizes(), c10::IntArrayRef({6}));
    const at::Tensor error = (dequantiseRows(small.values, small.scales) - weight).abs();
    const at::Tensor steps = small.scales.reshape({6, 1, 1, 1});
    EXPECT_TRUE((error <= steps * 0.5001).all().item<bool>());
    EXPECT_EQ(small.values.to(at::kInt).abs().amax().item<int>(), 127);
}

// The plan's own figure for a Gaussian row is 0.9 % of the weights.
TEST(QuantiseRows, LosesUnderOnePercentOfGaussianRows) {
    const at::Tensor weight = normal({256, 256}, 2);
    const Quantised small = quantiseRows(weight);
    EXPECT_LT(relativeError(dequantiseRows(small.values, small.scales), weight), 0.01);
}

TEST(QuantiseRows, RowsOfZerosAndOfNothingStayWhatTheyAre) {
    const Quantised zeros = quantiseRows(at::zeros({2, 5}));
    EXPECT_TRUE(dequantiseRows(zeros.values, zeros.scales).equal(at::zeros({2, 5})));
    const Quantised nothing = quantiseRows(at::empty({3, 0}));
    EXPECT_EQ(dequantiseRows(nothing.values, nothing.scales).sizes(), c10::IntArrayRef({3, 0}));
}

TEST(PackInt4, TakesHalfAByteANumberAndOneScaleAGroup) {
    const Quantised small = packInt4(normal({7, 31}, 3));  // 217 numbers, 4 groups
    EXPECT_EQ(small.values.scalar_type(), at::kByte);
    EXPECT_EQ(small.values.sizes(), c10::IntArrayRef({4, 32}));
    EXPECT_EQ(small.scales.scalar_type(), at::kBFloat16);
    EXPECT_EQ(small.scales.sizes(), c10::IntArrayRef({4}));
}

TEST(PackInt4, PutsTheEvenElementIntoTheLowHalf) {
    at::Tensor weight = at::zeros({64});
    weight.index_put_({at::tensor({0, 1, 2, 63})}, at::tensor({7.0f, -7.0f, 3.0f, 1.0f}));
    const Quantised small = packInt4(weight);
    EXPECT_EQ(small.scales.item<float>(), 1.0f);
    const auto* bytes = small.values.const_data_ptr<std::uint8_t>();
    EXPECT_EQ(bytes[0], (15 | 1 << 4));
    EXPECT_EQ(bytes[1], (11 | 8 << 4));
    EXPECT_EQ(bytes[31], (8 | 9 << 4));
    EXPECT_TRUE(unpackInt4(small.values, small.scales, {64}).equal(weight));
}

TEST(PackInt4, EveryCodeSurvivesTheWayThereAndBack) {
    const at::Tensor weight = (at::arange(64, at::kFloat).remainder(16) - 8).clamp(-7, 7) * 0.25;
    const Quantised small = packInt4(weight);
    EXPECT_TRUE(unpackInt4(small.values, small.scales, {64}).equal(weight));
}

// The plan's own figure for Gaussian groups of 64 is 10 %.
TEST(PackInt4, LosesAboutTenPercentOfGaussianGroups) {
    const at::Tensor weight = normal({256, 250}, 4) * 1e-5;
    const Quantised small = packInt4(weight);
    const double error =
        relativeError(unpackInt4(small.values, small.scales, weight.sizes()), weight);
    EXPECT_LT(error, 0.11);
    EXPECT_GT(error, 0.05);
}

TEST(PackInt4, ZerosAndNothingStayWhatTheyAre) {
    const Quantised zeros = packInt4(at::zeros({3, 30}));
    EXPECT_TRUE(unpackInt4(zeros.values, zeros.scales, {3, 30}).equal(at::zeros({3, 30})));
    const Quantised nothing = packInt4(at::empty({0, 5}));
    EXPECT_EQ(unpackInt4(nothing.values, nothing.scales, {0, 5}).numel(), 0);
}

TEST(Quantise, RefusesWeightsThatAreNotFinite) {
    at::Tensor weight = at::ones({2, 64});
    weight.index_put_({at::tensor({1}), at::tensor({7})},
                      at::tensor({std::numeric_limits<float>::quiet_NaN()}));
    EXPECT_THROW(quantiseRows(weight), base::LogicError);
    EXPECT_THROW(packInt4(weight), base::LogicError);
}

TEST(Quantise, RefusesPartsThatDoNotBelongTogether) {
    const Quantised rows = quantiseRows(at::ones({4, 8}));
    EXPECT_THROW(dequantiseRows(rows.values, rows.scales.slice(0, 0, 3)), base::LogicError);
    const Quantised groups = packInt4(at::ones({128}));
    EXPECT_THROW(unpackInt4(groups.values, groups.scales, {64}), base::LogicError);
    EXPECT_THROW(unpackInt4(groups.values, groups.scales, {129}), base::LogicError);
    EXPECT_NO_THROW(unpackInt4(groups.values, groups.scales, {127}));
}

}  // namespace
}  // namespace tessera::tensor
