#pragma once

// tanh-GELU of the wide rows of an MLP (Hendrycks and Gimpel, "Gaussian error linear units", in the
// form of its tanh approximation), and its gradient together with that of the bias which the
// product before it added:
//
//   out = x / (1 + exp(-2 sqrt(2 / pi) (x + 0.044715 x^3)))
//   gradX = gradOut * d out / d x;  gradBias[column] = sum over the rows of gradX
//
// One pass over memory each. bf16, [rows, width] without gaps; the arithmetic is fp32. Device
// memory, or host memory for the reference.

#include "kernels/api/column_sum.h"
#include "kernels/api/status.h"

namespace tessera::kernels {

struct GeluForward {
    MatrixShape shape;
    const void* x = nullptr;
    void* out = nullptr;
};

struct GeluBackward {
    MatrixShape shape;
    const void* gradOut = nullptr;
    const void* x = nullptr;
    void* gradX = nullptr;
    float* partial = nullptr;  // as in ColumnSum
    void* sums = nullptr;      // of gradX's columns, as it was written: [width], bf16
};

Status launchGeluForward(const GeluForward& params, StreamHandle stream);
Status launchGeluBackward(const GeluBackward& params, StreamHandle stream);

namespace reference {
Status geluForward(const GeluForward& params);
Status geluBackward(const GeluBackward& params);
}  // namespace reference

}  // namespace tessera::kernels
