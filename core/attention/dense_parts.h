#pragma once

// One dense attention whose log-sum-exp is seen, and its backward against an output and a
// log-sum-exp that may be those of a larger softmax: what composed attention is made of. Not
// differentiable by itself. Engine thread.

#include <ATen/core/Tensor.h>

namespace tessera::attention {

struct DensePart {
    at::Tensor out;  // [B, H, N, D] in the type of q
    at::Tensor lse;  // [B, H, N] fp32, fp64 where q is
};

// q [B, H, N, D], k and v [B, H, M, D]; strides as they are.
DensePart densePart(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v);

struct DenseGradients {
    at::Tensor q, k, v;
};

// `out` and `lse` of the rows of q over all their keys, of which k and v may be some.
DenseGradients densePartBackward(const at::Tensor& gradOut,
                                 const at::Tensor& q,
                                 const at::Tensor& k,
                                 const at::Tensor& v,
                                 const at::Tensor& out,
                                 const at::Tensor& lse);

}  // namespace tessera::attention
