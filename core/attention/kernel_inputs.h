#pragma once

// What the host halves of the kernels ask of tensors before a launch. Engine thread.

#include <ATen/core/Tensor.h>

namespace tessera::attention {

// As kernels load bf16 rows, 16 bytes at a time: channels without gaps, every other stride of more
// than one entry a multiple of eight elements and not 0, the first element aligned. The tensor
// itself where it is so, else a copy.
at::Tensor inRuns(const at::Tensor& tensor);

// Whether a gradient is to go through attention over these.
bool wantsGradient(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v);

}  // namespace tessera::attention
