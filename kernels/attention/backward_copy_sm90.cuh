#pragma once

// The copying half of the backward kernel for compute capability 9.0 (backward_sm90.cuh): what both
// halves share, and the warp that fetches items and fills shared memory.

#include "kernels/attention/backward_config.h"
#include "kernels/attention/copy_sm90.cuh"
#include "kernels/attention/items.cuh"

namespace tessera::kernels::backward90 {

using hopper::arrive;
using hopper::arriveExpecting;
using hopper::await;
using hopper::sharedAddress;
using sm90::Box;
using sm90::copyBox;
using sm90::Place;
using sm90::RowMaps;

inline constexpr int kGroups = 2;           // of warps that compute, 64 keys each
inline constexpr int kKeys = 64 * kGroups;  // of a block
inline constexpr int kThreads = 128 * (kGroups + 1);
inline constexpr int kCopyRegisters = 24, kMathRegisters = 240;  // 504 there are

template <int kHeadSizeOf,
          int kQueriesOf,
          int kStagesOf,
          SumShare kShareOf,
          bool kPacksLateOf,
          Element kElementOf>
struct Config {
    static constexpr int kHeadSize = kHeadSizeOf, kQueries = kQueriesOf, kStages = kStagesOf;
    static constexpr SumShare kShare = kShareOf;
    static constexpr bool kPacksLate = kPacksLateOf;
    static constexpr Element kElement = kElementOf;
    static constexpr int kSwizzle = kHeadSize % 64 == 0 ? 128 : 64;
    static constexpr int kColumns = kSwizzle / 2;
    // Of gradQ that a group computes in a step.
    static constexpr int kSumColumns = kShare == SumShare::Columns ? kHeadSize / 2 : kHeadSize;

    static constexpr int kKeyBytes = kKeys * kHeadSize * 2;      // of keys, or of values
    static constexpr int kStepBytes = kQueries * kHeadSize * 2;  // of queries, or of gradients
    static constexpr int kSlopeBytes = kQueries * kKeys * 2;
    static constexpr int kSlopeSwizzle = 128;  // 64 keys: those of one group

    static constexpr int kValuesAt = kKeyBytes;
    static constexpr int kQueriesAt = kValuesAt + kKeyBytes;
    static constexpr int kGradsAt = kQueriesAt + kStages * kStepBytes;
    static constexpr int kSlopesAt = kGradsAt + kStages * kStepBytes;  // two of them
    static constexpr int kBoardAt = kSlopesAt + 2 * kSlopeBytes;

    static_assert(kHeadSize % kColumns == 0 && kQueries % 64 == 0);
    static_assert(kShare != SumShare::Rows || kQueries == 64 * kGroups);
    static_assert(kShare != SumShare::Columns || kSumColumns % kColumns == 0);
    static_assert(kStepBytes % 1024 == 0 && kKeyBytes % 1024 == 0);
};

struct Params {
    RowMaps queries, grads;  // in boxes of a step
    RowMaps keys, values;    // in boxes of kKeys
    AttentionShape shape;
    KeyPlanView plan;
    void *gradK, *gradV;
    RowStrides gradKStrides, gradVStrides;
    std::int64_t rows;  // of the sequence
    const float *lse, *products;
    float* querySums;
    float scale, scaleLog2;  // the second divided by ln 2
    std::int32_t* counter;
};

// What lies behind the tiles in shared memory.
template <class C>
struct Board {
    float lse[C::kStages][C::kQueries];       // in powers of two; infinite behind a step's end
    float products[C::kStages][C::kQueries];  // zero there
    std::uint64_t keysFull, keysEmpty;
    std::uint64_t queriesFull[C::kStages], queriesEmpty[C::kStages];
    std::uint64_t gradsFull[C::kStages], gradsEmpty[C::kStages];
    std::int32_t firstQuery[C::kStages], queryCount[C::kStages];  // of the step that lies there
    std::int32_t item, steps;  // of the keys that lie there; item -1 = there are no more
};

template <class C>
constexpr int sharedBytes() {
    constexpr int kBytes = C::kBoardAt + static_cast<int>(sizeof(Board<C>)) + 1024;  // to align
    static_assert(kBytes <= 232448, "a block has 227 KiB");
    return kBytes;
}

using Item = PlanItem<KeyTile>;

__device__ inline std::int64_t rowsBefore(const Params& p, const Item& item) {
    return (static_cast<std::int64_t>(item.batch) * p.shape.heads + item.head) * p.rows;
}

template <class C>
struct Copier {
    const Params& p;
    Board<C>& board;
    const std::uint32_t shared;  // address of the tiles
    const int lane;
    Place<C::kStages> place;
    std::uint32_t itemParity = 0;

    // A number of every query, by all lanes; the copies by the first.
    __device__ void copyStep(int first, int count, const Item& item) {
        const int stage = place.stage;
        await(sharedAddress(&board.queriesEmpty[stage]), place.parity ^ 1);
        const std::uint32_t queriesFull = sharedAddress(&board.queriesFull[stage]);
        const std::uint32_t gradsFull = sharedAddress(&board.gradsFull[stage]);
        const Box box{first, count, item.head, item.batch};
        if (lane == 0) {
            copyBox<C::kQueries, C::kHeadSize, C::kSwizzle>(
                p.queries,
                p.shape,
                box,
                queriesFull,
                shared + C::kQueriesAt + stage * C::kStepBytes);
            await(sharedAddress(&board.gradsEmpty[stage]), place.parity ^ 1);
            arriveExpecting(gradsFull, C::kStepBytes);
            copyBox<C::kQueries, C::kHeadSize, C::kSwizzle>(
                p.grads, p.shape, box, gradsFull, shared + C::kGradsAt + stage * C::kStepBytes);
            board.firstQuery[stage] = first;
            board.queryCount[stage] = count;
        }
        constexpr float kLog2E = 1.44269504f;
        const std::int64_t before = rowsBefore(p, item) + first;
#pragma unroll
        for (int i = 0; i < C::kQueries / 32; ++i) {
            const int query = lane + 32 * i;
            const bool isThere = query < count;
            board.lse[stage][query] = isThere ? p.lse[before + query] * kLog2E : INFINITY;
            board.products[stage][query] = isThere ? p.products[before + query] : 0.0f;
        }
        __syncwarp();
        if (lane == 0) {
            arriveExpecting(queriesFull, C::kStepBytes);
        }
        place.advance();
    }

    __device__ int stepsOf(const KeyTile& tile) const {
        int steps = 0;
        for (int r = 0; r < tile.rangeCount; ++r) {
            const TokenRange range = p.plan.ranges[tile.firstRange + r];
            steps += (range.end - range.begin + C::kQueries - 1) / C::kQueries;
        }
        return steps;
    }

    __device__ void copyItem(int index, const Item& item) {
        const KeyTile tile = *item.tile;
        await(sharedAddress(&board.keysEmpty), itemParity ^ 1);
        itemParity ^= 1;
        if (lane == 0) {
            board.item = index;
            board.steps = stepsOf(tile);
            const std::uint32_t full = sharedAddress(&board.keysFull);
            arriveExpecting(full, 2 * C::kKeyBytes);
            const Box box{tile.firstKey, tile.keys, item.head, item.batch};
            copyBox<kKeys, C::kHeadSize, C::kSwizzle>(p.keys, p.shape, box, full, shared);
            copyBox<kKeys, C::kHeadSize, C::kSwizzle>(
                p.values, p.shape, box, full, shared + C::kValuesAt);
        }
        for (int r = 0; r < tile.rangeCount; ++r) {
            const TokenRange range = p.plan.ranges[tile.firstRange + r];
            for (int first = range.begin; first < range.end; first += C::kQueries) {
                copyStep(first, min(C::kQueries, range.end - first), item);
            }
        }
    }

    __device__ int nextItem() const {
        const int index = lane == 0 ? atomicAdd(p.counter, 1) : 0;
        return __shfl_sync(0xffffffffu, index, 0);
    }

    __device__ void run() {
        const int count = p.plan.itemCount * static_cast<int>(p.shape.batch);
        for (int index = nextItem(); index < count;) {
            const int next = nextItem();
            copyItem(index, itemOf(p.plan, p.shape.batch, index));
            index = next;
        }
        await(sharedAddress(&board.keysEmpty), itemParity ^ 1);
        if (lane == 0) {
            board.item = -1;
            arrive(sharedAddress(&board.keysFull));
        }
    }
};

}  // namespace tessera::kernels::backward90
