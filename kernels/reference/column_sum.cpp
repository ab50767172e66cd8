#include "kernels/api/column_sum.h"

#include "kernels/reference/bf16.h"
#include "kernels/reference/sum_runs.h"

#include <algorithm>

namespace tessera::kernels::reference {

Status columnSum(const ColumnSum& p) {
    std::fill_n(p.partial, columnRuns(p.shape) * p.shape.width, 0.0f);
    for (std::int64_t row = 0; row < p.shape.rows; ++row) {
        for (std::int64_t column = 0; column < p.shape.width; ++column) {
            p.partial[row / kColumnRun * p.shape.width + column] +=
                read(p.x, row * p.shape.width + column);
        }
    }
    sumRuns(p.shape, p.partial, p.sums);
    return Status::Ok;
}

}  // namespace tessera::kernels::reference
