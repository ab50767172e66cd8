#pragma once

// The kernels behind linear.h as differentiable functions: on CUDA tensors those of the device, on
// CPU tensors their reference, so that the gradients are tested without a GPU. bf16.

namespace at {
class Tensor;
}

namespace tessera::attention {

// True where the device's kernels pay for products of x [..., in] and weight [out, in].
bool hasKernelFor(const at::Tensor& x, const at::Tensor& weight);

// As linear() and linearGelu().
at::Tensor kernelLinear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);
at::Tensor kernelLinearGelu(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace tessera::attention
