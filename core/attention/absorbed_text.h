#pragma once

// Cross-attention over a text that is short beside the width of the model: its two projections are
// multiplied into the keys and values of the text, so that a token of the video meets two products
// of heads x L columns in place of two of D ("weight absorption"; DeepSeek-V2, arXiv 2405.04434,
// section 2.1.2). Engine thread.

#include <ATen/core/Tensor.h>

namespace tessera::attention {

struct TextProjections {
    at::Tensor queryWeight, queryBias;  // [D, D], [D]
    at::Tensor outWeight, outBias;      // likewise
};

// key [B, H, L, D / H]. Whether attendAbsorbed() is the quicker way: on the CPU, over a short text,
// where no gradient is wanted.
bool isQuickerAbsorbed(const at::Tensor& x, const at::Tensor& key, const TextProjections& weights);

// softmax(query(x) key^T / sqrt(D / H)) value, its heads joined and through `out`: x [B, N, D], key
// and value [B, H, L, D / H], mask [B, 1, 1, L] bool (true = a real token, of which every text has
// one) or undefined when all are -> [B, N, D] in the type of x. No gradients.
at::Tensor attendAbsorbed(const at::Tensor& x,
                          const at::Tensor& key,
                          const at::Tensor& value,
                          const at::Tensor& mask,
                          const TextProjections& weights);

}  // namespace tessera::attention
