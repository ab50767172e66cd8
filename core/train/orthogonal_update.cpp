#include "core/train/orthogonal_update.h"

#include "core/base/check.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace tessera::train {
namespace {

constexpr double kMomentum = 0.95;
constexpr int kIterations = 5;
// Root mean square of an AdamW update, in learning rates.
constexpr double kAdamScale = 0.2;

// A view of the matrix that lies: its shorter side are the rows.
at::Tensor lying(const at::Tensor& flat, const FlatMatrix& matrix) {
    const at::Tensor view = flat.narrow(0, matrix.offset, matrix.rows * matrix.columns)
                                .view({matrix.rows, matrix.columns});
    return matrix.rows <= matrix.columns ? view : view.t();
}

}  // namespace

at::Tensor orthogonalised(const at::Tensor& matrices) {
    CHECK(matrices.dim() == 3 && matrices.size(1) <= matrices.size(2), matrices.sizes());
    // Jordan's quintic: it does not settle at 1 but reaches its neighbourhood fastest.
    constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;
    const at::Tensor norms = at::linalg_vector_norm(matrices, 2, {1, 2}, true).clamp_min(1e-12);
    at::Tensor x = (matrices / norms).to(matrices.is_cuda() ? at::kBFloat16 : at::kFloat);
    for (int i = 0; i < kIterations; ++i) {
        const at::Tensor square = at::bmm(x, x.transpose(1, 2));
        x = at::baddbmm(x, at::baddbmm(square, square, square, kB, kC), x, kA, 1.0);
    }
    return x.to(at::kFloat);
}

OrthogonalUpdate::OrthogonalUpdate(const std::vector<FlatMatrix>& matrices) {
    for (const FlatMatrix& matrix : matrices) {
        const std::int64_t shorter = std::min(matrix.rows, matrix.columns);
        const std::int64_t longer = std::max(matrix.rows, matrix.columns);
        auto group = std::ranges::find_if(
            m_groups, [&](const Group& g) { return g.shorter == shorter && g.longer == longer; });
        if (group == m_groups.end()) {
            group = m_groups.insert(m_groups.end(), Group{shorter, longer, {}});
        }
        group->matrices.push_back(matrix);
    }
}

void OrthogonalUpdate::apply(const at::Tensor& master,
                             const at::Tensor& gradient,
                             const at::Tensor& momentum,
                             const at::Tensor& learningRate,
                             double weightDecay) const {
    momentum.lerp_(gradient, 1.0 - kMomentum);
    const at::Tensor direction = at::lerp(gradient, momentum, kMomentum);  // Nesterov's
    for (const Group& group : m_groups) {
        std::vector<at::Tensor> directions, weights;
        for (const FlatMatrix& matrix : group.matrices) {
            directions.push_back(lying(direction, matrix));
            weights.push_back(lying(master, matrix));
        }
        const double scale = kAdamScale * std::sqrt(static_cast<double>(group.longer));
        const at::Tensor steps = orthogonalised(at::stack(directions)) * (learningRate * -scale);
        if (weightDecay > 0.0) {
            at::_foreach_mul_(weights, 1.0 - learningRate * weightDecay);
        }
        at::_foreach_add_(weights, steps.unbind());
    }
}

}  // namespace tessera::train
