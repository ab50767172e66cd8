#include "core/attention/fused.h"

#include "core/attention/device_plan.h"
#include "core/attention/fused_launch.h"
#include "core/attention/head_groups.h"
#include "core/attention/kernel_inputs.h"
#include "core/base/check.h"
#include "core/tensor/device.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <memory>
#include <utility>

namespace tessera::attention {
namespace {

using kernels::BackwardTileShape;
using kernels::TileShape;
using plan::FrameMask;
using plan::LayerMask;
using plan::TokenLayout;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// What the backward pass needs besides tensors.
struct BackwardWork final : torch::CustomClassHolder {
    LayerMask mask;
    TokenLayout layout;
    BackwardTileShape shape;
    std::shared_ptr<const DevicePlan<KeyPlan>> plan;  // none where the device has no kernel
};

class FusedFunction : public torch::autograd::Function<FusedFunction> {
public:
    static at::Tensor forward(AutogradContext* context,
                              const at::Tensor& q,
                              const at::Tensor& k,
                              const at::Tensor& v,
                              const DevicePlan<TilePlan>& plan,
                              const TileShape& shape,
                              const c10::intrusive_ptr<BackwardWork>& work) {
        const OutputAndLse result = launchForward(q, k, v, plan.view(), shape, work->layout);
        context->saved_data["work"] = c10::IValue::make_capsule(work);
        context->save_for_backward({q, k, v, result.out, result.lse});
        return result.out;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const auto capsule = context->saved_data["work"].toCapsule();
        const auto& work = static_cast<const BackwardWork&>(*capsule);
        const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2];
        const OutputAndLse result{saved[3], saved[4]};
        const at::Tensor& gradOut = gradients.front();
        // The kernel adds up gradQ in the order in which blocks come by. LibTorch's own kernels, of
        // which the composed backward is made, ask the same setting.
        const bool isComposed = !work.plan || at::globalContext().deterministicAlgorithms();
        const DenseGradients found =
            isComposed ? composedBackward(gradOut, q, k, v, result, work.mask, work.layout)
                       : launchBackward(
                             gradOut, q, k, v, result, work.plan->view(), work.shape, work.layout);
        return {found.q, found.k, found.v, at::Tensor(), at::Tensor(), at::Tensor()};
    }
};

class FusedAttention final : public AttentionBackend {
public:
    FusedAttention(std::vector<LayerMask> masks, const TokenLayout& layout)
        : m_masks(std::move(masks)), m_layout(layout) {}

    const char* name() const override { return "fused"; }

    base::Status supports(const AttentionShape& shape) const override {
        using base::ErrorCode;
        if (!shape.device.is_cuda()) {
            return base::fail(
                ErrorCode::Unsupported,
                "The fused kernel runs on CUDA devices, not on " + shape.device.str() + ".",
                "Take the kernel cpu or composed.");
        }
        if (shape.dtype == at::kHalf && !kernels::hasFp16Kernels()) {
            return base::fail(ErrorCode::Unsupported,
                              "This build has no fused kernel in fp16; it computes in bf16.",
                              "Take bf16, or a build with -DTESSERA_FP16=ON.");
        }
        if (shape.dtype != at::kBFloat16 && shape.dtype != at::kHalf) {
            return base::fail(ErrorCode::Unsupported,
                              "The fused kernel computes in bf16, and another precision was asked.",
                              "Take --precision bf16, or the kernel composed.");
        }
        const int capability = tensor::computeCapability(shape.device);
        if (kernels::forwardTileShape(shape.headSize, capability).groups == 0) {
            return base::fail(ErrorCode::Unsupported,
                              "The fused kernel has heads of 64, 96 and 128 channels on compute "
                              "capability 8.0 to 9.0; asked are " +
                                  std::to_string(shape.headSize) + " on " +
                                  std::to_string(capability / 10) + "." +
                                  std::to_string(capability % 10) + ".",
                              "Take the kernel composed.");
        }
        return m_masks.empty() ? base::Status() : masksFit(m_masks, m_layout, shape);
    }

    at::Tensor attend(int layer,
                      const at::Tensor& q,
                      const at::Tensor& k,
                      const at::Tensor& v) const override {
        if (m_masks.empty()) {
            return attendUnder({{FrameMask{}}}, {1, q.size(2), 0}, q, k, v);
        }
        return attendUnder(m_masks.at(static_cast<std::size_t>(layer)), m_layout, q, k, v);
    }

private:
    at::Tensor attendUnder(const LayerMask& mask,
                           const TokenLayout& layout,
                           const at::Tensor& q,
                           const at::Tensor& k,
                           const at::Tensor& v) const {
        const int capability = tensor::computeCapability(q.device());
        const auto heads = static_cast<int>(q.size(1));
        std::vector<std::int64_t> key{q.size(1), layout.total(), q.size(3)};
        for (const FrameMask& head : mask.heads) {
            key.push_back(head.stride);
        }
        const TileShape shape = kernels::forwardTileShape(q.size(3), capability);
        const auto plan = m_plans.of(
            key, q.device(), [&] { return compileTiles(mask.heads, layout, heads, shape); });
        if (!wantsGradient(q, k, v)) {
            return launchForward(q, k, v, plan->view(), shape, layout).out;
        }
        const auto work = c10::make_intrusive<BackwardWork>();
        work->mask = mask;
        work->layout = layout;
        work->shape = kernels::backwardTileShape(q.size(3), capability);
        if (work->shape.keys > 0) {
            work->plan = m_keyPlans.of(key, q.device(), [&] {
                return compileKeyTiles(mask.heads, layout, heads, work->shape);
            });
        }
        return FusedFunction::apply(q, k, v, *plan, shape, work);
    }

    std::vector<LayerMask> m_masks;
    TokenLayout m_layout;
    // Of heads, length, head size and masks; made once, there from then on.
    mutable PlanCache<TilePlan> m_plans;
    mutable PlanCache<KeyPlan> m_keyPlans;
};

}  // namespace

OutputAndLse fusedWithLse(const at::Tensor& q,
                          const at::Tensor& k,
                          const at::Tensor& v,
                          const TilePlan& plan,
                          const TileShape& shape,
                          const TokenLayout& layout) {
    if (q.is_cuda()) {  // the kernel walks its own steps, whatever the plan was made for
        const TileShape own =
            kernels::forwardTileShape(q.size(3), tensor::computeCapability(q.device()));
        CHECK(own.groups == shape.groups && own.keys == shape.keys, shape.groups, shape.keys);
    }
    return launchForward(q, k, v, DevicePlan(plan, q.device()).view(), shape, layout);
}

DenseGradients fusedGradients(const at::Tensor& gradOut,
                              const at::Tensor& q,
                              const at::Tensor& k,
                              const at::Tensor& v,
                              const OutputAndLse& result,
                              const KeyPlan& plan,
                              const BackwardTileShape& shape,
                              const TokenLayout& layout) {
    if (q.is_cuda()) {
        const BackwardTileShape own =
            kernels::backwardTileShape(q.size(3), tensor::computeCapability(q.device()));
        CHECK(own.keys == shape.keys && own.queries == shape.queries, shape.keys, shape.queries);
    }
    const DevicePlan there(plan, q.device());
    return launchBackward(gradOut, q, k, v, result, there.view(), shape, layout);
}

std::unique_ptr<AttentionBackend> makeFusedAttention(std::vector<LayerMask> masks,
                                                     const TokenLayout& layout) {
    return std::make_unique<FusedAttention>(std::move(masks), layout);
}

}  // namespace tessera::attention
