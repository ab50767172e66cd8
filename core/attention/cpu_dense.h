#pragma once

// Full attention by the CPU kernel, for models and for their cross-attention. Engine thread.

namespace at {
class Tensor;
}

namespace tessera::attention {

// Whether attendOnCpu() computes these: fp32 or bf16 on the CPU, a head size of 64, 96 or 128, no
// gradients wanted, a processor with the vectors for it.
bool isForCpuKernel(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v);

// softmax(q k^T / sqrt(D)) v for q [B, H, N, D], k and v [B, H, M, D] in any strides -> [B, H, N,
// D], laid out as [B, N, H, D] in memory so that joining the heads costs nothing.
at::Tensor attendOnCpu(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v);

}  // namespace tessera::attention
