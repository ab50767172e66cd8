#include "core/attention/linear.h"

#include "core/attention/gelu.h"
#include "core/attention/kernel_inputs.h"
#include "core/attention/linear_kernels.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace tessera::attention {

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    if (at::GradMode::is_enabled() && bias.requires_grad() && hasKernelFor(x, weight)) {
        return kernelLinear(x, weight, bias);
    }
    return at::linear(x, weight, bias);
}

at::Tensor linearGelu(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    const bool learns = wantsGradient(x, weight, bias);
    if (learns && hasKernelFor(x, weight)) {
        return kernelLinearGelu(x, weight, bias);
    }
    if (!learns && x.is_cuda()) {
        // The product applies the activation to what it still has in registers.
        return at::_addmm_activation(bias, x.flatten(0, -2), weight.t(), 1, 1, /*use_gelu=*/true)
            .unflatten(0, x.sizes().slice(0, static_cast<std::size_t>(x.dim() - 1)));
    }
    return tanhGelu(at::linear(x, weight, bias));
}

}  // namespace tessera::attention
