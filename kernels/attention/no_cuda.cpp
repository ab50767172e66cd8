// Stands in for the CUDA kernels of attention that every device shares, where the build has no CUDA
// compiler.

#include "kernels/attention/backward_rows.h"

namespace tessera::kernels {

Status launchBackwardProducts(const AttentionBackward&, StreamHandle) {
    return Status::Unsupported;
}

Status launchGradQ(const AttentionBackward&, StreamHandle) {
    return Status::Unsupported;
}

}  // namespace tessera::kernels
