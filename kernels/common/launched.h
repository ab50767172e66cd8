#pragma once

// What came of a launch. The runtime remembers an error until it is asked for: it is asked here, so
// that no later call takes it for its own.

#include "kernels/api/status.h"

#include <cuda_runtime_api.h>

namespace tessera::kernels {

inline Status launched() {
    return cudaGetLastError() == cudaSuccess ? Status::Ok : Status::LaunchFailed;
}

// After a call before the launch that failed.
inline Status refused() {
    cudaGetLastError();
    return Status::LaunchFailed;
}

}  // namespace tessera::kernels
