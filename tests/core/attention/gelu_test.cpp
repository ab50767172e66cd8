#include "core/attention/gelu.h"

#include "kernels/api/cpu_gelu.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

TEST(Gelu, IsTheTanhFormToTheLastBitOfBf16) {
    const at::NoGradGuard noGrad;
    for (const std::int64_t count : {1, 15, 16, 17, 33, 40001}) {
        const at::Tensor x = at::linspace(-12.0, 12.0, count).to(at::kBFloat16);
        const at::Tensor truth = at::gelu(x.to(at::kDouble), "tanh");
        const at::Tensor ours = tanhGelu(x.clone()).to(at::kDouble);
        // Half a step of bf16 is 2^-9 of the value; the polynomial may tip a tie.
        EXPECT_LT(((ours - truth).abs() - truth.abs() * 0.0045).max().item<double>(), 1e-6)
            << count;
    }
}

TEST(Gelu, IsExactInFloat) {
    const at::NoGradGuard noGrad;
    const at::Tensor x = at::linspace(-12.0, 12.0, 40001, at::kFloat);
    const at::Tensor truth = at::gelu(x.to(at::kDouble), "tanh");
    const at::Tensor error = (tanhGelu(x.clone()).to(at::kDouble) - truth).abs();
    // LibTorch's own, where ours cannot run, loses the last bits of 1 + tanh for negative values.
    const double absolute = kernels::hasCpuGelu() ? 1e-9 : 5e-7;
    EXPECT_LT((error - truth.abs() * 2e-6).max().item<double>(), absolute);
}

TEST(Gelu, KeepsExtremesFinite) {
    const at::NoGradGuard noGrad;
    const at::Tensor x = at::tensor({-3e38F, -1e5F, -0.0F, 0.0F, 1e5F}).to(at::kBFloat16);
    const at::Tensor y = tanhGelu(x.clone()).to(at::kFloat);
    EXPECT_TRUE(y.isfinite().all().item<bool>());
    EXPECT_EQ(y[2].item<float>(), 0.0F);
    EXPECT_NEAR(y[4].item<float>(), 1e5F, 512.0F);
}

TEST(Gelu, LeavesItsInputAloneWhenGradientsAreWanted) {
    at::Tensor x = at::ones({64}, at::kBFloat16);
    x.requires_grad_(true);
    tanhGelu(x).to(at::kFloat).sum().backward();
    EXPECT_TRUE(x.detach().eq(1.0).all().item<bool>());
    EXPECT_NEAR(x.grad()[0].item<float>(), 1.0829F, 0.01F);
}

}  // namespace
}  // namespace tessera::attention
