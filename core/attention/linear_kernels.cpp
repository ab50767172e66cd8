#include "core/attention/linear_kernels.h"

#include "core/attention/kernel_call.h"
#include "core/attention/kernel_inputs.h"
#include "kernels/api/column_sum.h"
#include "kernels/api/gelu.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace tessera::attention {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

kernels::MatrixShape shapeOf(const at::Tensor& rows) {
    return {rows.size(0), rows.size(1)};
}

// Where the sums of a matrix's columns go.
struct ColumnSums {
    at::Tensor partial, sums;

    explicit ColumnSums(const at::Tensor& rows)
        : partial(at::empty({kernels::columnRuns(shapeOf(rows)), rows.size(1)},
                            rows.options().dtype(at::kFloat))),
          sums(at::empty({rows.size(1)}, rows.options())) {}

    float* partialMemory() const { return static_cast<float*>(writeTo(partial)); }
};

// [..., C] as a matrix without gaps.
at::Tensor asRows(const at::Tensor& x) {
    return inRuns(x.reshape({-1, x.size(-1)}).contiguous());
}

// Gradients of x, weight and bias from that of the product, [rows, out], and its column sums. Only
// those that are wanted.
variable_list gradientsOf(const AutogradContext& context,
                          const at::Tensor& rows,
                          const at::Tensor& sums,
                          const at::Tensor& x,
                          const at::Tensor& weight) {
    variable_list gradients(3);
    if (context.needs_input_grad(0)) {
        gradients[0] = rows.mm(weight).view_as(x);
    }
    if (context.needs_input_grad(1)) {
        gradients[1] = rows.t().mm(x.reshape({-1, x.size(-1)}));
    }
    if (context.needs_input_grad(2)) {
        gradients[2] = sums;
    }
    return gradients;
}

class LinearFunction : public torch::autograd::Function<LinearFunction> {
public:
    static at::Tensor forward(AutogradContext* context,
                              const at::Tensor& x,
                              const at::Tensor& weight,
                              const at::Tensor& bias) {
        context->save_for_backward({x, weight});
        return at::linear(x, weight, bias);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor rows = asRows(gradients[0]);
        const ColumnSums columns(rows);
        if (context->needs_input_grad(2)) {
            call(
                rows,
                kernels::launchColumnSum,
                kernels::reference::columnSum,
                kernels::ColumnSum{
                    shapeOf(rows), readFrom(rows), columns.partialMemory(), writeTo(columns.sums)});
        }
        return gradientsOf(*context, rows, columns.sums, saved[0], saved[1]);
    }
};

class LinearGeluFunction : public torch::autograd::Function<LinearGeluFunction> {
public:
    static at::Tensor forward(AutogradContext* context,
                              const at::Tensor& x,
                              const at::Tensor& weight,
                              const at::Tensor& bias) {
        const at::Tensor inner = asRows(at::linear(x, weight, bias));
        const at::Tensor out = at::empty_like(inner);
        call(inner,
             kernels::launchGeluForward,
             kernels::reference::geluForward,
             kernels::GeluForward{shapeOf(inner), readFrom(inner), writeTo(out)});
        context->save_for_backward({x, weight, inner});
        auto sizes = x.sizes().vec();
        sizes.back() = weight.size(0);
        return out.view(sizes);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor& inner = saved[2];
        const at::Tensor gradOut = asRows(gradients[0]);
        const at::Tensor rows = at::empty_like(inner);
        const ColumnSums columns(inner);
        call(inner,
             kernels::launchGeluBackward,
             kernels::reference::geluBackward,
             kernels::GeluBackward{shapeOf(inner),
                                   readFrom(gradOut),
                                   readFrom(inner),
                                   writeTo(rows),
                                   columns.partialMemory(),
                                   writeTo(columns.sums)});
        return gradientsOf(*context, rows, columns.sums, saved[0], saved[1]);
    }
};

}  // namespace

bool hasKernelFor(const at::Tensor& x, const at::Tensor& weight) {
    // The few rows of times and texts: LibTorch's one reduction is a launch less than ours.
    constexpr std::int64_t kFewRows = 1024;
    const std::int64_t rows = x.numel() / x.size(-1);
    return x.is_cuda() && x.scalar_type() == at::kBFloat16 &&
           weight.scalar_type() == at::kBFloat16 && rows >= kFewRows &&
           kernels::supports(kernels::MatrixShape{rows, weight.size(0)});
}

at::Tensor kernelLinear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    return LinearFunction::apply(x, weight, bias);
}

at::Tensor kernelLinearGelu(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    return LinearGeluFunction::apply(x, weight, bias);
}

}  // namespace tessera::attention
