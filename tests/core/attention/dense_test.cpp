#include "core/attention/backend.h"
#include "core/attention/cpu_dense.h"
#include "core/tensor/device.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

// float64 softmax(q k^T / sqrt(D)) v of the values as given.
at::Tensor reference(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    const at::Tensor scores = at::matmul(q.to(at::kDouble), k.to(at::kDouble).transpose(-2, -1)) /
                              std::sqrt(static_cast<double>(q.size(-1)));
    return at::matmul(at::softmax(scores, -1), v.to(at::kDouble));
}

double relativeError(const at::Tensor& value, const at::Tensor& truth) {
    return ((value.to(at::kDouble) - truth).norm() / truth.norm()).item<double>();
}

class CpuKernel : public testing::Test {
protected:
    void SetUp() override {
        const at::Tensor probe = at::zeros({1, 1, 1, 64}, at::kBFloat16);
        if (!isForCpuKernel(probe, probe, probe)) {
            GTEST_SKIP() << "this processor has no bf16 products";
        }
        tensor::seedDevice(c10::Device(c10::DeviceType::CPU), 3);
    }

    at::NoGradGuard m_noGrad;
};

TEST_F(CpuKernel, IsAsExactAsBf16Allows) {
    for (const std::int64_t rows : {1, 5, 6, 7, 63, 64, 65, 96, 255, 256, 257, 768, 1000}) {
        const at::Tensor q = at::randn({2, 3, rows, 64}).to(at::kBFloat16);
        const at::Tensor k = at::randn({2, 3, rows, 64}).to(at::kBFloat16);
        const at::Tensor v = at::randn({2, 3, rows, 64}).to(at::kBFloat16);
        const at::Tensor truth = reference(q, k, v);
        const double ours = relativeError(attendOnCpu(q, k, v), truth);
        // The plain same-precision computation: what bf16 itself costs.
        const at::Tensor scores = at::matmul(q, k.transpose(-2, -1)).to(at::kFloat) / 8.0;
        const double plain =
            relativeError(at::matmul(at::softmax(scores, -1).to(at::kBFloat16), v), truth);
        EXPECT_LE(ours, 2.0 * plain + 1e-3) << rows << " rows";
        EXPECT_LT(ours, 0.02) << rows << " rows";
    }
}

TEST_F(CpuKernel, TakesOtherLengthsOfQueriesAndKeys) {
    const at::Tensor q = at::randn({1, 2, 37, 64}).to(at::kBFloat16);
    const at::Tensor k = at::randn({1, 2, 14, 64}).to(at::kBFloat16);
    const at::Tensor v = at::randn({1, 2, 14, 64}).to(at::kBFloat16);
    EXPECT_LT(relativeError(attendOnCpu(q, k, v), reference(q, k, v)), 0.02);
}

TEST_F(CpuKernel, ReadsStridedHeadsAsTheyLie) {
    const at::Tensor qkv = at::randn({2, 100, 3, 4, 64}).to(at::kBFloat16);
    const auto parts = qkv.unbind(2);
    const at::Tensor q = parts[0].transpose(1, 2), k = parts[1].transpose(1, 2),
                     v = parts[2].transpose(1, 2);
    const at::Tensor strided = attendOnCpu(q, k, v);
    EXPECT_TRUE(strided.equal(attendOnCpu(q.contiguous(), k.contiguous(), v.contiguous())));
    EXPECT_TRUE(strided.transpose(1, 2).is_contiguous());
}

TEST_F(CpuKernel, KeepsItsFeetWithExtremeScores) {
    at::Tensor q =
        at::randn({1, 1, 300, 64}) * 60.0;  // scores of some thousands: weights are 0 or 1
    at::Tensor k = at::randn({1, 1, 300, 64}) * 60.0;
    q = q.to(at::kBFloat16);
    k = k.to(at::kBFloat16);
    const at::Tensor v = at::randn({1, 1, 300, 64}).to(at::kBFloat16);
    const at::Tensor out = attendOnCpu(q, k, v);
    EXPECT_TRUE(out.isfinite().all().item<bool>());
    EXPECT_LT(relativeError(out, reference(q, k, v)), 0.02);
    const at::Tensor zero = at::zeros({1, 1, 300, 64}, at::kBFloat16);
    EXPECT_LT(relativeError(attendOnCpu(zero, zero, v), reference(zero, zero, v)), 0.02);
}

TEST_F(CpuKernel, GivesTheSameBitsEveryTimeAndForEveryThreadCount) {
    const at::Tensor q = at::randn({1, 4, 500, 64}).to(at::kBFloat16);
    tensor::setThreads(1);
    const at::Tensor one = attendOnCpu(q, q, q);
    tensor::setThreads(2);
    EXPECT_TRUE(one.equal(attendOnCpu(q, q, q)));
    EXPECT_TRUE(one.equal(attendOnCpu(q, q, q)));
}

TEST(DenseAttention, AgreesWithTheReferenceInFloat) {
    const at::NoGradGuard noGrad;
    const auto backend = makeDenseAttention();
    const at::Tensor q = at::randn({1, 2, 70, 16}), k = at::randn({1, 2, 70, 16}),
                     v = at::randn({1, 2, 70, 16});
    EXPECT_LT(relativeError(backend->attend(0, q, k, v), reference(q, k, v)), 1e-5);
}

TEST(DenseAttention, CarriesGradientsWhenTheyAreWanted) {
    const auto backend = makeDenseAttention();
    at::Tensor q = at::randn({1, 1, 8, 64}).to(at::kBFloat16);
    q.requires_grad_(true);
    backend->attend(0, q, q, q).to(at::kFloat).sum().backward();
    EXPECT_TRUE(q.grad().defined());
}

}  // namespace
}  // namespace tessera::attention
