#pragma once

// Attention under a mask in fp64, by its definition: what a kernel's result is held to. A small map
// is worked out whole; of a large one some heads, and in each some rows of every kind: text, and
// the ends and an inner token of each frame. Engine thread.

#include "core/plan/frame_mask.h"

#include <ATen/core/Tensor.h>

namespace tessera::bench {

struct Inputs {
    at::Tensor q, k, v;  // [1, H, N, D]
    at::Tensor gradOut;  // the same; undefined where only the forward pass is asked for
};

struct ExactRows {
    at::Tensor heads;  // [h] indices
    at::Tensor rows;   // [n] indices of tokens
    at::Tensor out;    // [h, n, D] fp64, as the next
    at::Tensor gradQ, gradK, gradV;

    // ||got - wanted|| / ||wanted|| over those rows; `wanted` is one of the tensors above, `got`
    // [1, H, N, D]. Not a number where `got` holds one.
    double errorOf(const at::Tensor& got, const at::Tensor& wanted) const;
};

// Needs a few hundred megabytes at most beside fp64 copies of one head, and for the backward pass
// of a large map the time of a dense one in fp64.
ExactRows exactRows(const Inputs& inputs,
                    const plan::FrameMask& mask,
                    const plan::TokenLayout& layout);

}  // namespace tessera::bench
