// The matrix is read once, 16 bytes a load, several rows of a thread under way at a time: bound by
// memory alone.

#include "kernels/common/launched.h"
#include "kernels/elementwise/columns.cuh"

namespace tessera::kernels {
namespace {

__global__ void __launch_bounds__(kStripeThreads) columnSumKernel(const ColumnSum p) {
    const StripePlace place(p.shape);
    StripeRun gathered = StripeRun::filled(0.0f);
    if (place.isInside) {
#pragma unroll 4
        for (std::int64_t row = place.first; row < place.end; row += kStripeWarps) {
            const StripeRun x = StripeRun::load(p.x, row * p.shape.width + place.column);
#pragma unroll
            for (int i = 0; i < kStripeColumns; ++i) {
                gathered.v[i] += x.v[i];
            }
        }
    }
    writeStripe(place, gathered, p.shape, p.partial);
}

}  // namespace

bool supports(const MatrixShape& shape) {
    constexpr std::int64_t kMostStripes = 65535;
    return shape.rows > 0 && shape.width > 0 && shape.width % kStripeColumns == 0 &&
           shape.width <= kMostStripes * kStripeWidth;
}

Status launchColumnSum(const ColumnSum& p, StreamHandle stream) {
    if (!supports(p.shape)) {
        return Status::Unsupported;
    }
    const auto on = static_cast<cudaStream_t>(stream);
    columnSumKernel<<<stripeBlocks(p.shape), kStripeThreads, 0, on>>>(p);
    return sumRuns(p.shape, p.partial, p.sums, on);
}

}  // namespace tessera::kernels
