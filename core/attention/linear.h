#pragma once

// The matrix products of the transformers with what LibTorch leaves to passes of their own on CUDA:
// the gradient of the bias, and the activation of an MLP. Differentiable. Engine thread.

namespace at {
class Tensor;
}

namespace tessera::attention {

// x weight^T + bias: x [..., in], weight [out, in], bias [out] -> [..., out].
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

// tanh-GELU of the same.
at::Tensor linearGelu(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace tessera::attention
