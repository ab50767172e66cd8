#pragma once

// Self-attention under masks over frames by the fused CUDA kernels (kernels/api/attention.h): one
// launch for all batches and heads, full attention included. bf16. Engine thread.

#include "core/attention/backend.h"
#include "core/attention/composed.h"
#include "core/attention/tile_plan.h"
#include "core/plan/layer_mask.h"

#include <memory>
#include <vector>

namespace tessera::attention {

// One layer's attention by the kernel of q's device under the tiles of `plan`, which were made for
// its heads and `shape`; on CPU tensors the kernel's reference computes it. q, k, v [B, H, N, D]
// bf16. No gradients.
OutputAndLse fusedWithLse(const at::Tensor& q,
                          const at::Tensor& k,
                          const at::Tensor& v,
                          const TilePlan& plan,
                          const kernels::TileShape& shape,
                          const plan::TokenLayout& layout);

// masks[layer], each over layout.frames frames; none = full attention in every layer, over clips of
// any length. Gradients go through composed attention's backward.
std::unique_ptr<AttentionBackend> makeFusedAttention(std::vector<plan::LayerMask> masks,
                                                     const plan::TokenLayout& layout);

}  // namespace tessera::attention
