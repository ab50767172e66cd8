#pragma once

// What the tests of attention hold kernels to.

#include "core/plan/layer_mask.h"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <vector>

namespace tessera::attention {

// The CPU, and a GPU where there is one.
std::vector<c10::Device> devices();

// [N, N] bool: which pairs are kept, from the rule, token by token.
at::Tensor maskOfTokens(const plan::FrameMask& mask, const plan::TokenLayout& layout);

// [H, N, N] bool.
at::Tensor maskOfTokens(const plan::LayerMask& mask,
                        const plan::TokenLayout& layout,
                        std::int64_t heads);

struct OutputAndLseInDouble {
    at::Tensor out;  // [B, H, N, D] fp64 on the CPU
    at::Tensor lse;  // [B, H, N]
};

// Softmax over the kept pairs in fp64, differentiable.
OutputAndLseInDouble softmaxUnder(const at::Tensor& kept,
                                  const at::Tensor& q,
                                  const at::Tensor& k,
                                  const at::Tensor& v);

struct Whole {
    at::Tensor out, lse;
    at::Tensor gradQ, gradK, gradV;
};

// The same with the gradients for that of the output, all fp64 on the CPU.
Whole bySoftmax(const at::Tensor& q,
                const at::Tensor& k,
                const at::Tensor& v,
                const at::Tensor& kept,
                const at::Tensor& gradOut);

// ||got - wanted|| / ||wanted||.
double relativeError(const at::Tensor& got, const at::Tensor& wanted);

}  // namespace tessera::attention
