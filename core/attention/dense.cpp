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
        // Ours against LibTorch's, milliseconds at [1, 4, 3072, 64] on two cores of an EPYC with
        // AVX-512 BF16, 2026-11-30: fp32 46.9 (by AVX2 alone 49.9) and 61.6, bf16 25.9 and 65.4
        // (kernels/NOTES.md). With gradients 207 (218) and 217 in fp32: LibTorch's does those.
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
