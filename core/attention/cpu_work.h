#pragma once

// The host half of the CPU kernel: packs keys and values, and spreads tiles of rows over all
// threads. Each tile is computed by one thread from what is packed, so that results are the same
// bits for every number of threads. Engine thread.

#include "core/attention/cpu_segments.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace tessera::attention {

// The kernel of this processor for fp32 or bf16 tensors, or why there is none.
kernels::CpuAttentionChoice cpuKernelFor(c10::ScalarType type, std::int64_t headSize);

struct CpuResult {
    at::Tensor out;  // [B, H, N, D], laid out as [B, N, H, D]: joining the heads costs nothing
    at::Tensor lse;  // [B, H, N] fp32, natural logarithm; undefined where not asked for
};

struct CpuGradients {
    at::Tensor q, k, v;  // laid out like the output
};

// q [B, H, N, D], k and v [B, H, M, D] in the element of the kernel and any strides. Every head is
// in one pattern.
CpuResult attendInTiles(const kernels::CpuAttention& kernel,
                        const std::vector<CpuPattern>& patterns,
                        const at::Tensor& q,
                        const at::Tensor& k,
                        const at::Tensor& v,
                        bool wantsLse);

// `out` and `lse` as attendInTiles() made them; fp32.
CpuGradients gradientsInTiles(const kernels::CpuAttention& kernel,
                              const std::vector<CpuPattern>& patterns,
                              const at::Tensor& gradOut,
                              const at::Tensor& q,
                              const at::Tensor& k,
                              const at::Tensor& v,
                              const CpuResult& result);

}  // namespace tessera::attention
