#pragma once

// Attention under a mask over frames, put together from dense calls: the queries of the text and
// the reference frames against everything; the queries of the other frames once against the keys of
// text and references and once against those of their own frame, merged by their log-sum-exp. No
// pair outside the mask is computed and none is approximated, forward or backward, for any shape on
// any device: it is what the fused kernels are held to, and what runs where none of them does.
//
//   l = log(exp(l1) + exp(l2)),  o = o1 exp(l1 - l) + o2 exp(l2 - l)
//
// Backward runs the dense backward of each part with the merged o and l (Dao, "FlashAttention-2",
// algorithm 2: the gradient of a block needs no more than these). Engine thread.

#include "core/attention/backend.h"
#include "core/attention/dense_parts.h"
#include "core/plan/layer_mask.h"

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

namespace tessera::attention {

// q, k, v [B, H, N, D] with N = layout.total() -> [B, H, N, D]. Differentiable.
at::Tensor composedAttention(const at::Tensor& q,
                             const at::Tensor& k,
                             const at::Tensor& v,
                             const plan::FrameMask& mask,
                             const plan::TokenLayout& layout);

// The same for heads of different masks: heads that share one are computed together, as views where
// they are evenly spaced. mask.heads has one entry or H.
at::Tensor composedAttention(const at::Tensor& q,
                             const at::Tensor& k,
                             const at::Tensor& v,
                             const plan::LayerMask& mask,
                             const plan::TokenLayout& layout);

struct OutputAndLse {
    at::Tensor out;  // [B, H, N, D]
    at::Tensor lse;  // [B, H, N], natural logarithm of the sum over kept keys of exp(scaled score)
};

// Under one mask, with the log-sum-exp, without gradients.
OutputAndLse composedWithLse(const at::Tensor& q,
                             const at::Tensor& k,
                             const at::Tensor& v,
                             const plan::FrameMask& mask,
                             const plan::TokenLayout& layout);

// The gradients of q, k and v for that of the output, from the result of the same attention.
DenseGradients composedBackward(const at::Tensor& gradOutput,
                                const at::Tensor& q,
                                const at::Tensor& k,
                                const at::Tensor& v,
                                const OutputAndLse& result,
                                const plan::FrameMask& mask,
                                const plan::TokenLayout& layout);

// The same for heads of different masks.
DenseGradients composedBackward(const at::Tensor& gradOutput,
                                const at::Tensor& q,
                                const at::Tensor& k,
                                const at::Tensor& v,
                                const OutputAndLse& result,
                                const plan::LayerMask& mask,
                                const plan::TokenLayout& layout);

// masks[layer], each over layout.frames frames. Full layers and heads are plain dense attention.
std::unique_ptr<AttentionBackend> makeComposedAttention(std::vector<plan::LayerMask> masks,
                                                        const plan::TokenLayout& layout);

}  // namespace tessera::attention
