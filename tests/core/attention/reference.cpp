#include "tests/core/attention/reference.h"

#include "core/tensor/device.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

namespace tessera::attention {

std::vector<c10::Device> devices() {
    std::vector<c10::Device> all{c10::Device(c10::kCPU)};
    if (tensor::cudaDeviceCount() > 0) {
        all.emplace_back(c10::kCUDA, 0);
    }
    return all;
}

at::Tensor maskOfTokens(const plan::FrameMask& mask, const plan::TokenLayout& layout) {
    const at::Tensor place = at::arange(layout.total(), at::kLong) - layout.text;
    const at::Tensor isText = place < 0;
    const at::Tensor frame = at::where(isText, -1, at::floor_divide(place, layout.tokens));
    const at::Tensor isGlobal = isText.logical_or(frame.remainder(mask.stride) == 0);
    return (frame.unsqueeze(0) == frame.unsqueeze(1))
        .logical_or(isGlobal.unsqueeze(0))
        .logical_or(isGlobal.unsqueeze(1));
}

at::Tensor maskOfTokens(const plan::LayerMask& mask,
                        const plan::TokenLayout& layout,
                        std::int64_t heads) {
    std::vector<at::Tensor> each;
    for (std::int64_t head = 0; head < heads; ++head) {
        each.push_back(maskOfTokens(mask.of(head), layout));
    }
    return at::stack(each);
}

OutputAndLseInDouble softmaxUnder(const at::Tensor& kept,
                                  const at::Tensor& q,
                                  const at::Tensor& k,
                                  const at::Tensor& v) {
    const at::Tensor scores =
        (at::matmul(q.to(at::kDouble), k.to(at::kDouble).transpose(-2, -1)) /
         std::sqrt(static_cast<double>(q.size(-1))))
            .masked_fill(kept.logical_not(), -std::numeric_limits<double>::infinity());
    return {at::matmul(at::softmax(scores, -1), v.to(at::kDouble)), at::logsumexp(scores, -1)};
}

Whole bySoftmax(const at::Tensor& q,
                const at::Tensor& k,
                const at::Tensor& v,
                const at::Tensor& kept,
                const at::Tensor& gradOut) {
    const auto leaf = [](const at::Tensor& x) {
        return x.to(at::kDouble).detach().clone().requires_grad_();
    };
    const at::Tensor queries = leaf(q), keys = leaf(k), values = leaf(v);
    const auto truth = softmaxUnder(kept, queries, keys, values);
    (truth.out * gradOut.to(at::kDouble)).sum().backward();
    return {truth.out.detach(), truth.lse.detach(), queries.grad(), keys.grad(), values.grad()};
}

double relativeError(const at::Tensor& got, const at::Tensor& wanted) {
    const at::Tensor truth = wanted.to(at::kCPU, at::kDouble);
    return ((got.to(at::kCPU, at::kDouble) - truth).norm() / truth.norm()).item<double>();
}

}  // namespace tessera::attention
