#pragma once

// What the launches of the kernels for compute capability 9.0 share.

#include "kernels/attention/copy_sm90.cuh"
#include "kernels/common/tensor_map.h"

#include <cuda_runtime.h>

#include <algorithm>

namespace tessera::kernels {

// False where the driver refuses.
inline bool mapAll(const MappedRows& rows, int boxRows, int swizzle, sm90::RowMaps& maps) {
    return mapRows(rows, boxRows, swizzle, maps.flat) &&
           mapText(rows, boxRows, swizzle, maps.text) &&
           mapFrames(rows, boxRows, swizzle, maps.frames);
}

// Room for a kernel of one block a multiprocessor, and its counter of items at zero. Returns the
// blocks to launch, 0 where the device refuses.
template <typename Kernel>
int prepareLaunch(
    Kernel* kernel, int sharedBytes, std::int32_t* counter, int items, cudaStream_t stream) {
    int device = 0, processors = 0;
    const bool isReady =
        cudaGetDevice(&device) == cudaSuccess &&
        cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device) ==
            cudaSuccess &&
        cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, sharedBytes) ==
            cudaSuccess &&
        cudaMemsetAsync(counter, 0, sizeof(std::int32_t), stream) == cudaSuccess;
    return isReady ? std::min(processors, items) : 0;
}

}  // namespace tessera::kernels
