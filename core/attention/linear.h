#pragma once

// The matrix products of the transformers with what LibTorch leaves to passes of their own on CUDA:
// the gradient of the bias, and the activation of an MLP; on the CPU with weights that are laid out
// once. Engine thread.

namespace at {
class Tensor;
}

namespace tessera::attention {

// x weight^T + bias: x [..., in], weight [out, in], bias [out] -> [..., out]. Differentiable.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

// tanh-GELU of the same.
at::Tensor linearGelu(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

// A copy of the weight in the layout that oneDNN multiplies quickest, opaque to all but
// packedLinear(); undefined where that gains nothing.
at::Tensor packedWeight(const at::Tensor& weight);

// linear() with what packedWeight() made. No gradients.
at::Tensor packedLinear(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias);

}  // namespace tessera::attention
