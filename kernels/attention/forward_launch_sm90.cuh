#pragma once

// The launch of the forward kernel for compute capability 9.0.

#include "kernels/attention/forward_config.h"
#include "kernels/attention/forward_sm90.cuh"
#include "kernels/attention/forward_sm90.h"
#include "kernels/attention/launch_sm90.cuh"
#include "kernels/common/launched.h"

namespace tessera::kernels {

template <class C>
Status launchForward90With(const AttentionForward& a, StreamHandle handle) {
    forward90::Params p;
    const MappedRows q{a.q, a.qStrides, a.shape, a.element}, k{a.k, a.kStrides, a.shape, a.element},
        v{a.v, a.vStrides, a.shape, a.element};
    if (!mapRows(q, kGroupRows, C::kSwizzle, p.queries) ||
        !mapAll(k, C::kKeys, C::kSwizzle, p.keys) || !mapAll(v, C::kKeys, C::kSwizzle, p.values)) {
        return refused();
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
    const auto items = static_cast<int>(a.plan.itemCount * a.shape.batch);
    const int blocks =
        prepareLaunch(forward90::forwardKernel<C>, C::kSharedBytes, a.counter, items, stream);
    if (blocks == 0) {
        return refused();
    }
    forward90::forwardKernel<C><<<blocks, C::kThreads, C::kSharedBytes, stream>>>(p);
    return launched();
}

template <int kHeadSize, Element kElement>
Status launchForward90(const AttentionForward& params, StreamHandle stream) {
    using F = Forward90<kHeadSize>;
    return launchForward90With<
        forward90::Config<kHeadSize, F::kKeys, F::kGroups, F::kStages, kElement>>(params, stream);
}

}  // namespace tessera::kernels
