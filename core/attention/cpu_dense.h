#pragma once

// The host half of the CPU kernel: checks, memory, threads. Engine thread.

namespace at {
class Tensor;
}

namespace tessera::attention {

// Whether attendOnCpu() computes these: bf16 on the CPU, head size 64, no gradients wanted, a
// processor with bf16.
bool isForCpuKernel(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v);

// softmax(q k^T / sqrt(D)) v for [B, H, N, 64] bf16 in any strides with contiguous channels -> [B,
// H, N, 64], laid out as [B, N, H, 64] in memory so that joining the heads costs nothing.
at::Tensor attendOnCpu(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v);

}  // namespace tessera::attention
