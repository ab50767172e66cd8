#pragma once

// The forward kernel for compute capability 8.0. A block of threads takes one item: a tile of query
// rows of one head, the longest items first. Two warps have a group of 64 rows, 32 each, so that
// what a warp reads of keys and values serves two products. The keys of the next step arrive while
// the values of this one are summed, and the values while the scores are computed; two blocks or
// more on a multiprocessor fill each other's waits (Dao, "FlashAttention-2", section 3).

#include "kernels/attention/fragments.cuh"
#include "kernels/attention/items.cuh"
#include "kernels/attention/steps_sm80.cuh"
#include "kernels/common/ampere.cuh"

namespace tessera::kernels::forward80 {

using ampere::Copier;
using ampere::Lane;
using ampere::loadMatrices;
using ampere::loadTurned;
using ampere::multiply;
using ampere::Order;
using sm80::Steps;

// `kAtOnce`: blocks of threads that a multiprocessor's registers hold. `kStays`: whether a warp
// keeps its queries in registers, or reads them anew every step.
template <int kHeadSizeOf, int kKeysOf, int kAtOnceOf, bool kStaysOf, Element kElementOf>
struct Config {
    static constexpr int kHeadSize = kHeadSizeOf, kKeys = kKeysOf, kAtOnce = kAtOnceOf;
    static constexpr bool kStays = kStaysOf;
    static constexpr Element kElement = kElementOf;
    static constexpr int kGroups = 2;
    static constexpr int kThreads = 64 * kGroups;
    static constexpr int kWarpRows = 32;
    static constexpr int kBlocks = kWarpRows / 16;  // of rows, one product each

    static constexpr int kRowBytes = kHeadSize * 2;
    static constexpr int kKeysAt = kGroups * kGroupRows * kRowBytes;
    static constexpr int kValuesAt = kKeysAt + kKeys * kRowBytes;
    static constexpr int kSharedBytes = kValuesAt + kKeys * kRowBytes;

    static_assert(kHeadSize % 32 == 0 && kKeys % 16 == 0);
    static_assert(kGroups <= kMostGroups && kSharedBytes <= 101376, "8.6 and 8.9 have 99 KiB");
};

struct Params {
    AttentionForward a;
    std::int64_t rows;  // of the sequence
    float scaleLog2;    // scale / ln 2
};

// What a block of threads has: read where it is used, since nothing of it is worth a register.
using Item = PlanItem<AttentionTile>;

template <class C>
struct Warp {
    const Params& p;
    Lane<C::kHeadSize, Order::RowsFirst> queries;
    Lane<C::kHeadSize, Order::PiecesFirst> keys;
    Lane<C::kHeadSize, Order::RowsFirst> values;

    std::uint32_t stayed[C::kStays ? C::kHeadSize / 16 : 1][C::kBlocks][4];
    float scores[C::kBlocks][C::kKeys / 2];
    float sums[C::kBlocks][C::kHeadSize / 2];
    // Of the thread's two rows of a block; the total is its own part of the row.
    float largest[C::kBlocks][2], total[C::kBlocks][2];

    __device__ Warp(const Params& params, std::uint32_t shared, int warp)
        : p(params),
          queries(shared, C::kWarpRows * warp),
          keys(shared + C::kKeysAt, 0),
          values(shared + C::kValuesAt, 0) {
#pragma unroll
        for (int block = 0; block < C::kBlocks; ++block) {
#pragma unroll
            for (float& sum : sums[block]) {
                sum = 0.0f;
            }
            largest[block][0] = largest[block][1] = -INFINITY;
            total[block][0] = total[block][1] = 0.0f;
        }
    }

    __device__ __forceinline__ void loadQueries(std::uint32_t (&to)[C::kBlocks][4],
                                                int channel) const {
#pragma unroll
        for (int block = 0; block < C::kBlocks; ++block) {
            loadMatrices(to[block], queries.at(16 * block, channel));
        }
    }

    // Once they are there.
    __device__ __forceinline__ void keepQueries() {
        if constexpr (C::kStays) {
#pragma unroll
            for (int channel = 0; channel < C::kHeadSize; channel += 16) {
                loadQueries(stayed[channel / 16], channel);
            }
        }
    }

    // scores = queries keys^T of a step with so many keys
    __device__ __forceinline__ void score(int count) {
        queries.forget();
        keys.forget();
#pragma unroll
        for (int block = 0; block < C::kBlocks; ++block) {
#pragma unroll
            for (float& each : scores[block]) {
                each = 0.0f;
            }
        }
#pragma unroll
        for (int channel = 0; channel < C::kHeadSize; channel += 16) {
            std::uint32_t read[C::kBlocks][4];
            if constexpr (!C::kStays) {
                loadQueries(read, channel);
            }
            const auto& rows = C::kStays ? stayed[channel / 16] : read;
#pragma unroll
            for (int key = 0; key < C::kKeys; key += 16) {
                std::uint32_t pair[4];
                loadMatrices(pair, keys.at(key, channel));
#pragma unroll
                for (int block = 0; block < C::kBlocks; ++block) {
                    multiply<C::kElement>(scores[block] + key / 2, rows[block], pair[0], pair[1]);
                    multiply<C::kElement>(
                        scores[block] + key / 2 + 4, rows[block], pair[2], pair[3]);
                }
            }
        }
        if (count < C::kKeys) {
            hideBehind(count);
        }
    }

    // Scores of columns that the step does not have take no part.
    __device__ __forceinline__ void hideBehind(int count) {
        const int column = 2 * (static_cast<int>(threadIdx.x % 4));
#pragma unroll
        for (int i = 0; i < C::kKeys / 8; ++i) {
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                if (8 * i + column + half >= count) {
#pragma unroll
                    for (int block = 0; block < C::kBlocks; ++block) {
                        scores[block][4 * i + half] = -INFINITY;
                        scores[block][4 * i + 2 + half] = -INFINITY;
                    }
                }
            }
        }
    }

    // Scores become weights; sums and total shrink where a row has found a larger score.
    __device__ __forceinline__ void weigh() {
#pragma unroll
        for (int block = 0; block < C::kBlocks; ++block) {
#pragma unroll
            for (int row = 0; row < 2; ++row) {
                float* own = scores[block] + 2 * row;
                float most[2] = {own[0], own[1]};
#pragma unroll
                for (int i = 1; i < C::kKeys / 8; ++i) {
                    most[0] = fmaxf(most[0], own[4 * i]);
                    most[1] = fmaxf(most[1], own[4 * i + 1]);
                }
                const float before = largest[block][row];
                const float all = fmaxf(before, largestOfRow(fmaxf(most[0], most[1])));
                const float shrink = powerOfTwo((before - all) * p.scaleLog2);
                const float shift = all * p.scaleLog2;
                float sum[2] = {total[block][row] * shrink, 0.0f};
#pragma unroll
                for (int i = 0; i < C::kKeys / 8; ++i) {
#pragma unroll
                    for (int half = 0; half < 2; ++half) {
                        float& each = own[4 * i + half];
                        each = powerOfTwo(fmaf(each, p.scaleLog2, -shift));
                        sum[half] += each;
                    }
                }
#pragma unroll
                for (int i = 0; i < C::kHeadSize / 8; ++i) {
                    sums[block][4 * i + 2 * row] *= shrink;
                    sums[block][4 * i + 2 * row + 1] *= shrink;
                }
                largest[block][row] = all;
                total[block][row] = sum[0] + sum[1];
            }
        }
    }

    // sums += weights values
    __device__ __forceinline__ void sum() {
        values.forget();
#pragma unroll
        for (int key = 0; key < C::kKeys; key += 16) {
            std::uint32_t weights[C::kBlocks][4];
#pragma unroll
            for (int block = 0; block < C::kBlocks; ++block) {
#pragma unroll
                for (int i = 0; i < 4; ++i) {
                    const float* pair = scores[block] + key / 2 + 2 * i;
                    weights[block][i] = packed<C::kElement>(pair[0], pair[1]);
                }
            }
#pragma unroll
            for (int channel = 0; channel < C::kHeadSize; channel += 16) {
                std::uint32_t pair[4];
                loadTurned(pair, values.at(key, channel));
#pragma unroll
                for (int block = 0; block < C::kBlocks; ++block) {
                    multiply<C::kElement>(
                        sums[block] + channel / 2, weights[block], pair[0], pair[1]);
                    multiply<C::kElement>(
                        sums[block] + channel / 2 + 4, weights[block], pair[2], pair[3]);
                }
            }
        }
    }

    __device__ __forceinline__ void write() const {
        const Item item = itemOf(p.a.plan, p.a.shape.batch, blockIdx.x);
        const RowGroup group = item.tile->groups[threadIdx.x / 64];
        const int first = C::kWarpRows * static_cast<int>(threadIdx.x / 32 % 2);
        const int lane = static_cast<int>(threadIdx.x % 32), quarter = lane % 4;
        auto* out = static_cast<std::uint16_t*>(p.a.out) + item.batch * p.a.outStrides.batch +
                    item.head * p.a.outStrides.head;
        float* lse = p.a.lse +
                     (static_cast<std::int64_t>(item.batch) * p.a.shape.heads + item.head) * p.rows;
#pragma unroll
        for (int block = 0; block < C::kBlocks; ++block) {
#pragma unroll
            for (int row = 0; row < 2; ++row) {
                const float whole = sumOfRow(total[block][row]);
                const int at = first + 16 * block + lane / 4 + 8 * row;
                const bool isKept = at < group.rows;
                if (quarter == 0 && isKept) {
                    constexpr float kLn2 = 0.69314718f;
                    lse[group.firstRow + at] =
                        (largest[block][row] * p.scaleLog2 + log2f(whole)) * kLn2;
                }
                writeRow<C::kElement, C::kHeadSize>(
                    sums[block] + 2 * row,
                    1.0f / whole,
                    quarter,
                    isKept,
                    out + (group.firstRow + at) * p.a.outStrides.row);
            }
        }
    }
};

template <class C>
__global__ void __launch_bounds__(C::kThreads, C::kAtOnce)
    forwardKernel(const __grid_constant__ Params p) {
    extern __shared__ __align__(128) char memory[];
    const std::uint32_t shared = ampere::sharedAddress(memory);
    const Item item = itemOf(p.a.plan, p.a.shape.batch, blockIdx.x);
    const AttentionTile& tile = *item.tile;
    using Rows = Copier<C::kHeadSize, C::kThreads>;
    const Rows queries(sm80::firstRow(p.a.q, p.a.qStrides, item.batch, item.head),
                       p.a.qStrides.row);
    const Rows keys(sm80::firstRow(p.a.k, p.a.kStrides, item.batch, item.head), p.a.kStrides.row);
    const Rows values(sm80::firstRow(p.a.v, p.a.vStrides, item.batch, item.head), p.a.vStrides.row);
    const int warp = __shfl_sync(0xffffffffu, static_cast<int>(threadIdx.x / 32), 0);
    const RowGroup group = tile.groups[warp / 2];
#pragma unroll
    for (int each = 0; each < C::kGroups; ++each) {
        queries.template copy<kGroupRows>(shared + each * kGroupRows * C::kRowBytes,
                                          p.a.qStrides.row,
                                          tile.groups[each].firstRow,
                                          tile.groups[each].rows);
    }
    Steps<C::kKeys> steps(p.a.plan.ranges + tile.firstRange, tile.rangeCount);
    keys.template copy<C::kKeys>(
        shared + C::kKeysAt, p.a.kStrides.row, steps.first(), steps.count());
    ampere::commitCopies();
    Warp<C> math(p, shared, warp);
    // The steps before the first one of the group's own are the common ones and other groups'.
    const int common = tile.commonSteps, firstOwn = common + group.before;
    for (int index = 0; steps.count() > 0; ++index) {
        const bool isTaken =
            group.rows > 0 &&
            (index < common || (index >= firstOwn && index < firstOwn + group.own));
        ampere::awaitCopies<0>();
        __syncthreads();  // the keys are there, and nobody reads the last values any more
        values.template copy<C::kKeys>(
            shared + C::kValuesAt, p.a.vStrides.row, steps.first(), steps.count());
        ampere::commitCopies();
        if (index == 0) {
            math.keepQueries();
        }
        if (isTaken) {
            math.score(steps.count());
        }
        steps.advance();
        ampere::awaitCopies<0>();
        __syncthreads();  // the values are there, and nobody reads these keys any more
        if (steps.count() > 0) {
            keys.template copy<C::kKeys>(
                shared + C::kKeysAt, p.a.kStrides.row, steps.first(), steps.count());
            ampere::commitCopies();
        }
        if (isTaken) {
            math.weigh();
            math.sum();
        }
    }
    math.write();
}

}  // namespace tessera::kernels::forward80
