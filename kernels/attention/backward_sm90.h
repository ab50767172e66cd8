#pragma once

// One instance of the backward kernel for compute capability 9.0, as the dispatch calls it.

#include "kernels/api/attention.h"

namespace tessera::kernels {

template <int kHeadSize, Element kElement>
Status launchBackward90(const AttentionBackward& params, StreamHandle stream);

extern template Status launchBackward90<64, Element::Bf16>(const AttentionBackward&, StreamHandle);
extern template Status launchBackward90<96, Element::Bf16>(const AttentionBackward&, StreamHandle);
extern template Status launchBackward90<128, Element::Bf16>(const AttentionBackward&, StreamHandle);
extern template Status launchBackward90<64, Element::Fp16>(const AttentionBackward&, StreamHandle);
extern template Status launchBackward90<96, Element::Fp16>(const AttentionBackward&, StreamHandle);
extern template Status launchBackward90<128, Element::Fp16>(const AttentionBackward&, StreamHandle);

}  // namespace tessera::kernels
