#pragma once

// One instance of the forward kernel for compute capability 9.0, as the dispatch calls it.

#include "kernels/api/attention.h"

namespace tessera::kernels {

template <int kHeadSize, Element kElement>
Status launchForward90(const AttentionForward& params, StreamHandle stream);

extern template Status launchForward90<64, Element::Bf16>(const AttentionForward&, StreamHandle);
extern template Status launchForward90<96, Element::Bf16>(const AttentionForward&, StreamHandle);
extern template Status launchForward90<128, Element::Bf16>(const AttentionForward&, StreamHandle);
extern template Status launchForward90<64, Element::Fp16>(const AttentionForward&, StreamHandle);
extern template Status launchForward90<96, Element::Fp16>(const AttentionForward&, StreamHandle);
extern template Status launchForward90<128, Element::Fp16>(const AttentionForward&, StreamHandle);

}  // namespace tessera::kernels
