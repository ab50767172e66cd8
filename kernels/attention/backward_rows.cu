// Four lanes take a row, each every fourth piece of 16 bytes: all lanes have work at every size of
// a head, and a warp reads whole sectors. Nothing is read or written twice.

#include "kernels/attention/backward_rows.h"
#include "kernels/common/launched.h"
#include "kernels/common/run.cuh"

namespace tessera::kernels {
namespace {

constexpr int kThreads = 256;
constexpr int kLanes = 4;  // of a row
constexpr int kRows = kThreads / kLanes;
constexpr int kColumns = 8;  // of a piece

template <Element kElement>
using Eight = Run<kColumns, kElement>;

// Where a thread stands.
struct Place {
    std::int64_t batch, head, row;
    std::int64_t among;  // the rows of [batch, heads, rows]
    int column;          // of its first piece; the next ones lie kLanes pieces further

    __device__ Place(const AttentionShape& shape, std::int64_t rows)
        : batch(blockIdx.z),
          head(blockIdx.y),
          row(static_cast<std::int64_t>(blockIdx.x) * kRows + threadIdx.x / kLanes),
          among((batch * shape.heads + head) * rows + row),
          column(static_cast<int>(threadIdx.x) % kLanes * kColumns) {}

    __device__ std::int64_t in(const RowStrides& strides) const {
        return batch * strides.batch + head * strides.head + row * strides.row;
    }
};

template <int kHeadSize, Element kElement>
__global__ void __launch_bounds__(kThreads)
    productsKernel(const AttentionBackward p, std::int64_t rows) {
    const Place place(p.shape, rows);
    const bool isRow = place.row < rows;  // all lanes take part in the sums
    float sum = 0.0f;
    if (isRow) {
        const std::int64_t out = place.in(p.outStrides), gradient = place.in(p.gradOutStrides);
        auto* zeros = reinterpret_cast<float4*>(p.querySums + place.among * kHeadSize);
#pragma unroll
        for (int column = 0; column < kHeadSize; column += kLanes * kColumns) {
            const auto o = Eight<kElement>::load(p.out, out + column + place.column);
            const auto g = Eight<kElement>::load(p.gradOut, gradient + column + place.column);
#pragma unroll
            for (int i = 0; i < kColumns; ++i) {
                sum += o.v[i] * g.v[i];
            }
        }
#pragma unroll
        for (int i = 0; i < kHeadSize / 4; i += kLanes) {
            zeros[i + place.column / kColumns] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        }
    }
    sum = sumOfLanes<kLanes>(sum);
    if (isRow && place.column == 0) {
        p.products[place.among] = sum;
    }
}

template <int kHeadSize, Element kElement>
__global__ void __launch_bounds__(kThreads)
    gradQKernel(const AttentionBackward p, std::int64_t rows) {
    const Place place(p.shape, rows);
    if (place.row >= rows) {
        return;
    }
    const std::int64_t to = place.in(p.gradQStrides);
    const float* sums = p.querySums + place.among * kHeadSize;
#pragma unroll
    for (int column = 0; column < kHeadSize; column += kLanes * kColumns) {
        const auto* from = reinterpret_cast<const float4*>(sums + column + place.column);
        const float4 low = from[0], high = from[1];
        const Eight<kElement> gradient{low.x * p.scale,
                                       low.y * p.scale,
                                       low.z * p.scale,
                                       low.w * p.scale,
                                       high.x * p.scale,
                                       high.y * p.scale,
                                       high.z * p.scale,
                                       high.w * p.scale};
        gradient.store(p.gradQ, to + column + place.column);
    }
}

dim3 blocksOf(const AttentionShape& shape) {
    return {static_cast<unsigned>((shape.rows() + kRows - 1) / kRows),
            static_cast<unsigned>(shape.heads),
            static_cast<unsigned>(shape.batch)};
}

template <Element kElement>
Status makeProducts(const AttentionBackward& p, cudaStream_t stream) {
    switch (p.shape.headSize) {
        case 64:
            productsKernel<64, kElement>
                <<<blocksOf(p.shape), kThreads, 0, stream>>>(p, p.shape.rows());
            return launched();
        case 96:
            productsKernel<96, kElement>
                <<<blocksOf(p.shape), kThreads, 0, stream>>>(p, p.shape.rows());
            return launched();
        case 128:
            productsKernel<128, kElement>
                <<<blocksOf(p.shape), kThreads, 0, stream>>>(p, p.shape.rows());
            return launched();
        default:
            return Status::Unsupported;
    }
}

template <Element kElement>
Status makeGradQ(const AttentionBackward& p, cudaStream_t stream) {
    switch (p.shape.headSize) {
        case 64:
            gradQKernel<64, kElement>
                <<<blocksOf(p.shape), kThreads, 0, stream>>>(p, p.shape.rows());
            return launched();
        case 96:
            gradQKernel<96, kElement>
                <<<blocksOf(p.shape), kThreads, 0, stream>>>(p, p.shape.rows());
            return launched();
        case 128:
            gradQKernel<128, kElement>
                <<<blocksOf(p.shape), kThreads, 0, stream>>>(p, p.shape.rows());
            return launched();
        default:
            return Status::Unsupported;
    }
}

}  // namespace

Status launchBackwardProducts(const AttentionBackward& p, StreamHandle stream) {
    const auto on = static_cast<cudaStream_t>(stream);
    switch (p.element) {
        case Element::Bf16:
            return makeProducts<Element::Bf16>(p, on);
#if TESSERA_FP16
        case Element::Fp16:
            return makeProducts<Element::Fp16>(p, on);
#endif
        default:
            return Status::Unsupported;
    }
}

Status launchGradQ(const AttentionBackward& p, StreamHandle stream) {
    const auto on = static_cast<cudaStream_t>(stream);
    switch (p.element) {
        case Element::Bf16:
            return makeGradQ<Element::Bf16>(p, on);
#if TESSERA_FP16
        case Element::Fp16:
            return makeGradQ<Element::Fp16>(p, on);
#endif
        default:
            return Status::Unsupported;
    }
}

}  // namespace tessera::kernels
