// Stands in for the CUDA kernels where the build has no CUDA compiler: no shape is supported.

#include "kernels/api/gelu.h"
#include "kernels/api/modulate.h"
#include "kernels/api/rotate.h"
#include "kernels/api/turn.h"

namespace tessera::kernels {

bool supports(const ModulateShape&) {
    return false;
}

bool supports(const RotateShape&) {
    return false;
}

bool supports(const MatrixShape&) {
    return false;
}

bool supports(const TurnShape&) {
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

Status launchColumnSum(const ColumnSum&, StreamHandle) {
    return Status::Unsupported;
}

Status launchGeluForward(const GeluForward&, StreamHandle) {
    return Status::Unsupported;
}

Status launchGeluBackward(const GeluBackward&, StreamHandle) {
    return Status::Unsupported;
}

Status launchTurn(const Turn&, StreamHandle) {
    return Status::Unsupported;
}

}  // namespace tessera::kernels
