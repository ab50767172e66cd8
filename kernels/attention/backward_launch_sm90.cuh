#pragma once

// The launch of the backward kernel proper for compute capability 9.0: products and the sums of
// gradQ are ready for it, and gradQ itself comes after.

#include "kernels/attention/backward_config.h"
#include "kernels/attention/backward_sm90.cuh"
#include "kernels/attention/backward_sm90.h"
#include "kernels/attention/launch_sm90.cuh"
#include "kernels/common/launched.h"

namespace tessera::kernels {

template <class C>
Status launchBackward90With(const AttentionBackward& a, StreamHandle handle) {
    using backward90::backwardKernel;
    using backward90::kKeys;
    backward90::Params p;
    if (!mapAll({a.q, a.qStrides, a.shape, a.element}, C::kQueries, C::kSwizzle, p.queries) ||
        !mapAll(
            {a.gradOut, a.gradOutStrides, a.shape, a.element}, C::kQueries, C::kSwizzle, p.grads) ||
        !mapAll({a.k, a.kStrides, a.shape, a.element}, kKeys, C::kSwizzle, p.keys) ||
        !mapAll({a.v, a.vStrides, a.shape, a.element}, kKeys, C::kSwizzle, p.values)) {
        return refused();
    }
    constexpr float kLog2E = 1.44269504f;
    p.shape = a.shape;
    p.plan = a.plan;
    p.gradK = a.gradK;
    p.gradV = a.gradV;
    p.gradKStrides = a.gradKStrides;
    p.gradVStrides = a.gradVStrides;
    p.rows = a.shape.rows();
    p.lse = a.lse;
    p.products = a.products;
    p.querySums = a.querySums;
    p.scale = a.scale;
    p.scaleLog2 = a.scale * kLog2E;
    p.counter = a.counter;
    const auto stream = static_cast<cudaStream_t>(handle);
    const auto items = static_cast<int>(a.plan.itemCount * a.shape.batch);
    constexpr int kSharedBytes = backward90::sharedBytes<C>();
    const int blocks = prepareLaunch(backwardKernel<C>, kSharedBytes, a.counter, items, stream);
    if (blocks == 0) {
        return refused();
    }
    backwardKernel<C><<<blocks, backward90::kThreads, kSharedBytes, stream>>>(p);
    return launched();
}

template <int kHeadSize, Element kElement>
Status launchBackward90(const AttentionBackward& params, StreamHandle stream) {
    using B = Backward90<kHeadSize>;
    static_assert(B::kKeys == backward90::kKeys);
    using C =
        backward90::Config<kHeadSize, B::kQueries, B::kStages, B::kShare, B::kPacksLate, kElement>;
    return launchBackward90With<C>(params, stream);
}

}  // namespace tessera::kernels
