#pragma once

// What a launch of a kernel comes to. Kernels neither throw nor exit.

namespace tessera::kernels {

enum class Status {
    Ok,
    Unsupported,   // not a shape that this build has an instance for
    LaunchFailed,  // the device refused the launch
};

// A cudaStream_t; ignored where there is no CUDA.
using StreamHandle = void*;

}  // namespace tessera::kernels
