#pragma once

// The launch of the forward kernel for compute capability 8.0.

#include "kernels/attention/forward_config.h"
#include "kernels/attention/forward_sm80.cuh"
#include "kernels/attention/forward_sm80.h"
#include "kernels/common/launched.h"

#include <cuda_runtime.h>

namespace tessera::kernels {

template <class C>
Status launchForward80With(const AttentionForward& a, StreamHandle stream) {
    constexpr float kLog2E = 1.44269504f;
    const forward80::Params p{a, a.shape.rows(), a.scale * kLog2E};
    if (cudaFuncSetAttribute(forward80::forwardKernel<C>,
                             cudaFuncAttributeMaxDynamicSharedMemorySize,
                             C::kSharedBytes) != cudaSuccess) {
        return refused();
    }
    const auto blocks = static_cast<unsigned>(a.plan.itemCount * a.shape.batch);
    forward80::forwardKernel<C>
        <<<blocks, C::kThreads, C::kSharedBytes, static_cast<cudaStream_t>(stream)>>>(p);
    return launched();
}

template <int kHeadSize, Element kElement>
Status launchForward80(const AttentionForward& params, StreamHandle stream) {
    using F = Forward80<kHeadSize>;
    using C = forward80::Config<kHeadSize, F::kKeys, F::kAtOnce, F::kStays, kElement>;
    static_assert(C::kGroups == F::kGroups);
    return launchForward80With<C>(params, stream);
}

}  // namespace tessera::kernels
