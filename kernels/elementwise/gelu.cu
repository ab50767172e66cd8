// Forward a thread has eight numbers and nothing else; backward it walks down its columns, so that
// the bias's gradient costs no pass of its own.

#include "kernels/api/gelu.h"
#include "kernels/common/launched.h"
#include "kernels/elementwise/columns.cuh"

namespace tessera::kernels {
namespace {

constexpr int kThreads = 256;
constexpr float kTwoRootTwoOverPi = 1.5957691216057308f;  // 2 sqrt(2 / pi)
constexpr float kCubic = 0.044715f;

// 1 / (1 + exp(-2 sqrt(2 / pi) (x + 0.044715 x^3))): 0 where the exponential is infinite. Both
// intrinsics are within a few units of fp32's last place, far below bf16's.
__device__ float share(float x) {
    const float inner = kTwoRootTwoOverPi * x * (1.0f + kCubic * x * x);
    return __fdividef(1.0f, 1.0f + __expf(-inner));
}

__global__ void __launch_bounds__(kThreads) forwardKernel(const GeluForward p, std::int64_t runs) {
    const std::int64_t run = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    if (run >= runs) {
        return;
    }
    StripeRun x = StripeRun::load(p.x, run * kStripeColumns);
#pragma unroll
    for (float& each : x.v) {
        each *= share(each);
    }
    x.store(p.out, run * kStripeColumns);
}

__global__ void __launch_bounds__(kStripeThreads) backwardKernel(const GeluBackward p) {
    const StripePlace place(p.shape);
    StripeRun gathered = StripeRun::filled(0.0f);
    if (place.isInside) {
#pragma unroll 2
        for (std::int64_t row = place.first; row < place.end; row += kStripeWarps) {
            const std::int64_t at = row * p.shape.width + place.column;
            const StripeRun x = StripeRun::load(p.x, at);
            StripeRun gradient = StripeRun::load(p.gradOut, at);
#pragma unroll
            for (int i = 0; i < kStripeColumns; ++i) {
                const float part = share(x.v[i]);
                const float inner = kTwoRootTwoOverPi * (1.0f + 3.0f * kCubic * x.v[i] * x.v[i]);
                // Where x^2 leaves fp32's range the share is 0 or 1: no bend, not 0 times infinity.
                const float bend = part * (1.0f - part);
                const float slope = part + (bend > 0.0f ? x.v[i] * bend * inner : 0.0f);
                // The bias's gradient is the sum of what is written.
                gradient.v[i] = __bfloat162float(__float2bfloat16_rn(gradient.v[i] * slope));
                gathered.v[i] += gradient.v[i];
            }
            gradient.store(p.gradX, at);
        }
    }
    writeStripe(place, gathered, p.shape, p.partial);
}

}  // namespace

Status launchGeluForward(const GeluForward& p, StreamHandle stream) {
    if (!supports(p.shape)) {
        return Status::Unsupported;
    }
    const std::int64_t runs = p.shape.rows * p.shape.width / kStripeColumns;
    const auto blocks = static_cast<unsigned>((runs + kThreads - 1) / kThreads);
    forwardKernel<<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(p, runs);
    return launched();
}

Status launchGeluBackward(const GeluBackward& p, StreamHandle stream) {
    if (!supports(p.shape)) {
        return Status::Unsupported;
    }
    const auto on = static_cast<cudaStream_t>(stream);
    backwardKernel<<<stripeBlocks(p.shape), kStripeThreads, 0, on>>>(p);
    return sumRuns(p.shape, p.partial, p.sums, on);
}

}  // namespace tessera::kernels
