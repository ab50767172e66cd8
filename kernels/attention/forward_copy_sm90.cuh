#pragma once

// The copying half of the forward kernel for compute capability 9.0 (forward_sm90.cuh): what both
// halves share, and the thread that fetches items and fills shared memory.

#include "kernels/attention/copy_sm90.cuh"
#include "kernels/attention/items.cuh"

namespace tessera::kernels::forward90 {

using hopper::arrive;
using hopper::arriveExpecting;
using hopper::await;
using hopper::copyTile;
using hopper::sharedAddress;
using sm90::Box;
using sm90::copyBox;
using sm90::RowMaps;

template <int kHeadSizeOf, int kKeysOf, int kGroupsOf, int kStagesOf, Element kElementOf>
struct Config {
    static constexpr int kHeadSize = kHeadSizeOf, kKeys = kKeysOf, kGroups = kGroupsOf,
                         kStages = kStagesOf;
    static constexpr Element kElement = kElementOf;
    static constexpr int kSwizzle = kHeadSize % 64 == 0 ? 128 : 64;
    static constexpr int kColumns = kSwizzle / 2;
    static constexpr int kBlocks = kHeadSize / kColumns;  // one after the other in shared memory
    static constexpr int kThreads = 128 * (kGroups + 1);
    static constexpr int kCopyRegisters = kGroups == 3 ? 32 : 40;
    static constexpr int kMathRegisters = kGroups == 3 ? 160 : 232;

    static constexpr int kQueryBytes = kGroupRows * kHeadSize * 2;  // of a group
    static constexpr int kStepBytes = kKeys * kHeadSize * 2;        // of keys, or of values
    static constexpr int kKeysAt = kGroups * kQueryBytes;
    static constexpr int kValuesAt = kKeysAt + kStages * kStepBytes;
    static constexpr int kBoardAt = kValuesAt + kStages * kStepBytes;
    static constexpr int kSharedBytes = kBoardAt + 256 + 1024;  // and what aligning to 1024 takes

    static_assert(kHeadSize % kColumns == 0 && kKeys % 16 == 0 && kKeys <= 256);
    static_assert(kQueryBytes % 1024 == 0 && kStepBytes % 1024 == 0);
    static_assert(kStages >= 2, "a group holds its turn while the values of the last step arrive");
    static_assert(kGroups <= kMostGroups && kSharedBytes <= 232448, "a block has 227 KiB");
};

struct Params {
    CUtensorMap queries;   // [batch, head, row, channel] in boxes of 64 rows
    RowMaps keys, values;  // in boxes of a step
    AttentionShape shape;
    TilePlanView plan;
    void* out;
    RowStrides outStrides;
    std::int64_t rows;  // of the sequence
    float* lse;
    float scaleLog2;  // scale / ln 2
    std::int32_t* counter;
};

// What lies behind the tiles in shared memory.
template <class C>
struct Board {
    std::uint64_t queriesFull[C::kGroups], queriesEmpty[C::kGroups];
    std::uint64_t keysFull[C::kStages], keysEmpty[C::kStages];
    std::uint64_t valuesFull[C::kStages], valuesEmpty[C::kStages];
    std::int32_t keyCount[C::kStages];  // of the step that lies there
    std::int32_t item[C::kGroups];      // of the queries that lie there; -1 = there are no more
};

using Item = PlanItem<AttentionTile>;

// --- The copying thread --------------------------------------------------------------------------

template <class C>
struct Copier {
    const Params& p;
    Board<C>& board;
    std::uint32_t shared;                        // address of the tiles
    std::uint32_t keySteps = 0, valueSteps = 0;  // copied so far
    std::uint32_t queryParity = 0;

    struct Step {
        int key, count;
    };

    __device__ void copy(const RowMaps& maps,
                         const Step& step,
                         const Item& item,
                         std::uint32_t barrier,
                         std::uint32_t to) {
        copyBox<C::kKeys, C::kHeadSize, C::kSwizzle>(
            maps, p.shape, {step.key, step.count, item.head, item.batch}, barrier, to);
    }

    __device__ void copyKeys(const Step& step, const Item& item) {
        const std::uint32_t stage = keySteps % C::kStages;
        await(sharedAddress(&board.keysEmpty[stage]), keySteps / C::kStages % 2 ^ 1);
        board.keyCount[stage] = step.count;
        const std::uint32_t full = sharedAddress(&board.keysFull[stage]);
        arriveExpecting(full, C::kStepBytes);
        copy(p.keys, step, item, full, shared + C::kKeysAt + stage * C::kStepBytes);
        ++keySteps;
    }

    __device__ void copyValues(const Step& step, const Item& item) {
        const std::uint32_t stage = valueSteps % C::kStages;
        await(sharedAddress(&board.valuesEmpty[stage]), valueSteps / C::kStages % 2 ^ 1);
        const std::uint32_t full = sharedAddress(&board.valuesFull[stage]);
        arriveExpecting(full, C::kStepBytes);
        copy(p.values, step, item, full, shared + C::kValuesAt + stage * C::kStepBytes);
        ++valueSteps;
    }

    __device__ void copyQueries(int index, const Item& item) {
#pragma unroll
        for (int group = 0; group < C::kGroups; ++group) {
            await(sharedAddress(&board.queriesEmpty[group]), queryParity ^ 1);
            board.item[group] = index;
            const std::uint32_t full = sharedAddress(&board.queriesFull[group]);
            arriveExpecting(full, C::kQueryBytes);
#pragma unroll
            for (int block = 0; block < C::kBlocks; ++block) {
                copyTile(&p.queries,
                         full,
                         shared + group * C::kQueryBytes + block * kGroupRows * C::kSwizzle,
                         block * C::kColumns,
                         item.tile->groups[group].firstRow,
                         item.head,
                         item.batch);
            }
        }
        queryParity ^= 1;
    }

    // Keys of a step, then the values of the one before: the order in which they are read.
    __device__ void copyItem(int index, const Item& item) {
        Step last{-1, 0};
        for (int r = 0; r < item.tile->rangeCount; ++r) {
            const TokenRange range = p.plan.ranges[item.tile->firstRange + r];
            for (int key = range.begin; key < range.end; key += C::kKeys) {
                const Step step{key, min(C::kKeys, range.end - key)};
                copyKeys(step, item);
                if (last.key < 0) {
                    copyQueries(index, item);
                } else {
                    copyValues(last, item);
                }
                last = step;
            }
        }
        copyValues(last, item);
    }

    __device__ void run() {
        const int count = p.plan.itemCount * static_cast<int>(p.shape.batch);
        int index = atomicAdd(p.counter, 1);
        while (index < count) {
            const int next = atomicAdd(p.counter, 1);
            copyItem(index, itemOf(p.plan, p.shape.batch, index));
            index = next;
        }
        for (int group = 0; group < C::kGroups; ++group) {
            await(sharedAddress(&board.queriesEmpty[group]), queryParity ^ 1);
            board.item[group] = -1;
            arrive(sharedAddress(&board.queriesFull[group]));
        }
    }
};

}  // namespace tessera::kernels::forward90
