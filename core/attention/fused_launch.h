#pragma once

// The launches of the fused kernels: tensors in, tensors out, memory from LibTorch's allocator, on
// the current stream of q's device. On CPU tensors the kernels' reference computes them. Engine
// thread, or the thread that computes gradients.

#include "core/attention/composed.h"
#include "kernels/api/attention.h"

namespace tessera::attention {

// q, k, v [B, H, N, D] bf16 or fp16 on one device, N = layout.total(), on a GPU as
// kernels::hasFp16Kernels() says; the plan in that device's memory, made for these heads, `layout`
// and the kernel's own `shape`. The rows of all heads lie together in the memory of the output, so
// that joining the heads costs nothing.
OutputAndLse launchForward(const at::Tensor& q,
                           const at::Tensor& k,
                           const at::Tensor& v,
                           const kernels::TilePlanView& plan,
                           const kernels::TileShape& shape,
                           const plan::TokenLayout& layout);

// The gradients for that of the output, from `result` of launchForward() under the same masks. Each
// lies in memory as its input does.
DenseGradients launchBackward(const at::Tensor& gradOut,
                              const at::Tensor& q,
                              const at::Tensor& k,
                              const at::Tensor& v,
                              const OutputAndLse& result,
                              const kernels::KeyPlanView& plan,
                              const kernels::BackwardTileShape& shape,
                              const plan::TokenLayout& layout);

}  // namespace tessera::attention
