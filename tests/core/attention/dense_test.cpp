#include "core/attention/backend.h"
#include "core/attention/cpu_dense.h"
#include "core/tensor/device.h"
#include "tests/core/attention/reference.h"

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

class CpuKernel : public testing::TestWithParam<at::ScalarType> {
protected:
    void SetUp() override {
        const at::Tensor probe = at::zeros({1, 1, 1, 64}, GetParam());
        if (!isForCpuKernel(probe, probe, probe)) {
            GTEST_SKIP() << "this processor has no vectors for it";
        }
        tensor::seedDevice(c10::Device(c10::DeviceType::CPU), 3);
    }

    static at::Tensor draw(c10::IntArrayRef shape) { return at::randn(shape).to(GetParam()); }

    static bool isBf16() { return GetParam() == at::kBFloat16; }

    at::NoGradGuard m_noGrad;
};

TEST_P(CpuKernel, IsAsExactAsTheTypeAllows) {
    for (const std::int64_t rows : {1, 5, 6, 7, 63, 64, 65, 96, 255, 256, 257, 768, 1000}) {
        const at::Tensor q = draw({2, 3, rows, 64}), k = draw({2, 3, rows, 64}),
                         v = draw({2, 3, rows, 64});
        const at::Tensor truth = reference(q, k, v);
        const double ours = relativeError(attendOnCpu(q, k, v), truth);
        // The plain same-precision computation: what the type itself costs.
        const at::Tensor scores = at::matmul(q, k.transpose(-2, -1)).to(at::kFloat) / 8.0;
        const double plain =
            relativeError(at::matmul(at::softmax(scores, -1).to(GetParam()), v), truth);
        EXPECT_LE(ours, 2.0 * plain + (isBf16() ? 1e-3 : 1e-6)) << rows << " rows";
        EXPECT_LT(ours, isBf16() ? 0.02 : 2e-6) << rows << " rows";
    }
}

TEST_P(CpuKernel, TakesOtherLengthsOfQueriesAndKeys) {
    for (const std::int64_t size : {64, 96, 128}) {
        const at::Tensor q = draw({1, 2, 37, size}), k = draw({1, 2, 14, size}),
                         v = draw({1, 2, 14, size});
        EXPECT_LT(relativeError(attendOnCpu(q, k, v), reference(q, k, v)), isBf16() ? 0.02 : 1e-6);
    }
}

TEST_P(CpuKernel, ReadsStridedHeadsAsTheyLie) {
    const at::Tensor qkv = draw({2, 100, 3, 4, 64});
    const auto parts = qkv.unbind(2);
    const at::Tensor q = parts[0].transpose(1, 2), k = parts[1].transpose(1, 2),
                     v = parts[2].transpose(1, 2);
    const at::Tensor strided = attendOnCpu(q, k, v);
    EXPECT_TRUE(strided.equal(attendOnCpu(q.contiguous(), k.contiguous(), v.contiguous())));
    EXPECT_TRUE(strided.transpose(1, 2).is_contiguous());
    // Channels with gaps are copied first.
    const auto spread = [](const at::Tensor& x) {
        return x.transpose(2, 3).contiguous().transpose(2, 3);
    };
    EXPECT_TRUE(strided.equal(attendOnCpu(spread(q), spread(k), spread(v))));
}

TEST_P(CpuKernel, KeepsItsFeetWithExtremeScores) {
    // Scores of some thousands: weights are 0 or 1.
    const at::Tensor q = draw({1, 1, 300, 64}) * 60.0, k = draw({1, 1, 300, 64}) * 60.0,
                     v = draw({1, 1, 300, 64});
    const at::Tensor out = attendOnCpu(q, k, v);
    EXPECT_TRUE(out.isfinite().all().item<bool>());
    EXPECT_LT(relativeError(out, reference(q, k, v)), 0.02);
    const at::Tensor zero = at::zeros_like(q);
    EXPECT_LT(relativeError(attendOnCpu(zero, zero, v), reference(zero, zero, v)), 0.02);
}

TEST_P(CpuKernel, GivesTheSameBitsEveryTimeAndForEveryThreadCount) {
    const at::Tensor q = draw({1, 4, 500, 64});
    tensor::setThreads(1);
    const at::Tensor one = attendOnCpu(q, q, q);
    tensor::setThreads(2);
    EXPECT_TRUE(one.equal(attendOnCpu(q, q, q)));
    EXPECT_TRUE(one.equal(attendOnCpu(q, q, q)));
}

INSTANTIATE_TEST_SUITE_P(Types, CpuKernel, testing::Values(at::kFloat, at::kBFloat16));

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
