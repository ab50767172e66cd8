#pragma once

// The kernels behind elementwise.h as differentiable functions: on CUDA tensors those of the
// device, on CPU tensors their reference, so that the gradients are tested without a GPU. bf16.

#include "core/attention/elementwise.h"

namespace tessera::attention {

// True where the device's kernels serve x [B, N, D].
bool hasKernelFor(const at::Tensor& x);

// True where they serve the packed projection [B, N, 3 H D].
bool hasKernelFor(const at::Tensor& packed, std::int64_t heads);

// True where they turn queries and keys [B, N, H D].
bool hasKernelFor(const at::Tensor& query, const AxisTurn& turn, std::int64_t heads);

// As sumAndNorm(); without shift and scale only the sum is computed, and `out` is undefined.
SumAndNorm kernelSumAndNorm(const at::Tensor& x,
                            const at::Tensor& branch,
                            const at::Tensor& gate,
                            const at::Tensor& shift,
                            const at::Tensor& scale,
                            double epsilon);

// As rotatedHeads().
Heads kernelRotatedHeads(const at::Tensor& packed,
                         const HeadTurn& turn,
                         std::int64_t heads,
                         double epsilon);

// As turnedHeads().
QueryAndKey kernelTurnedHeads(const at::Tensor& query,
                              const at::Tensor& key,
                              const AxisTurn& turn,
                              std::int64_t heads);

}  // namespace tessera::attention
