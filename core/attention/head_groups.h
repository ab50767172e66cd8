#pragma once

// Layers whose heads have different masks, for kernels that take one mask at a time. Engine thread.

#include "core/plan/layer_mask.h"

#include <ATen/core/Tensor.h>

#include <functional>

namespace tessera::attention {

// Computes attention of some heads, all of one mask: q, k, v [B, H, N, D] -> [B, H, N, D].
using AttendHeads = std::function<at::Tensor(
    const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const plan::FrameMask& mask)>;

// Each mask once, with its heads: views where they are evenly spaced.
at::Tensor byHeadGroups(const at::Tensor& q,
                        const at::Tensor& k,
                        const at::Tensor& v,
                        const plan::LayerMask& mask,
                        const AttendHeads& attend);

}  // namespace tessera::attention
