// The products with our kernels behind them against LibTorch's own operators in double precision.

#include "core/attention/linear.h"

#include "core/attention/linear_kernels.h"
#include "tests/core/attention/against_double.h"
#include "tests/core/attention/reference.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <ostream>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

struct Case {
    std::int64_t batch, rows, in, out;
};

void PrintTo(const Case& c, std::ostream* to) {
    *to << c.batch << 'x' << c.rows << 'x' << c.in << " to " << c.out;
}

class LinearKernel : public testing::TestWithParam<Case> {
protected:
    LinearKernel() {
        at::manual_seed(3);
        const Case& c = GetParam();
        m_inputs = {numbers({c.batch, c.rows, c.in}, 1.0),
                    numbers({c.out, c.in}, 1.0 / std::sqrt(static_cast<double>(c.in))),
                    numbers({c.out}, 0.5)};
    }

    Tensors m_inputs;
};

TEST_P(LinearKernel, AgreesWithPlainOperators) {
    compareWithDouble(
        m_inputs,
        [](const Tensors& t) { return Tensors{kernelLinear(t[0], t[1], t[2])}; },
        [](const Tensors& t) { return Tensors{at::linear(t[0], t[1], t[2])}; });
}

TEST_P(LinearKernel, AgreesWithPlainOperatorsThroughTheActivation) {
    compareWithDouble(
        m_inputs,
        [](const Tensors& t) { return Tensors{kernelLinearGelu(t[0], t[1], t[2])}; },
        [](const Tensors& t) { return Tensors{at::gelu(at::linear(t[0], t[1], t[2]), "tanh")}; });
}

// One row, a run of rows, a run and one more, several; widths of part of a stripe, one, one and a
// part, several.
INSTANTIATE_TEST_SUITE_P(Shapes,
                         LinearKernel,
                         testing::Values(Case{1, 1, 16, 8},
                                         Case{2, 128, 32, 256},
                                         Case{1, 257, 16, 264},
                                         Case{3, 350, 24, 1024}));

TEST(LinearKernel, GivesOnlyTheGradientsThatAreWanted) {
    at::manual_seed(5);
    const at::Tensor x = numbers({2, 3, 16}, 1.0), bias = numbers({8}, 1.0).requires_grad_();
    const at::Tensor weight = numbers({8, 16}, 0.25);
    for (const auto& function : {kernelLinear, kernelLinearGelu}) {
        bias.mutable_grad().reset();
        function(x, weight, bias).to(at::kFloat).sum().backward();
        EXPECT_TRUE(bias.grad().defined());
        EXPECT_FALSE(x.grad().defined());
        EXPECT_FALSE(weight.grad().defined());
    }
}

TEST(LinearKernel, TakesGradientsWithGaps) {
    at::manual_seed(7);
    const Tensors inputs{numbers({2, 5, 16}, 1.0), numbers({8, 16}, 0.25), numbers({8}, 1.0)};
    const auto odd = [](const at::Tensor& y) { return Tensors{y.transpose(1, 2), y.sum(1)}; };
    compareWithDouble(
        inputs,
        [&](const Tensors& t) { return odd(kernelLinearGelu(t[0], t[1], t[2])); },
        [&](const Tensors& t) { return odd(at::gelu(at::linear(t[0], t[1], t[2]), "tanh")); });
}

TEST(LinearKernel, KeepsExtremesFinite) {
    for (const c10::Device device : devices()) {
        const at::Tensor x = at::tensor({-3e38F, -1e20F, -30.0F, -0.0F, 0.0F, 9.0F, 1e20F, 3e38F})
                                 .to(device, at::kBFloat16)
                                 .view({1, 8})
                                 .requires_grad_();
        const auto options = at::TensorOptions().dtype(at::kBFloat16).device(device);
        const at::Tensor identity = at::eye(8, options), none = at::zeros({8}, options);
        const at::Tensor y = kernelLinearGelu(x, identity, none);
        const at::Tensor relu = x.detach().to(at::kFloat).clamp_min(0.0);
        EXPECT_LT(relativeError(y, relu), 1e-3) << device;
        y.sum().backward();
        const at::Tensor slope = at::tensor({0.0F, 0.0F, 0.0F, 0.5F, 0.5F, 1.0F, 1.0F, 1.0F});
        EXPECT_LT((x.grad().to(c10::kCPU, at::kFloat) - slope).abs().max().item<double>(), 1e-3)
            << device;
    }
}

TEST(Linear, IsTheSameWithAndWithoutGradients) {
    at::manual_seed(9);
    for (const c10::Device device : devices()) {
        const auto on = [&](const at::Tensor& t) { return t.to(device); };
        const at::Tensor x = on(numbers({2, 700, 64}, 1.0)), weight = on(numbers({256, 64}, 0.2)),
                         bias = on(numbers({256}, 1.0));
        const at::Tensor learning = bias.detach().requires_grad_();
        for (const auto& function : {linear, linearGelu}) {
            const at::Tensor still = function(x, weight, bias);
            EXPECT_EQ(still.sizes(), (std::vector<std::int64_t>{2, 700, 256}));
            // With gradients what the activation reads is rounded once more.
            EXPECT_LT(relativeError(function(x, weight, learning), still), 6e-3) << device;
        }
        const at::Tensor plain = at::gelu(
            at::linear(x.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble)), "tanh");
        EXPECT_LT(relativeError(linearGelu(x, weight, bias), plain), 5e-3) << device;
    }
}

TEST(PackedLinear, IsTheSameProduct) {
    const at::NoGradGuard noGrad;
    at::manual_seed(11);
    for (const std::int64_t rows : {1, 8, 350}) {
        const at::Tensor x = numbers({2, rows, 64}, 1.0), weight = numbers({96, 64}, 0.2),
                         bias = numbers({96}, 1.0);
        const at::Tensor truth =
            at::linear(x.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble));
        for (const auto type : {at::kBFloat16, at::kFloat}) {
            const at::Tensor packed = packedWeight(weight.to(type));
            if (!packed.defined()) {
                GTEST_SKIP() << "nothing to gain on this processor";
            }
            const at::Tensor ours = packedLinear(x.to(type), packed, bias.to(type));
            EXPECT_EQ(ours.sizes(), truth.sizes());
            EXPECT_LT(relativeError(ours, truth), type == at::kFloat ? 1e-6 : 3e-3) << rows;
        }
    }
}

TEST(PackedLinear, IsNotForDoublesNorOtherDevices) {
    EXPECT_FALSE(packedWeight(at::ones({16, 16}, at::kDouble)).defined());
    for (const c10::Device device : devices()) {
        const bool isOnCpu = device.is_cpu();
        EXPECT_TRUE(isOnCpu || !packedWeight(at::ones({16, 16}).to(device)).defined());
    }
}

}  // namespace
}  // namespace tessera::attention
