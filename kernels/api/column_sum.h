#pragma once

// The sums of a matrix's columns, which is what the gradient of a bias is. bf16, [rows, width]
// without gaps, read once; sums in fp32, always in the same order, by runs of rows and then over
// the runs. Device memory, or host memory for the reference.

#include "kernels/api/status.h"

#include <cstdint>

namespace tessera::kernels {

struct MatrixShape {
    std::int64_t rows = 0;
    std::int64_t width = 0;  // a multiple of 8
};

struct ColumnSum {
    MatrixShape shape;
    const void* x = nullptr;
    float* partial = nullptr;  // room for [columnRuns(shape), width]
    void* sums = nullptr;      // [width], bf16
};

constexpr std::int64_t kColumnRun = 256;  // rows

constexpr std::int64_t columnRuns(const MatrixShape& shape) {
    return (shape.rows + kColumnRun - 1) / kColumnRun;
}

// True where the kernels of this build and of gelu.h cover the shape.
bool supports(const MatrixShape& shape);

Status launchColumnSum(const ColumnSum& params, StreamHandle stream);

namespace reference {
Status columnSum(const ColumnSum& params);
}  // namespace reference

}  // namespace tessera::kernels
