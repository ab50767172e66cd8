#pragma once

// One instance of the forward kernel for compute capability 8.0, as the dispatch calls it.

#include "kernels/api/attention.h"

namespace tessera::kernels {

template <int kHeadSize, Element kElement>
Status launchForward80(const AttentionForward& params, StreamHandle stream);

extern template Status launchForward80<64, Element::Bf16>(const AttentionForward&, StreamHandle);
extern template Status launchForward80<96, Element::Bf16>(const AttentionForward&, StreamHandle);
extern template Status launchForward80<128, Element::Bf16>(const AttentionForward&, StreamHandle);
extern template Status launchForward80<64, Element::Fp16>(const AttentionForward&, StreamHandle);
extern template Status launchForward80<96, Element::Fp16>(const AttentionForward&, StreamHandle);
extern template Status launchForward80<128, Element::Fp16>(const AttentionForward&, StreamHandle);

}  // namespace tessera::kernels
