#include "core/attention/kernel_inputs.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cstdint>

namespace tessera::attention {

at::Tensor inRuns(const at::Tensor& tensor) {
    constexpr std::int64_t kRun = 8;
    constexpr std::uintptr_t kRunBytes = 16;
    bool fits = tensor.stride(-1) == 1 &&
                reinterpret_cast<std::uintptr_t>(tensor.const_data_ptr()) % kRunBytes == 0;
    for (std::int64_t i = 0; i + 1 < tensor.dim(); ++i) {
        fits = fits &&
               ((tensor.stride(i) % kRun == 0 && tensor.stride(i) != 0) || tensor.size(i) == 1);
    }
    // contiguous() would return a tensor without gaps that begins at an odd place as it is.
    return fits ? tensor : tensor.clone(at::MemoryFormat::Contiguous);
}

bool wantsGradient(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    return at::GradMode::is_enabled() &&
           (q.requires_grad() || k.requires_grad() || v.requires_grad());
}

}  // namespace tessera::attention
