#pragma once

// The second pass of the sums over columns.

#include "kernels/api/column_sum.h"
#include "kernels/reference/bf16.h"

namespace tessera::kernels::reference {

// partial [columnRuns(shape), width] -> sums [width], bf16.
inline void sumRuns(const MatrixShape& shape, const float* partial, void* sums) {
    for (std::int64_t column = 0; column < shape.width; ++column) {
        float total = 0.0f;
        for (std::int64_t run = 0; run < columnRuns(shape); ++run) {
            total += partial[run * shape.width + column];
        }
        write(sums, column, total);
    }
}

}  // namespace tessera::kernels::reference
