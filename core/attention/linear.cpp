#include "core/attention/linear.h"

#include "core/attention/gelu.h"
#include "core/attention/kernel_inputs.h"
#include "core/attention/linear_kernels.h"
#include "kernels/api/cpu_gelu.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>

#include <optional>

namespace tessera::attention {
namespace {

// LibTorch has these for its compiler; in C++ they are reached by name alone.
using Pack = at::Tensor(const at::Tensor&, std::optional<std::int64_t>);
using Scalars = c10::List<std::optional<at::Scalar>>;
using Multiply = at::Tensor(const at::Tensor&,
                            const at::Tensor&,
                            const std::optional<at::Tensor>&,
                            std::string_view,
                            Scalars,
                            std::optional<std::string_view>);

std::optional<c10::OperatorHandle> findOperator(const char* name) {
    return c10::Dispatcher::singleton().findSchema({name, ""});
}

}  // namespace

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

at::Tensor packedWeight(const at::Tensor& weight) {
    static const std::optional<c10::OperatorHandle> pack =
        findOperator("mkldnn::_reorder_linear_weight");
    const bool served = weight.scalar_type() == at::kBFloat16 || weight.scalar_type() == at::kFloat;
    // Milliseconds of at::linear and of packedLinear() for 1728 rows on one core of an EPYC with
    // AVX-512 BF16, 2026-12-01: bf16 256 -> 768 3.40 and 3.12, 256 -> 256 1.11 and 1.01, 256 ->
    // 1024 4.77 and 4.39, 1024 -> 256 4.49 and 4.22; fp32 7.30 and 6.63, 2.34 and 2.11, 9.99 and
    // 8.61, 9.45 and 8.24. On other processors nothing is known.
    if (!weight.device().is_cpu() || !served || !pack || !kernels::hasCpuGelu()) {
        return {};
    }
    return pack->typed<Pack>().call(weight.detach(), std::nullopt);
}

at::Tensor packedLinear(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias) {
    static const std::optional<c10::OperatorHandle> multiply =
        findOperator("mkldnn::_linear_pointwise");
    return multiply.value().typed<Multiply>().call(x, packed, bias, "none", Scalars(), "");
}

}  // namespace tessera::attention
