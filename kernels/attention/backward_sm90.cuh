#pragma once

// The backward kernel for compute capability 9.0. A block of threads stays on its multiprocessor
// and takes one item (128 keys of one head and the queries that see them) after the other, the
// longest first:
//
//   group 0 of warps: one warp fetches items and has the copy engine fill shared memory;
//   the other two:    64 keys each; their gradients stay in registers.
//
// Scores and their gradients are computed with keys as rows, so that what comes of them goes into
// the products for gradV and gradK from registers (Shah et al., "FlashAttention-3", section 3; Dao,
// "FlashAttention-2", algorithm 2). For gradQ both groups' slopes, as we call the gradients of the
// scores, meet in shared memory: a step's only barrier between the groups. There are two places for
// them, so that no group waits for the other's product.
//
//   step:  scores = K q^T, weights = exp(scale scores - lse)      on the matrix units, in order:
//          slopes = weights (V g^T - products)                    K q^T, V g^T, gradV,
//          gradV += weights g,  gradK += slopes q                 gradQ, gradK; the sums of gradQ
//          gradQ  = slopes^T K                                    leave beside gradK's product

#include "kernels/attention/backward_copy_sm90.cuh"
#include "kernels/attention/fragments.cuh"
#include "kernels/common/made/products.cuh"

namespace tessera::kernels::backward90 {

using hopper::awaitProducts;
using hopper::beginProducts;
using hopper::commitProducts;
using hopper::giveRegisters;
using hopper::initBarrier;
using hopper::Layout;
using hopper::pin;
using hopper::Product;
using hopper::syncNamed;
using hopper::takeRegisters;

// What was there is not kept: registers that a product is to overwrite are free until then.
template <int kCount>
__device__ __forceinline__ void clear(float (&values)[kCount]) {
#pragma unroll
    for (float& value : values) {
        value = 0.0f;
    }
    pin(values);
}

template <class C>
struct Group {
    const Params& p;
    Board<C>& board;
    const std::uint32_t shared;
    const int which, thread;  // of the groups; of its 128
    Place<C::kStages> place;
    int turn = 0;  // of the two places for slopes

    float scores[C::kQueries / 2];
    float slopes[C::kQueries / 2];
    std::uint32_t weights[C::kQueries / 4];       // packed
    std::uint32_t packedSlopes[C::kQueries / 4];  // the same of the slopes
    float gradK[C::kHeadSize / 2];
    float gradV[C::kHeadSize / 2];

    using L = Layout<C::kSwizzle>;

    // result [64 keys, queries] = rows of this group at `keysAt` times rows of the stage at
    // `rowsAt`
    __device__ __forceinline__ void issueScores(float (&result)[C::kQueries / 2],
                                                int keysAt,
                                                int rowsAt) const {
        const std::uint32_t keys = L::template low<0>(shared + keysAt + which * 64 * C::kSwizzle);
        const std::uint32_t rows = L::template low<0>(shared + rowsAt);
        clear(result);
        beginProducts();
#pragma unroll
        for (int channel = 0; channel < C::kHeadSize; channel += 16) {
            const int block = channel / C::kColumns, within = channel % C::kColumns * 2;
            Product<C::kQueries, C::kElement>::template run<false>(
                result,
                L::descriptor(keys, block * kKeys * C::kSwizzle + within),
                L::descriptor(rows, block * C::kQueries * C::kSwizzle + within),
                channel > 0);
        }
        commitProducts();
    }

    // sums [64 keys, channels] += what is packed times rows of the stage at `rowsAt`
    __device__ __forceinline__ void issueSums(float (&sums)[C::kHeadSize / 2],
                                              std::uint32_t (&rowsOfKeys)[C::kQueries / 4],
                                              int rowsAt) const {
        const std::uint32_t rows = L::template low<C::kQueries * C::kSwizzle>(shared + rowsAt);
        pin(sums);
        pin(rowsOfKeys);
        beginProducts();
#pragma unroll
        for (int query = 0; query < C::kQueries; query += 16) {
            Product<C::kHeadSize, C::kElement>::template run<true>(
                sums, rowsOfKeys + query / 4, L::descriptor(rows, query * C::kSwizzle), true);
        }
        commitProducts();
    }

    // sums [64 queries, channels of this group] = slopes^T K
    __device__ __forceinline__ void issueQuerySums(float (&sums)[C::kSumColumns / 2]) const {
        using S = Layout<C::kSlopeSwizzle>;
        const int row = C::kShare == SumShare::Rows ? 64 * which : 0;
        const int column = C::kShare == SumShare::Columns ? C::kSumColumns * which : 0;
        const std::uint32_t rows = S::template low<0>(
            shared + C::kSlopesAt + turn * C::kSlopeBytes + row * C::kSlopeSwizzle);
        const std::uint32_t keys = L::template low<kKeys * C::kSwizzle>(
            shared + column / C::kColumns * kKeys * C::kSwizzle);
        clear(sums);
        beginProducts();
#pragma unroll
        for (int key = 0; key < kKeys; key += 16) {
            Product<C::kSumColumns, C::kElement>::template run<true>(
                sums,
                S::descriptor(rows, key / 64 * C::kQueries * C::kSlopeSwizzle + key % 64 * 2),
                L::descriptor(keys, key * C::kSwizzle),
                key > 0);
        }
        commitProducts();
    }

    // Scores become weights; those of keys that the tile does not have, zero.
    __device__ __forceinline__ void weigh(int stage, int keyCount) {
        const int lane = thread % 32;
        const int key = 64 * which + 16 * (thread / 32) + lane / 4;
        if (keyCount < kKeys) {
#pragma unroll
            for (int row = 0; row < 2; ++row) {
                if (key + 8 * row >= keyCount) {
#pragma unroll
                    for (int i = 0; i < C::kQueries / 8; ++i) {
                        scores[4 * i + 2 * row] = scores[4 * i + 2 * row + 1] = -INFINITY;
                    }
                }
            }
        }
        const float* lse = board.lse[stage] + 2 * (lane % 4);
#pragma unroll
        for (int i = 0; i < C::kQueries / 8; ++i) {
            const float2 of = *reinterpret_cast<const float2*>(lse + 8 * i);
#pragma unroll
            for (int row = 0; row < 2; ++row) {
                float* score = scores + 4 * i + 2 * row;
                score[0] = powerOfTwo(fmaf(score[0], p.scaleLog2, -of.x));
                score[1] = powerOfTwo(fmaf(score[1], p.scaleLog2, -of.y));
            }
        }
    }

    __device__ __forceinline__ void incline(int stage) {
        const float* products = board.products[stage] + 2 * (thread % 4);
#pragma unroll
        for (int i = 0; i < C::kQueries / 8; ++i) {
            const float2 of = *reinterpret_cast<const float2*>(products + 8 * i);
#pragma unroll
            for (int row = 0; row < 2; ++row) {
                const int at = 4 * i + 2 * row;
                slopes[at] = scores[at] * (slopes[at] - of.x);
                slopes[at + 1] = scores[at + 1] * (slopes[at + 1] - of.y);
            }
        }
    }

    // As a product takes them.
    __device__ __forceinline__ static void pack(const float (&from)[C::kQueries / 2],
                                                std::uint32_t (&to)[C::kQueries / 4]) {
#pragma unroll
        for (int i = 0; i < C::kQueries / 4; ++i) {
            to[i] = packed<C::kElement>(from[2 * i], from[2 * i + 1]);
        }
    }

    // The slopes, turned to rows of queries, into this group's half of their place.
    __device__ __forceinline__ void shareSlopes() const {
        const int lane = thread % 32, warp = thread / 32;
        const int row = 8 * (lane / 16) + lane % 8;
        const int part = (2 * warp + lane / 8 % 2) ^ (lane % 8);
        const std::uint32_t to = shared + C::kSlopesAt + turn * C::kSlopeBytes +
                                 (which * C::kQueries + row) * C::kSlopeSwizzle + 16 * part;
#pragma unroll
        for (int i = 0; i < C::kQueries / 16; ++i) {
            const std::uint32_t* bits = packedSlopes + 4 * i;
            hopper::storeTurned(to + i * 16 * C::kSlopeSwizzle, bits[0], bits[1], bits[2], bits[3]);
        }
        hopper::fenceShared();
        syncNamed(1, 128 * kGroups);
    }

    // Adds a step's part of gradQ to what other blocks know of it. Two lanes exchange their parts
    // of two groups of eight columns, so that each adds 16 bytes.
    __device__ __forceinline__ void addToQueries(const float (&sums)[C::kSumColumns / 2],
                                                 std::int64_t before,
                                                 int first,
                                                 int count) const {
        const int lane = thread % 32;
        const bool isOdd = lane % 2 != 0;
        const int at =
            16 * (thread / 32) + lane / 4 + (C::kShare == SumShare::Rows ? 64 * which : 0);
        const int column = (C::kShare == SumShare::Columns ? C::kSumColumns * which : 0) +
                           4 * (lane % 4 / 2) + (isOdd ? 8 : 0);
        float* to = p.querySums + (before + first + at) * C::kHeadSize + column;
#pragma unroll
        for (int row = 0; row < 2; ++row) {
            const bool isKept = at + 8 * row < count;
#pragma unroll
            for (int columns = 0; columns < C::kSumColumns; columns += 16) {
                const float* low = sums + columns / 2 + 2 * row;
                const float* high = low + 4;
                const float given0 = isOdd ? low[0] : high[0], given1 = isOdd ? low[1] : high[1];
                const float taken0 = __shfl_xor_sync(0xffffffffu, given0, 1);
                const float taken1 = __shfl_xor_sync(0xffffffffu, given1, 1);
                if (isKept) {
                    hopper::addInMemory(to + 8 * row * C::kHeadSize + columns,
                                        isOdd ? taken0 : low[0],
                                        isOdd ? taken1 : low[1],
                                        isOdd ? high[0] : taken0,
                                        isOdd ? high[1] : taken1);
                }
            }
        }
    }

    __device__ __forceinline__ void release(std::uint64_t& empty) const {
        if (thread % 32 == 0) {
            arrive(sharedAddress(&empty));
        }
    }

    __device__ __forceinline__ void sumQueries(int stage, std::int64_t before) {
        float sums[C::kSumColumns / 2];
        const int first = board.firstQuery[stage], count = board.queryCount[stage];
        issueQuerySums(sums);
        issueSums(gradK, packedSlopes, C::kQueriesAt + stage * C::kStepBytes);
        awaitProducts<1>();
        pin(sums);
        release(board.gradsEmpty[stage]);
        addToQueries(sums, before, first, count);
    }

    __device__ __forceinline__ void compute(std::int64_t before, int keyCount, int lastStage) {
        const int stage = place.stage;
        const int queriesAt = C::kQueriesAt + stage * C::kStepBytes;
        const int gradsAt = C::kGradsAt + stage * C::kStepBytes;
        await(sharedAddress(&board.queriesFull[stage]), place.parity);
        issueScores(scores, 0, queriesAt);
        await(sharedAddress(&board.gradsFull[stage]), place.parity);
        awaitProducts<1>();  // gradK's of the step before, whose slopes make room for the next
        pin(gradK);
        if (lastStage >= 0) {
            release(board.queriesEmpty[lastStage]);
        }
        issueScores(slopes, C::kValuesAt, gradsAt);
        awaitProducts<1>();
        pin(scores);
        weigh(stage, keyCount);
        if constexpr (!C::kPacksLate) {
            pack(scores, weights);
            issueSums(gradV, weights, gradsAt);
            awaitProducts<1>();
        } else {
            awaitProducts<0>();
        }
        pin(slopes);
        incline(stage);
        if constexpr (C::kPacksLate) {
            pack(scores, weights);
            issueSums(gradV, weights, gradsAt);
        }
        pack(slopes, packedSlopes);
        shareSlopes();
        if (C::kShare != SumShare::Turns || turn == which) {
            sumQueries(stage, before);
        } else {
            issueSums(gradK, packedSlopes, queriesAt);
            awaitProducts<1>();
            release(board.gradsEmpty[stage]);
        }
        turn ^= 1;
        place.advance();
    }

    __device__ __forceinline__ void write(const Item& item) const {
        const int lane = thread % 32, quarter = lane % 4;
        const KeyTile& tile = *item.tile;
        auto* toK = static_cast<std::uint16_t*>(p.gradK) + item.batch * p.gradKStrides.batch +
                    item.head * p.gradKStrides.head;
        auto* toV = static_cast<std::uint16_t*>(p.gradV) + item.batch * p.gradVStrides.batch +
                    item.head * p.gradVStrides.head;
#pragma unroll
        for (int row = 0; row < 2; ++row) {
            const int at = 64 * which + 16 * (thread / 32) + lane / 4 + 8 * row;
            const bool isKept = at < tile.keys;
            const std::int64_t key = tile.firstKey + at;
            writeRow<C::kElement, C::kHeadSize>(
                gradK + 2 * row, p.scale, quarter, isKept, toK + key * p.gradKStrides.row);
            writeRow<C::kElement, C::kHeadSize>(
                gradV + 2 * row, 1.0f, quarter, isKept, toV + key * p.gradVStrides.row);
        }
    }

    __device__ __forceinline__ void run() {
        for (std::uint32_t parity = 0;; parity ^= 1) {
            await(sharedAddress(&board.keysFull), parity);
            const int index = board.item, steps = board.steps;
            if (index < 0) {
                return;
            }
            const Item item = itemOf(p.plan, p.shape.batch, index);
            const std::int64_t before = rowsBefore(p, item);
            const int keyCount = item.tile->keys;
#pragma unroll
            for (int i = 0; i < C::kHeadSize / 2; ++i) {
                gradK[i] = gradV[i] = 0.0f;
            }
            int lastStage = -1;
            for (int step = 0; step < steps; ++step) {
                const int stage = place.stage;
                compute(before, keyCount, lastStage);
                lastStage = stage;
            }
            awaitProducts<0>();
            pin(gradK);
            pin(gradV);
            release(board.queriesEmpty[lastStage]);
            release(board.keysEmpty);
            write(item);
        }
    }
};

template <class C>
__global__ void __launch_bounds__(kThreads, 1) backwardKernel(const __grid_constant__ Params p) {
    extern __shared__ char memory[];
    const std::uint32_t shared = (sharedAddress(memory) + 1023) & ~1023u;
    auto& board =
        *reinterpret_cast<Board<C>*>(memory + (shared - sharedAddress(memory)) + C::kBoardAt);
    const int group =
        __shfl_sync(0xffffffffu, static_cast<int>(threadIdx.x) / 128, 0);  // the same in a warp
    if (threadIdx.x == 0) {
        initBarrier(sharedAddress(&board.keysFull), 1);
        initBarrier(sharedAddress(&board.keysEmpty), 4 * kGroups);
        for (int stage = 0; stage < C::kStages; ++stage) {
            initBarrier(sharedAddress(&board.queriesFull[stage]), 1);
            initBarrier(sharedAddress(&board.queriesEmpty[stage]), 4 * kGroups);
            initBarrier(sharedAddress(&board.gradsFull[stage]), 1);
            initBarrier(sharedAddress(&board.gradsEmpty[stage]), 4 * kGroups);
        }
        hopper::fenceBarriers();
    }
    __syncthreads();
    if (group == 0) {
        giveRegisters<kCopyRegisters>();
        if (threadIdx.x < 32) {
            Copier<C>{p, board, shared, static_cast<int>(threadIdx.x)}.run();
        }
    } else {
        takeRegisters<kMathRegisters>();
        Group<C> math{p, board, shared, group - 1, static_cast<int>(threadIdx.x) % 128};
        math.run();
    }
}

}  // namespace tessera::kernels::backward90
