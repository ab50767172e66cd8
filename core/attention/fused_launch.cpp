#include "core/attention/fused_launch.h"

#include "core/attention/kernel_inputs.h"
#include "core/base/check.h"
#include "core/tensor/device.h"

#include <ATen/ATen.h>
#include <c10/core/DeviceGuard.h>

#include <cmath>
#include <initializer_list>

namespace tessera::attention {
namespace {

using plan::TokenLayout;

void checkInputs(const at::Tensor& q,
                 std::initializer_list<const at::Tensor*> others,
                 const TokenLayout& layout) {
    CHECK(q.dim() == 4 && q.size(2) == layout.total(), q.sizes(), layout.total());
    CHECK(q.scalar_type() == at::kBFloat16 || q.scalar_type() == at::kHalf, q.scalar_type());
    for (const at::Tensor* x : others) {
        CHECK(x->sizes() == q.sizes() && x->scalar_type() == q.scalar_type() &&
                  x->device() == q.device(),
              x->sizes(),
              q.sizes(),
              x->scalar_type(),
              x->device());
    }
}

// A dimension of one entry may have any stride; the copy engine wants a whole one.
kernels::RowStrides stridesOf(const at::Tensor& x) {
    const auto stride = [&](std::int64_t i) {
        return x.size(i) == 1 ? x.size(1) * x.size(2) * x.size(3) : x.stride(i);
    };
    return {stride(0), stride(1), stride(2)};
}

kernels::AttentionShape shapeOf(const at::Tensor& q, const TokenLayout& layout) {
    return {q.size(0), q.size(1), q.size(3), layout.text, layout.frames, layout.tokens};
}

kernels::Element elementOf(const at::Tensor& q) {
    return q.scalar_type() == at::kHalf ? kernels::Element::Fp16 : kernels::Element::Bf16;
}

float scaleOf(const at::Tensor& q) {
    return static_cast<float>(1.0 / std::sqrt(static_cast<double>(q.size(3))));
}

float* floatsOf(const at::Tensor& x) {
    return static_cast<float*>(x.mutable_data_ptr());
}

// Calls the reference on the CPU, else launches on the device of `like`.
template <typename Params, typename Shape>
void call(const at::Tensor& like,
          kernels::Status (*launch)(const Params&, int, kernels::StreamHandle),
          kernels::Status (*reference)(const Params&, const Shape&),
          const Params& params,
          const Shape& shape) {
    const c10::DeviceGuard guard(like.device());
    const kernels::Status status = like.is_cpu() ? reference(params, shape)
                                                 : launch(params,
                                                          tensor::computeCapability(like.device()),
                                                          tensor::currentStream(like.device()));
    CHECK(status == kernels::Status::Ok, static_cast<int>(status), like.sizes());
}

}  // namespace

OutputAndLse launchForward(const at::Tensor& query,
                           const at::Tensor& key,
                           const at::Tensor& value,
                           const kernels::TilePlanView& plan,
                           const kernels::TileShape& shape,
                           const TokenLayout& layout) {
    checkInputs(query, {&key, &value}, layout);
    const at::Tensor q = inRuns(query), k = inRuns(key), v = inRuns(value);
    const std::int64_t batch = q.size(0), heads = q.size(1), rows = q.size(2), width = q.size(3);
    OutputAndLse result{at::empty({batch, rows, heads, width}, q.options()).transpose(1, 2),
                        at::empty({batch, heads, rows}, q.options().dtype(at::kFloat))};
    if (q.numel() == 0) {
        return result;
    }
    const at::Tensor counter = at::empty({1}, q.options().dtype(at::kInt));
    kernels::AttentionForward p;
    p.shape = shapeOf(q, layout);
    p.plan = plan;
    p.q = q.const_data_ptr();
    p.k = k.const_data_ptr();
    p.v = v.const_data_ptr();
    p.qStrides = stridesOf(q);
    p.kStrides = stridesOf(k);
    p.vStrides = stridesOf(v);
    p.out = result.out.mutable_data_ptr();
    p.outStrides = stridesOf(result.out);
    p.lse = floatsOf(result.lse);
    p.scale = scaleOf(q);
    p.element = elementOf(q);
    p.counter = static_cast<std::int32_t*>(counter.mutable_data_ptr());
    call(q, kernels::launchAttentionForward, kernels::reference::attentionForward, p, shape);
    return result;
}

DenseGradients launchBackward(const at::Tensor& gradient,
                              const at::Tensor& query,
                              const at::Tensor& key,
                              const at::Tensor& value,
                              const OutputAndLse& result,
                              const kernels::KeyPlanView& plan,
                              const kernels::BackwardTileShape& shape,
                              const TokenLayout& layout) {
    checkInputs(query, {&key, &value, &gradient, &result.out}, layout);
    const at::Tensor lse = result.lse.contiguous();
    CHECK(lse.scalar_type() == at::kFloat && lse.sizes() == query.sizes().slice(0, 3),
          lse.scalar_type(),
          lse.sizes());
    const at::Tensor q = inRuns(query), k = inRuns(key), v = inRuns(value);
    const at::Tensor out = inRuns(result.out), gradOut = inRuns(gradient);
    // Dense, in the order of the input's strides: such a gradient is taken over as it is.
    DenseGradients made{at::empty_like(q), at::empty_like(k), at::empty_like(v)};
    if (q.numel() == 0) {
        return made;
    }
    const auto floats = q.options().dtype(at::kFloat);
    const at::Tensor querySums = at::empty(q.sizes(), floats);
    const at::Tensor products = at::empty(lse.sizes(), floats);
    const at::Tensor counter = at::empty({1}, q.options().dtype(at::kInt));
    kernels::AttentionBackward p;
    p.shape = shapeOf(q, layout);
    p.plan = plan;
    p.q = q.const_data_ptr();
    p.k = k.const_data_ptr();
    p.v = v.const_data_ptr();
    p.out = out.const_data_ptr();
    p.gradOut = gradOut.const_data_ptr();
    p.qStrides = stridesOf(q);
    p.kStrides = stridesOf(k);
    p.vStrides = stridesOf(v);
    p.outStrides = stridesOf(out);
    p.gradOutStrides = stridesOf(gradOut);
    p.lse = static_cast<const float*>(lse.const_data_ptr());
    p.gradQ = made.q.mutable_data_ptr();
    p.gradK = made.k.mutable_data_ptr();
    p.gradV = made.v.mutable_data_ptr();
    p.gradQStrides = stridesOf(made.q);
    p.gradKStrides = stridesOf(made.k);
    p.gradVStrides = stridesOf(made.v);
    p.scale = scaleOf(q);
    p.element = elementOf(q);
    p.querySums = floatsOf(querySums);
    p.products = floatsOf(products);
    p.counter = static_cast<std::int32_t*>(counter.mutable_data_ptr());
    call(q, kernels::launchAttentionBackward, kernels::reference::attentionBackward, p, shape);
    return made;
}

}  // namespace tessera::attention
