#pragma once

// One instance of the backward kernel for compute capability 8.0, as the dispatch calls it. The
// products and the zeros of querySums are there before, and gradQ is made of the sums behind it
// (backward_rows.h).

#include "kernels/api/attention.h"

namespace tessera::kernels {

template <int kHeadSize, Element kElement>
Status launchBackward80(const AttentionBackward& params, StreamHandle stream);

extern template Status launchBackward80<64, Element::Bf16>(const AttentionBackward&, StreamHandle);
extern template Status launchBackward80<96, Element::Bf16>(const AttentionBackward&, StreamHandle);
extern template Status launchBackward80<128, Element::Bf16>(const AttentionBackward&, StreamHandle);
extern template Status launchBackward80<64, Element::Fp16>(const AttentionBackward&, StreamHandle);
extern template Status launchBackward80<96, Element::Fp16>(const AttentionBackward&, StreamHandle);
extern template Status launchBackward80<128, Element::Fp16>(const AttentionBackward&, StreamHandle);

}  // namespace tessera::kernels
