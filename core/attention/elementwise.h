#pragma once

// The elementwise work of a transformer block around its matrix products, each a single pass over
// memory on CUDA in bf16 (kernels/api/modulate.h, rotate.h, turn.h) and, without gradients, on the
// CPU (cpu_elementwise.h), a few operators of LibTorch elsewhere. Differentiable. Engine thread.

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tessera::attention {

// x + gate * branch: x, branch [B, N, D], gate [B, 1, D].
at::Tensor gatedSum(const at::Tensor& x, const at::Tensor& branch, const at::Tensor& gate);

struct SumAndNorm {
    at::Tensor sum;  // [B, N, D]
    at::Tensor out;  // [B, N, D]
};

// sum = x + gate * branch; out = LayerNorm(sum) * (1 + scale) + shift, the norm without weights.
// gate, shift, scale [B, 1, D]; without a branch sum is x, without a gate the gate is 1
// (undefined tensors).
SumAndNorm sumAndNorm(const at::Tensor& x,
                      const at::Tensor& branch,
                      const at::Tensor& gate,
                      const at::Tensor& shift,
                      const at::Tensor& scale,
                      double epsilon);

struct Heads {
    at::Tensor query, key, value;  // [B, H, N, D]
};

// Weights [D] of the norms and tables [N, 1, D] of the rotation.
struct HeadTurn {
    at::Tensor queryWeight, keyWeight;
    at::Tensor cosine, sine;  // the sine carries the sign of rotate-half
};

// Splits the packed projection [B, N, 3 H D] (q, k, v); RMS norm over a head and rotation of its
// channels for the queries and the keys.
Heads rotatedHeads(const at::Tensor& packed,
                   const HeadTurn& turn,
                   std::int64_t heads,
                   double epsilon);

struct QueryAndKey {
    at::Tensor query, key;  // [B, H, N, D]
};

// Tables [N, D / 2] of the angles of each axis, one axis after the other; within the `span`
// channels of an axis, channel j turns with j + span / 2.
struct AxisTurn {
    at::Tensor cosine, sine;
    std::int64_t span = 0;
};

// Splits queries and keys [B, N, H D] into heads and turns their channels; no norm.
QueryAndKey turnedHeads(const at::Tensor& query,
                        const at::Tensor& key,
                        const AxisTurn& turn,
                        std::int64_t heads);

}  // namespace tessera::attention
