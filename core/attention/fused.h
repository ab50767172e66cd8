#pragma once

// Self-attention under masks over frames by the fused CUDA kernels (kernels/api/attention.h): one
// launch for all batches and heads, full attention included, and one for the gradients. bf16,
// and fp16 in a build with TESSERA_FP16. Engine thread.

#include "core/attention/backend.h"
#include "core/attention/composed.h"
#include "core/attention/tile_plan.h"
#include "core/plan/layer_mask.h"

#include <memory>
#include <vector>

namespace tessera::attention {

// One layer's attention by the kernel of q's device under the tiles of `plan`, which were made for
// its heads and `shape`; on CPU tensors the kernel's reference computes it. q, k, v [B, H, N, D]
// bf16 or fp16. No gradients.
OutputAndLse fusedWithLse(const at::Tensor& q,
                          const at::Tensor& k,
                          const at::Tensor& v,
                          const TilePlan& plan,
                          const kernels::TileShape& shape,
                          const plan::TokenLayout& layout);

// The gradients of q, k and v for that of the output, from `result` of fusedWithLse() on the same,
// by the kernel under the tiles of `plan`; on CPU tensors by its reference.
DenseGradients fusedGradients(const at::Tensor& gradOut,
                              const at::Tensor& q,
                              const at::Tensor& k,
                              const at::Tensor& v,
                              const OutputAndLse& result,
                              const KeyPlan& plan,
                              const kernels::BackwardTileShape& shape,
                              const plan::TokenLayout& layout);

// masks[layer], each over layout.frames frames; none = full attention in every layer, over clips of
// any length. Where the device has no kernel for the gradients, and where LibTorch is asked for
// deterministic algorithms, composed attention's backward computes them.
std::unique_ptr<AttentionBackend> makeFusedAttention(std::vector<plan::LayerMask> masks,
                                                     const plan::TokenLayout& layout);

}  // namespace tessera::attention
