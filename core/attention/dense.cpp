#include "core/attention/backend.h"

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
        return at::scaled_dot_product_attention(q, k, v);
    }
};

}  // namespace

std::unique_ptr<AttentionBackend> makeDenseAttention() {
    return std::make_unique<DenseAttention>();
}

}  // namespace tessera::attention
