#pragma once

// The masks of layers as backends meet them: whether they are for the clip and the model, and
// layers whose heads have different ones. Engine thread.

#include "core/attention/backend.h"
#include "core/plan/layer_mask.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

namespace tessera::attention {

// Computes attention of some heads, all of one mask: q, k, v [B, H, N, D] -> [B, H, N, D].
using AttendHeads = std::function<at::Tensor(
    const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const plan::FrameMask& mask)>;

// The heads of a group, [B, H, ...] -> [B, heads of the group, ...]: a view where they are evenly
// spaced, else a copy. Differentiable, as the next; nothing is copied from the host.
at::Tensor headsOf(const at::Tensor& x, const plan::HeadGroup& group);

// What was made of each group -> [B, H, ...], each head at its place.
at::Tensor inPlaces(const std::vector<at::Tensor>& parts,
                    const std::vector<plan::HeadGroup>& groups);

// Each mask once, with its heads.
at::Tensor byHeadGroups(const at::Tensor& q,
                        const at::Tensor& k,
                        const at::Tensor& v,
                        const plan::LayerMask& mask,
                        const AttendHeads& attend);

// Unsupported where masks over `layout` are not for the clip or the heads of `shape`.
base::Status masksFit(const std::vector<plan::LayerMask>& masks,
                      const plan::TokenLayout& layout,
                      const AttentionShape& shape);

}  // namespace tessera::attention
