#include "core/attention/gelu.h"

#include "kernels/api/cpu_gelu.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

namespace tessera::attention {

at::Tensor tanhGelu(const at::Tensor& x) {
    const bool wantsGradient = at::GradMode::is_enabled() && x.requires_grad();
    const bool bf16 = x.scalar_type() == at::kBFloat16;
    const bool ours =
        x.device().is_cpu() && (bf16 || x.scalar_type() == at::kFloat) && x.is_contiguous();
    if (wantsGradient || !ours || !kernels::hasCpuGelu()) {
        return at::gelu(x, "tanh");
    }
    constexpr std::int64_t kTogether = 16384;  // at most 64 KiB: near the first-level cache
    at::parallel_for(0, x.numel(), kTogether, [&](std::int64_t begin, std::int64_t end) {
        if (bf16) {
            kernels::geluCpu(static_cast<std::uint16_t*>(x.mutable_data_ptr()) + begin,
                             end - begin);
        } else {
            kernels::geluCpu(static_cast<float*>(x.mutable_data_ptr()) + begin, end - begin);
        }
    });
    return x;
}

}  // namespace tessera::attention
