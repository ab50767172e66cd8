#pragma once

// How the kernels that sum over rows lie on a matrix: a block of threads has one run of rows and a
// stripe of columns, a warp one row of the stripe at a time, a thread eight columns.

#include "kernels/api/column_sum.h"
#include "kernels/common/run.cuh"

namespace tessera::kernels {

constexpr int kStripeColumns = 8;  // of a thread
constexpr int kStripeWidth = 32 * kStripeColumns;
constexpr int kStripeWarps = 8;
constexpr int kStripeThreads = 32 * kStripeWarps;

using StripeRun = Run<kStripeColumns>;

// A thread's rows are first, first + kStripeWarps, ... < end.
struct StripePlace {
    std::int64_t column, first, end;
    bool isInside;  // the last stripe may be wider than the matrix

    __device__ explicit StripePlace(const MatrixShape& shape) {
        const auto begin = static_cast<std::int64_t>(blockIdx.x) * kColumnRun;
        end = min(begin + kColumnRun, shape.rows);
        first = begin + threadIdx.x / 32;
        column = static_cast<std::int64_t>(blockIdx.y) * kStripeWidth +
                 kStripeColumns * static_cast<std::int64_t>(threadIdx.x % 32);
        isInside = column < shape.width;
    }
};

// Adds up what the warps gathered, always in the same order, and writes it as the sums of this run.
// Every thread of the block calls it.
__device__ inline void writeStripe(const StripePlace& place,
                                   const StripeRun& gathered,
                                   const MatrixShape& shape,
                                   float* partial) {
    __shared__ float sums[kStripeWarps][kStripeWidth];
#pragma unroll
    for (int i = 0; i < kStripeColumns; ++i) {
        sums[threadIdx.x / 32][kStripeColumns * (threadIdx.x % 32) + i] = gathered.v[i];
    }
    __syncthreads();
    const std::int64_t column = static_cast<std::int64_t>(blockIdx.y) * kStripeWidth + threadIdx.x;
    if (column >= shape.width) {
        return;
    }
    float total = 0.0f;
#pragma unroll
    for (int warp = 0; warp < kStripeWarps; ++warp) {
        total += sums[warp][threadIdx.x];
    }
    partial[static_cast<std::int64_t>(blockIdx.x) * shape.width + column] = total;
}

constexpr int kSumWarps = 16;

// partial [runs, width] -> sums [width]: a block has 32 columns, a warp every kSumWarps-th run.
static __global__ void __launch_bounds__(32 * kSumWarps)
    sumRunsKernel(const float* partial, std::int64_t runs, std::int64_t width, void* sums) {
    __shared__ float others[kSumWarps][32];
    const std::int64_t column = static_cast<std::int64_t>(blockIdx.x) * 32 + threadIdx.x % 32;
    float total = 0.0f;
    if (column < width) {
#pragma unroll 8
        for (std::int64_t run = threadIdx.x / 32; run < runs; run += kSumWarps) {
            total += partial[run * width + column];
        }
    }
    others[threadIdx.x / 32][threadIdx.x % 32] = total;
    __syncthreads();
    if (threadIdx.x >= 32 || column >= width) {
        return;
    }
    total = 0.0f;
#pragma unroll
    for (int warp = 0; warp < kSumWarps; ++warp) {
        total += others[warp][threadIdx.x];
    }
    static_cast<__nv_bfloat16*>(sums)[column] = __float2bfloat16_rn(total);
}

// Launches the second pass, and says how both went.
inline Status sumRuns(const MatrixShape& shape,
                      const float* partial,
                      void* sums,
                      cudaStream_t stream) {
    const auto blocks = static_cast<unsigned>((shape.width + 31) / 32);
    sumRunsKernel<<<blocks, 32 * kSumWarps, 0, stream>>>(
        partial, columnRuns(shape), shape.width, sums);
    return cudaGetLastError() == cudaSuccess ? Status::Ok : Status::LaunchFailed;
}

inline dim3 stripeBlocks(const MatrixShape& shape) {
    return {static_cast<unsigned>(columnRuns(shape)),
            static_cast<unsigned>((shape.width + kStripeWidth - 1) / kStripeWidth)};
}

}  // namespace tessera::kernels
