#pragma once

// Self-attention on the CPU under masks over frames, by our own kernel: no pair outside the mask is
// computed, forward or backward. fp32 on processors with AVX2 or AVX-512, bf16 without gradients on
// those with AVX-512 BF16. Engine thread.

#include "core/attention/backend.h"
#include "core/attention/cpu_work.h"
#include "core/plan/layer_mask.h"

#include <memory>
#include <vector>

namespace tessera::attention {

// q, k, v [B, H, N, D] with N = layout.total(), in the element of the kernel, as
// kernels::chooseCpuAttention() gave it for D -> [B, H, N, D]. Differentiable in fp32; mask.heads
// has one entry or H.
at::Tensor cpuAttention(const kernels::CpuAttention& kernel,
                        const at::Tensor& q,
                        const at::Tensor& k,
                        const at::Tensor& v,
                        const plan::LayerMask& mask,
                        const plan::TokenLayout& layout);

// The same with the log-sum-exp, without gradients.
CpuResult cpuAttentionWithLse(const kernels::CpuAttention& kernel,
                              const at::Tensor& q,
                              const at::Tensor& k,
                              const at::Tensor& v,
                              const plan::LayerMask& mask,
                              const plan::TokenLayout& layout);

// masks[layer], each over layout.frames frames. attend() throws LogicError for what supports() does
// not offer.
std::unique_ptr<AttentionBackend> makeCpuAttention(std::vector<plan::LayerMask> masks,
                                                   const plan::TokenLayout& layout);

}  // namespace tessera::attention
