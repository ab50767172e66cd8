#pragma once

// The CPU's kernels behind elementwise.h (kernels/api/cpu_elementwise.h), without gradients; the
// same bits for every number of threads. Engine thread.

#include "core/attention/elementwise.h"

namespace tessera::attention {

// True where cpuSumAndNorm() computes these, any of which may be undefined: fp32 or bf16 on the CPU
// without gaps, no gradients wanted, a processor with the vectors for it.
bool isForCpuSumAndNorm(const at::Tensor& x,
                        const at::Tensor& branch,
                        const at::Tensor& gate,
                        const at::Tensor& shift,
                        const at::Tensor& scale);

// As sumAndNorm(); without shift and scale only the sum is computed, and `out` is undefined.
SumAndNorm cpuSumAndNorm(const at::Tensor& x,
                         const at::Tensor& branch,
                         const at::Tensor& gate,
                         const at::Tensor& shift,
                         const at::Tensor& scale,
                         double epsilon);

// True where cpuRotatedHeads() computes these.
bool isForCpuRotatedHeads(const at::Tensor& packed, const HeadTurn& turn, std::int64_t heads);

// As rotatedHeads(); the values stay where they are.
Heads cpuRotatedHeads(const at::Tensor& packed,
                      const HeadTurn& turn,
                      std::int64_t heads,
                      double epsilon);

}  // namespace tessera::attention
