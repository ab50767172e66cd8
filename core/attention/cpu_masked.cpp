#include "core/attention/cpu_masked.h"

#include "core/attention/head_groups.h"
#include "core/attention/kernel_inputs.h"
#include "core/base/check.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <string>
#include <utility>

namespace tessera::attention {
namespace {

using kernels::CpuAttention;
using plan::LayerMask;
using plan::TokenLayout;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

std::vector<CpuPattern> patternsOf(const LayerMask& mask,
                                   const TokenLayout& layout,
                                   std::int64_t heads,
                                   std::int64_t lanes) {
    std::vector<CpuPattern> patterns;
    for (const plan::HeadGroup& group : plan::headGroups(mask, heads)) {
        const CpuSegments segments = segmentsOf(group.mask, layout, lanes);
        patterns.push_back({segments, segments, group.heads});
    }
    return patterns;
}

CpuResult forwardOf(const CpuAttention& kernel,
                    const at::Tensor& q,
                    const at::Tensor& k,
                    const at::Tensor& v,
                    const LayerMask& mask,
                    const TokenLayout& layout,
                    bool wantsLse) {
    CHECK(q.dim() == 4 && q.sizes() == k.sizes() && q.size(2) == layout.total(),
          q.sizes(),
          k.sizes(),
          layout.total());
    const auto patterns = patternsOf(mask, layout, q.size(1), kernel.lanes);
    return attendInTiles(kernel, patterns, q, k, v, wantsLse);
}

class CpuFunction : public torch::autograd::Function<CpuFunction> {
public:
    static at::Tensor forward(AutogradContext* context,
                              const at::Tensor& q,
                              const at::Tensor& k,
                              const at::Tensor& v,
                              const CpuAttention& kernel,
                              const LayerMask& mask,
                              const TokenLayout& layout) {
        const CpuResult result = forwardOf(kernel, q, k, v, mask, layout, true);
        std::vector<std::int64_t> strides;
        for (const plan::FrameMask& head : mask.heads) {
            strides.push_back(head.stride);
        }
        context->saved_data["strides"] = strides;
        context->saved_data["layout"] =
            std::vector<std::int64_t>{layout.frames, layout.tokens, layout.text};
        context->saved_data["instructions"] = static_cast<std::int64_t>(kernel.instructions);
        context->save_for_backward({q, k, v, result.out, result.lse});
        return result.out;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2];
        const std::vector<std::int64_t> shape = context->saved_data["layout"].toIntVector();
        LayerMask mask;
        mask.heads.clear();
        for (const std::int64_t stride : context->saved_data["strides"].toIntVector()) {
            mask.heads.push_back({static_cast<int>(shape[0]), static_cast<int>(stride)});
        }
        const auto instructions =
            static_cast<kernels::CpuInstructions>(context->saved_data["instructions"].toInt());
        const kernels::CpuAttentionChoice choice =
            kernels::chooseCpuAttention(instructions, kernels::CpuElement::Fp32, q.size(3));
        const TokenLayout layout{shape[0], shape[1], shape[2]};
        const auto patterns = patternsOf(mask, layout, q.size(1), choice.kernel->lanes);
        const CpuGradients made = gradientsInTiles(
            *choice.kernel, patterns, gradients.front(), q, k, v, {saved[3], saved[4]});
        return {made.q, made.k, made.v, at::Tensor(), at::Tensor(), at::Tensor()};
    }
};

base::Status unsupported(const std::string& what, const std::string& remedy) {
    return base::fail(base::ErrorCode::Unsupported, what, remedy);
}

class CpuMaskedAttention final : public AttentionBackend {
public:
    CpuMaskedAttention(std::vector<LayerMask> masks, const TokenLayout& layout)
        : m_masks(std::move(masks)), m_layout(layout) {}

    const char* name() const override { return "cpu"; }

    base::Status supports(const AttentionShape& shape) const override {
        if (!shape.device.is_cpu()) {
            return unsupported(
                "The CPU kernel computes on the CPU, the model is on " + shape.device.str() + ".",
                "Take another attention kernel, or the CPU as the device.");
        }
        if (shape.dtype != c10::ScalarType::Float && shape.dtype != c10::ScalarType::BFloat16) {
            return unsupported(std::string("The CPU kernel computes in fp32 and bf16, not in ") +
                                   c10::toString(shape.dtype) + ".",
                               "Take fp32 or bf16 as the precision.");
        }
        if (shape.wantsGradients && shape.dtype == c10::ScalarType::BFloat16) {
            return unsupported("The CPU kernel has no gradients in bf16.",
                               "Take fp32 as the precision.");
        }
        const kernels::CpuAttentionChoice choice = cpuKernelFor(shape.dtype, shape.headSize);
        if (choice.kernel == nullptr) {
            return unsupported(choice.reason, choice.remedy);
        }
        return masksFit(m_masks, m_layout, shape);
    }

    at::Tensor attend(int layer,
                      const at::Tensor& q,
                      const at::Tensor& k,
                      const at::Tensor& v) const override {
        const kernels::CpuAttentionChoice choice = cpuKernelFor(q.scalar_type(), q.size(-1));
        CHECK(q.is_cpu() && choice.kernel != nullptr, q.device(), choice.reason);
        return cpuAttention(
            *choice.kernel, q, k, v, m_masks.at(static_cast<std::size_t>(layer)), m_layout);
    }

private:
    std::vector<LayerMask> m_masks;
    TokenLayout m_layout;
};

}  // namespace

at::Tensor cpuAttention(const CpuAttention& kernel,
                        const at::Tensor& q,
                        const at::Tensor& k,
                        const at::Tensor& v,
                        const LayerMask& mask,
                        const TokenLayout& layout) {
    if (!wantsGradient(q, k, v)) {
        return forwardOf(kernel, q, k, v, mask, layout, false).out;
    }
    CHECK(kernel.queryGradient != nullptr,
          "the CPU kernel has gradients in fp32 alone: convert q, k and v, or turn gradients off");
    return CpuFunction::apply(q, k, v, kernel, mask, layout);
}

CpuResult cpuAttentionWithLse(const CpuAttention& kernel,
                              const at::Tensor& q,
                              const at::Tensor& k,
                              const at::Tensor& v,
                              const LayerMask& mask,
                              const TokenLayout& layout) {
    return forwardOf(kernel, q, k, v, mask, layout, true);
}

std::unique_ptr<AttentionBackend> makeCpuAttention(std::vector<LayerMask> masks,
                                                   const TokenLayout& layout) {
    return std::make_unique<CpuMaskedAttention>(std::move(masks), layout);
}

}  // namespace tessera::attention
