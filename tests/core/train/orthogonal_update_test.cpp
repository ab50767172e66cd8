#include "core/train/orthogonal_update.h"

#include <ATen/ATen.h>

#include <cmath>

#include <gtest/gtest.h>

namespace tessera::train {
namespace {

class OrthogonalUpdateTest : public testing::Test {
protected:
    OrthogonalUpdateTest() { at::manual_seed(7); }
};

TEST_F(OrthogonalUpdateTest, BringsSingularValuesNearOne) {
    // One of them a thousand times the other: scale must not matter.
    const at::Tensor matrices =
        at::randn({2, 48, 96}) * at::tensor({1.0, 1000.0}, at::kFloat).view({2, 1, 1});
    const at::Tensor values = at::linalg_svdvals(orthogonalised(matrices));
    EXPECT_GT(values.min().item<double>(), 0.6);
    EXPECT_LT(values.max().item<double>(), 1.3);
}

TEST_F(OrthogonalUpdateTest, KeepsTheSingularVectors) {
    const at::Tensor matrix = at::randn({1, 16, 24});
    const auto [u, s, v] = at::linalg_svd(matrix, false);
    const at::Tensor turned = at::matmul(at::matmul(u.mT(), orthogonalised(matrix)), v.mT())[0];
    EXPECT_LT((turned - at::diag(at::diag(turned))).abs().max().item<double>(), 1e-3);
}

TEST_F(OrthogonalUpdateTest, ZerosStayFinite) {
    EXPECT_TRUE(at::isfinite(orthogonalised(at::zeros({1, 4, 4}))).all().item<bool>());
}

TEST_F(OrthogonalUpdateTest, StepsEachMatrixAndNothingElse) {
    // [8 numbers that are no matrix | 6 x 4 | 4 x 6 | 8 more]
    const std::vector<FlatMatrix> matrices{{8, 6, 4}, {32, 4, 6}};
    const at::Tensor before = at::randn({64});
    const at::Tensor gradient = at::randn({64});
    at::Tensor master = before.clone();
    at::Tensor momentum = at::zeros({64});
    constexpr double kRate = 0.01, kDecay = 0.1;
    OrthogonalUpdate(matrices).apply(
        master, gradient, momentum, at::scalar_tensor(kRate, at::kFloat), kDecay);
    EXPECT_TRUE(master.narrow(0, 0, 8).equal(before.narrow(0, 0, 8)));
    EXPECT_TRUE(master.narrow(0, 56, 8).equal(before.narrow(0, 56, 8)));
    for (const FlatMatrix& m : matrices) {
        const auto part = [&](const at::Tensor& flat) {
            return flat.narrow(0, m.offset, m.rows * m.columns).view({m.rows, m.columns});
        };
        // After one step the momentum points along the gradient.
        const at::Tensor along = m.rows <= m.columns ? part(gradient) : part(gradient).t();
        const at::Tensor step = orthogonalised(along.unsqueeze(0))[0];
        const at::Tensor expected =
            part(before) * (1.0 - kRate * kDecay) -
            (m.rows <= m.columns ? step : step.t()) * (kRate * 0.2 * std::sqrt(6.0));
        EXPECT_TRUE(at::allclose(part(master), expected, 1e-5, 1e-6));
        EXPECT_TRUE(at::allclose(part(momentum), part(gradient) * 0.05));
    }
}

}  // namespace
}  // namespace tessera::train
