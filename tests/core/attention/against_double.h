#pragma once

// Holds a differentiable function in bf16 to the same in double precision: what comes out, and
// every gradient. On the CPU the reference of the kernels runs, on a GPU the kernels.

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

namespace tessera::attention {

using Tensors = std::vector<at::Tensor>;
using TensorFunction = std::function<Tensors(const Tensors&)>;

// Normal numbers that bf16 holds.
at::Tensor numbers(c10::IntArrayRef shape, double scale, double offset = 0.0);

// `ours` in bf16 on every device against `plain` in double; undefined inputs stay undefined.
// Relative errors: 3e-3 for results, 6e-3 for gradients.
void compareWithDouble(const Tensors& inputs,
                       const TensorFunction& ours,
                       const TensorFunction& plain);

}  // namespace tessera::attention
