#include "kernels/api/gelu.h"

#include "kernels/reference/bf16.h"
#include "kernels/reference/sum_runs.h"

#include <algorithm>
#include <cmath>

namespace tessera::kernels::reference {
namespace {

constexpr double kTwoRootTwoOverPi = 1.5957691216057308;  // 2 sqrt(2 / pi)
constexpr double kCubic = 0.044715;

// 1 / (1 + exp(-2 sqrt(2 / pi) (x + 0.044715 x^3)))
double share(double x) {
    return 1.0 / (1.0 + std::exp(-kTwoRootTwoOverPi * x * (1.0 + kCubic * x * x)));
}

}  // namespace

Status geluForward(const GeluForward& p) {
    for (std::int64_t i = 0; i < p.shape.rows * p.shape.width; ++i) {
        const double x = read(p.x, i);
        write(p.out, i, static_cast<float>(x * share(x)));
    }
    return Status::Ok;
}

Status geluBackward(const GeluBackward& p) {
    std::fill_n(p.partial, columnRuns(p.shape) * p.shape.width, 0.0f);
    for (std::int64_t row = 0; row < p.shape.rows; ++row) {
        float* partial = p.partial + row / kColumnRun * p.shape.width;
        for (std::int64_t column = 0; column < p.shape.width; ++column) {
            const std::int64_t i = row * p.shape.width + column;
            const double x = read(p.x, i), part = share(x);
            const double inner = kTwoRootTwoOverPi * (1.0 + 3.0 * kCubic * x * x);
            const double slope = part + x * part * (1.0 - part) * inner;
            write(p.gradX, i, static_cast<float>(read(p.gradOut, i) * slope));
            partial[column] += read(p.gradX, i);
        }
    }
    sumRuns(p.shape, p.partial, p.sums);
    return Status::Ok;
}

}  // namespace tessera::kernels::reference
