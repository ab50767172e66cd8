#pragma once

// What the backward pass does row by row, before and after the kernel proper. Any device of compute
// capability 8.0 or above; bound by memory alone. Unsupported for heads of other than 64, 96 or 128
// channels, and for fp16 where the build does not have it.

#include "kernels/api/attention.h"

namespace tessera::kernels {

// products = out gradOut^T, row by row; querySums = 0.
Status launchBackwardProducts(const AttentionBackward& params, StreamHandle stream);

// gradQ = scale * querySums.
Status launchGradQ(const AttentionBackward& params, StreamHandle stream);

}  // namespace tessera::kernels
