#include "core/attention/dense_parts.h"

#include <ATen/ATen.h>

#include <cmath>

namespace tessera::attention {
namespace {

bool isHalf(const at::Tensor& x) {
    return x.scalar_type() == at::kBFloat16 || x.scalar_type() == at::kHalf;
}

bool isForFlash(const at::Tensor& q) {
    constexpr std::int64_t kLargestHead = 256;
    return q.is_cuda() && isHalf(q) && q.size(-1) % 8 == 0 && q.size(-1) <= kLargestHead;
}

double scaleOf(const at::Tensor& q) {
    return 1.0 / std::sqrt(static_cast<double>(q.size(-1)));
}

at::Tensor wide(const at::Tensor& x) {
    return isHalf(x) ? x.to(at::kFloat) : x;
}

at::Tensor scores(const at::Tensor& q, const at::Tensor& k) {
    return at::matmul(wide(q), wide(k).transpose(-2, -1)) * scaleOf(q);
}

}  // namespace

DensePart densePart(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    if (q.is_cpu()) {
        const auto [out, lse] = at::_scaled_dot_product_flash_attention_for_cpu(q, k, v);
        return {out, lse};
    }
    if (isForFlash(q)) {
        const auto result = at::_scaled_dot_product_flash_attention(q, k, v);
        return {std::get<0>(result), std::get<1>(result)};
    }
    const at::Tensor s = scores(q, k);
    const at::Tensor lse = at::logsumexp(s, -1);
    const at::Tensor out = at::matmul(at::exp(s - lse.unsqueeze(-1)), wide(v));
    return {out.to(q.scalar_type()), lse};
}

DenseGradients densePartBackward(const at::Tensor& gradOut,
                                 const at::Tensor& q,
                                 const at::Tensor& k,
                                 const at::Tensor& v,
                                 const at::Tensor& out,
                                 const at::Tensor& lse) {
    if (q.is_cpu()) {
        const auto [gradQ, gradK, gradV] = at::_scaled_dot_product_flash_attention_for_cpu_backward(
            gradOut, q, k, v, out, lse, 0.0, false);
        return {gradQ, gradK, gradV};
    }
    if (isForFlash(q)) {
        // The kernel reads the log-sum-exp by its shape alone, whatever its strides.
        const at::Tensor none, unused = at::empty({0}, q.options().dtype(at::kLong));
        const auto [gradQ, gradK, gradV] =
            at::_scaled_dot_product_flash_attention_backward(gradOut,
                                                             q,
                                                             k,
                                                             v,
                                                             out,
                                                             lse.contiguous(),
                                                             none,
                                                             none,
                                                             q.size(2),
                                                             k.size(2),
                                                             0.0,
                                                             false,
                                                             unused,
                                                             unused);
        return {gradQ, gradK, gradV};
    }
    const at::Tensor gradient = wide(gradOut);
    const at::Tensor p = at::exp(scores(q, k) - lse.unsqueeze(-1));
    const at::Tensor rows = (gradient * wide(out)).sum(-1, true);
    const at::Tensor gradScores =
        p * (at::matmul(gradient, wide(v).transpose(-2, -1)) - rows) * scaleOf(q);
    return {at::matmul(gradScores, wide(k)).to(q.scalar_type()),
            at::matmul(gradScores.transpose(-2, -1), wide(q)).to(q.scalar_type()),
            at::matmul(p.transpose(-2, -1), gradient).to(q.scalar_type())};
}

}  // namespace tessera::attention
