#pragma once

// The launch of the backward kernel for compute capability 8.0.

#include "kernels/attention/backward_config.h"
#include "kernels/attention/backward_sm80.cuh"
#include "kernels/attention/backward_sm80.h"
#include "kernels/common/launched.h"

#include <cuda_runtime.h>

namespace tessera::kernels {

template <class C>
Status launchBackward80With(const AttentionBackward& a, StreamHandle stream) {
    constexpr float kLog2E = 1.44269504f;
    const backward80::Params p{a, a.shape.rows(), a.scale * kLog2E};
    if (cudaFuncSetAttribute(backward80::backwardKernel<C>,
                             cudaFuncAttributeMaxDynamicSharedMemorySize,
                             C::kSharedBytes) != cudaSuccess) {
        return refused();
    }
    const auto blocks = static_cast<unsigned>(a.plan.itemCount * a.shape.batch);
    backward80::backwardKernel<C>
        <<<blocks, C::kThreads, C::kSharedBytes, static_cast<cudaStream_t>(stream)>>>(p);
    return launched();
}

template <int kHeadSize, Element kElement>
Status launchBackward80(const AttentionBackward& params, StreamHandle stream) {
    using B = Backward80<kHeadSize>;
    using C = backward80::Config<kHeadSize,
                                 B::kQueries,
                                 B::kWarps,
                                 B::kBlocks,
                                 B::kPart,
                                 B::kStays,
                                 B::kGradStages,
                                 B::kAtOnce,
                                 kElement>;
    static_assert(C::kKeys == B::kKeys);
    return launchBackward80With<C>(params, stream);
}

}  // namespace tessera::kernels
