#include "core/attention/backend.h"
#include "core/attention/cpu_dense.h"

#include <ATen/ATen.h>

namespace tessera::attention {
namespace {

class DenseAttention final : public AttentionBackend {
public:
    const char* name() const override { return "dense"; }

    base::Status supports(const AttentionShape&) const override { return {}; }

    at::Tensor attend(int,
                      const at::Tensor& q,
                      const at::Tensor& k,
                      const at::Tensor& v) const override {
        // LibTorch's own bf16 kernel is no quicker than its fp32 one on processors with bf16
        // products; ours is about twice as quick there (README of kernels/, measured at [1, 4,
        // 1728, 64]).
        if (isForCpuKernel(q, k, v)) {
            return attendOnCpu(q, k, v);
        }
        return at::scaled_dot_product_attention(q, k, v);
    }
};

}  // namespace

at::Tensor attendToText(const at::Tensor& q,
                        const at::Tensor& k,
                        const at::Tensor& v,
                        const at::Tensor& mask) {
    if (mask.defined()) {
        return at::scaled_dot_product_attention(q, k, v, mask);
    }
    if (isForCpuKernel(q, k, v)) {
        return attendOnCpu(q, k, v);
    }
    return at::scaled_dot_product_attention(q, k, v);
}

std::unique_ptr<AttentionBackend> makeDenseAttention() {
    return std::make_unique<DenseAttention>();
}

}  // namespace tessera::attention
