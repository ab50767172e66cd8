#pragma once

// The launch of the forward kernel for compute capability 9.0.

#include "kernels/attention/forward_config.h"
#include "kernels/attention/forward_sm90.cuh"
#include "kernels/attention/forward_sm90.h"
#include "kernels/common/tensor_map.h"

#include <cuda_runtime.h>

#include <algorithm>

namespace tessera::kernels {

template <class C>
Status launchForward90With(const AttentionForward& a, StreamHandle handle) {
    forward90::Params p;
    const MappedRows q{a.q, a.qStrides, a.shape}, k{a.k, a.kStrides, a.shape},
        v{a.v, a.vStrides, a.shape};
    if (!mapRows(q, kGroupRows, C::kSwizzle, p.queries) ||
        !mapRows(k, C::kKeys, C::kSwizzle, p.keys) ||
        !mapRows(v, C::kKeys, C::kSwizzle, p.values) ||
        !mapText(k, C::kKeys, C::kSwizzle, p.textKeys) ||
        !mapText(v, C::kKeys, C::kSwizzle, p.textValues) ||
        !mapFrames(k, C::kKeys, C::kSwizzle, p.frameKeys) ||
        !mapFrames(v, C::kKeys, C::kSwizzle, p.frameValues)) {
        return Status::LaunchFailed;
    }
    constexpr float kLog2E = 1.44269504f;
    p.shape = a.shape;
    p.rows = a.shape.rows();
    p.plan = a.plan;
    p.out = a.out;
    p.outStrides = a.outStrides;
    p.lse = a.lse;
    p.scaleLog2 = a.scale * kLog2E;
    p.counter = a.counter;
    const auto stream = static_cast<cudaStream_t>(handle);
    int device = 0, processors = 0;
    if (cudaGetDevice(&device) != cudaSuccess ||
        cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device) !=
            cudaSuccess ||
        cudaFuncSetAttribute(forward90::forwardKernel<C>,
                             cudaFuncAttributeMaxDynamicSharedMemorySize,
                             C::kSharedBytes) != cudaSuccess ||
        cudaMemsetAsync(a.counter, 0, sizeof(std::int32_t), stream) != cudaSuccess) {
        return Status::LaunchFailed;
    }
    const auto items = static_cast<int>(a.plan.itemCount * a.shape.batch);
    forward90::forwardKernel<C>
        <<<std::min(processors, items), C::kThreads, C::kSharedBytes, stream>>>(p);
    return cudaGetLastError() == cudaSuccess ? Status::Ok : Status::LaunchFailed;
}

template <int kHeadSize>
Status launchForward90(const AttentionForward& params, StreamHandle stream) {
    using F = Forward90<kHeadSize>;
    return launchForward90With<forward90::Config<kHeadSize, F::kKeys, F::kGroups, F::kStages>>(
        params, stream);
}

}  // namespace tessera::kernels
