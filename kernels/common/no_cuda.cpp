// Stands in for the CUDA kernels where the build has no CUDA compiler: no shape is supported.

#include "kernels/api/modulate.h"
#include "kernels/api/rotate.h"

namespace tessera::kernels {

bool supports(const ModulateShape&) {
    return false;
}

bool supports(const RotateShape&) {
    return false;
}

Status launchModulateForward(const ModulateForward&, StreamHandle) {
    return Status::Unsupported;
}

Status launchModulateBackward(const ModulateBackward&, StreamHandle) {
    return Status::Unsupported;
}

Status launchRotateForward(const RotateForward&, StreamHandle) {
    return Status::Unsupported;
}

Status launchRotateBackward(const RotateBackward&, StreamHandle) {
    return Status::Unsupported;
}

}  // namespace tessera::kernels
