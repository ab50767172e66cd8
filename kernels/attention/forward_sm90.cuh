#pragma once

// The forward kernel for compute capability 9.0. A block of threads stays on its multiprocessor and
// takes one item (a tile of query rows of one head) after the other, the longest first:
//
//   group 0 of warps: one thread fetches items and has the copy engine fill shared memory;
//   the others:       64 query rows each, scores, online softmax and sums by the matrix units.
//
// Barriers with a phase stand between the two: `full` when a copy has arrived, `empty` when every
// warp group has read it. The groups take turns in issuing products, so that one group's softmax
// runs beside another's products (Shah et al., "FlashAttention-3", sections 3.1 and 3.2); within a
// group the scores of the next step are computed while the values of this one are summed.

#include "kernels/attention/forward_copy_sm90.cuh"
#include "kernels/attention/fragments.cuh"
#include "kernels/common/hopper.cuh"
#include "kernels/common/made/products.cuh"

namespace tessera::kernels::forward90 {

using hopper::arriveNamed;
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
using sm90::Place;

inline constexpr int kLeast = -2147483647 - 1;

template <class C>
struct Group {
    const Params& p;
    Board<C>& board;
    const std::uint32_t shared;
    const int which, thread;  // of the groups; of its 128
    Place<C::kStages> keyPlace, valuePlace;

    float scores[C::kKeys / 2];
    float sums[C::kHeadSize / 2];
    std::uint32_t weights[C::kKeys / 4];
    // Of the thread's two rows; the total is its own part of the row. A score of `limit`, by its
    // bits, or beyond is too far from the reference.
    float reference[2], total[2];
    int limit[2];

    // One group after the other.
    __device__ __forceinline__ void awaitTurn() const { syncNamed(2 + which, 256); }

    __device__ __forceinline__ void passTurn() const {
        arriveNamed(which + 1 == C::kGroups ? 2 : 3 + which, 256);
    }

    __device__ __forceinline__ void issueScores(int stage) {
        using L = Layout<C::kSwizzle>;
        const std::uint32_t rows = L::template low<0>(shared + which * C::kQueryBytes);
        const std::uint32_t keys = L::template low<0>(shared + C::kKeysAt + stage * C::kStepBytes);
        pin(scores);
        beginProducts();
#pragma unroll
        for (int channel = 0; channel < C::kHeadSize; channel += 16) {
            const int block = channel / C::kColumns, within = channel % C::kColumns * 2;
            Product<C::kKeys, C::kElement>::template run<false>(
                scores,
                L::descriptor(rows, block * kGroupRows * C::kSwizzle + within),
                L::descriptor(keys, block * C::kKeys * C::kSwizzle + within),
                channel > 0);
        }
        commitProducts();
    }

    __device__ __forceinline__ void issueSums(int stage) {
        using L = Layout<C::kSwizzle>;
        const std::uint32_t values =
            L::template low<C::kKeys * C::kSwizzle>(shared + C::kValuesAt + stage * C::kStepBytes);
        pin(sums);
        pin(weights);
        beginProducts();
#pragma unroll
        for (int key = 0; key < C::kKeys; key += 16) {
            Product<C::kHeadSize, C::kElement>::template run<true>(
                sums, weights + key / 4, L::descriptor(values, key * C::kSwizzle), true);
        }
        commitProducts();
    }

    // Scores of columns that the step does not have take no part.
    __device__ __forceinline__ void hideBehind(int count) {
        const int column = 2 * (thread % 4);
#pragma unroll
        for (int i = 0; i < C::kKeys / 8; ++i) {
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                if (8 * i + column + half >= count) {
                    scores[4 * i + half] = -INFINITY;
                    scores[4 * i + 2 + half] = -INFINITY;
                }
            }
        }
    }

    // Weights are powers of two of the distance to a reference, which need not be the largest
    // score: floating-point numbers are as exact far from one. So it stays what it was while no
    // score is so far beyond it that a weight might overflow, which is nearly always, and what was
    // summed stays as well. Returns whether the reference moved, and by what the sums shrink then.
    __device__ __forceinline__ bool findReference(int count, float2& shrink) {
        if (count < C::kKeys) {
            hideBehind(count);
        }
        if (!__any_sync(0xffffffffu, isBeyond(0) || isBeyond(1))) {
            return false;
        }
        float by[2];
#pragma unroll
        for (int row = 0; row < 2; ++row) {
            float most = -INFINITY;
#pragma unroll
            for (int i = 0; i < C::kKeys / 8; ++i) {
                most = fmaxf(most, fmaxf(scores[4 * i + 2 * row], scores[4 * i + 2 * row + 1]));
            }
            const float all = fmaxf(reference[row], largestOfRow(most));
            by[row] = powerOfTwo((reference[row] - all) * p.scaleLog2);
            reference[row] = all;
            total[row] *= by[row];
            limit[row] = limitOf(all);
        }
        shrink = {by[0], by[1]};
        return true;
    }

    // Numbers that are not negative are ordered as their bits are, of which an instruction compares
    // three; negative ones are less than any limit but the least.
    __device__ __forceinline__ bool isBeyond(int row) const {
        int most[2];
#pragma unroll
        for (int chain = 0; chain < 2; ++chain) {
            const float* s = scores + 4 * chain + 2 * row;
            most[chain] = max(__float_as_int(s[0]), __float_as_int(s[1]));
        }
#pragma unroll
        for (int i = 2; i < C::kKeys / 8; ++i) {
            const float* s = scores + 4 * i + 2 * row;
            most[i % 2] = __vimax3_s32(most[i % 2], __float_as_int(s[0]), __float_as_int(s[1]));
        }
        return max(most[0], most[1]) >= limit[row];
    }

    // The least where a score of zero is too far already: every step then looks for the largest.
    __device__ __forceinline__ int limitOf(float from) const {
        // In powers of two, of the 127 that there are, or of the 15 of fp16.
        constexpr float kFar = C::kElement == Element::Bf16 ? 64.0f : 10.0f;
        const float score = from + kFar / p.scaleLog2;
        return score >= 0.0f ? __float_as_int(score) : kLeast;
    }

    // Scores become weights.
    __device__ __forceinline__ void weigh() {
        const float shift[2] = {reference[0] * p.scaleLog2, reference[1] * p.scaleLog2};
#pragma unroll
        for (int i = 0; i < C::kKeys / 4; ++i) {
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                float& score = scores[2 * i + half];
                score = powerOfTwo(fmaf(score, p.scaleLog2, -shift[i % 2]));
            }
        }
    }

    __device__ __forceinline__ void addUp() {
        float sum[2][4] = {};
#pragma unroll
        for (int i = 0; i < C::kKeys / 8; ++i) {
#pragma unroll
            for (int row = 0; row < 2; ++row) {
#pragma unroll
                for (int half = 0; half < 2; ++half) {
                    sum[row][2 * (i % 2) + half] += scores[4 * i + 2 * row + half];
                }
            }
        }
        total[0] += (sum[0][0] + sum[0][1]) + (sum[0][2] + sum[0][3]);
        total[1] += (sum[1][0] + sum[1][1]) + (sum[1][2] + sum[1][3]);
    }

    // What comes next is not moved before the weights. The assembler takes a wait for products as
    // early as it can, and the powers of two, which are to run beside them, behind it; a branch
    // that hangs on their sum it does not cross.
    __device__ __forceinline__ void stayAhead() const {
        if (__any_sync(0xffffffffu, total[0] + total[1] < 0.0f)) {
            asm volatile("nanosleep.u32 20;");
        }
    }

    __device__ __forceinline__ void shrinkSums(float2 by) {
#pragma unroll
        for (int i = 0; i < C::kHeadSize / 8; ++i) {
            sums[4 * i] *= by.x;
            sums[4 * i + 1] *= by.x;
            sums[4 * i + 2] *= by.y;
            sums[4 * i + 3] *= by.y;
        }
    }

    // As the second product takes them.
    __device__ __forceinline__ void pack() {
#pragma unroll
        for (int i = 0; i < C::kKeys / 4; ++i) {
            weights[i] = packed<C::kElement>(scores[2 * i], scores[2 * i + 1]);
        }
    }

    __device__ __forceinline__ void release(std::uint64_t& empty) const {
        if (thread % 32 == 0) {
            arrive(sharedAddress(&empty));
        }
    }

    // Steps that the group computes, one run of them; after the last of an item its queries may go.
    __device__ __forceinline__ void compute(int steps, bool isLast) {
        if (steps == 0) {
            return;
        }
        int stage = keyPlace.stage;
        await(sharedAddress(&board.keysFull[stage]), keyPlace.parity);
        awaitTurn();
        issueScores(stage);
        passTurn();
        int count = board.keyCount[stage];
        awaitProducts<0>();
        pin(scores);
        release(board.keysEmpty[stage]);
        if (isLast && steps == 1) {
            release(board.queriesEmpty[which]);
        }
        keyPlace.advance();
        float2 shrink;
        if (findReference(count, shrink)) {
            shrinkSums(shrink);
        }
        weigh();
        addUp();
        pack();
        for (int step = 1; step < steps; ++step) {
            stage = keyPlace.stage;
            const int valueStage = valuePlace.stage;
            await(sharedAddress(&board.keysFull[stage]), keyPlace.parity);
            awaitTurn();
            issueScores(stage);
            await(sharedAddress(&board.valuesFull[valueStage]), valuePlace.parity);
            issueSums(valueStage);
            passTurn();
            count = board.keyCount[stage];
            awaitProducts<1>();
            pin(scores);
            release(board.keysEmpty[stage]);
            if (isLast && step + 1 == steps) {
                release(board.queriesEmpty[which]);
            }
            keyPlace.advance();
            const bool hasMoved = findReference(count, shrink);
            weigh();
            addUp();
            stayAhead();
            awaitProducts<0>();
            pin(scores);
            pin(sums);
            release(board.valuesEmpty[valueStage]);
            valuePlace.advance();
            if (hasMoved) {
                shrinkSums(shrink);
            }
            pack();
        }
        stage = valuePlace.stage;
        await(sharedAddress(&board.valuesFull[stage]), valuePlace.parity);
        issueSums(stage);
        awaitProducts<0>();
        pin(sums);
        release(board.valuesEmpty[stage]);
        valuePlace.advance();
    }

    // Steps of other groups.
    __device__ __forceinline__ void skip(int steps) {
        for (int step = 0; step < steps; ++step) {
            __syncwarp();  // one lane lets go for all of them
            await(sharedAddress(&board.keysFull[keyPlace.stage]), keyPlace.parity);
            awaitTurn();
            passTurn();
            release(board.keysEmpty[keyPlace.stage]);
            keyPlace.advance();
            await(sharedAddress(&board.valuesFull[valuePlace.stage]), valuePlace.parity);
            release(board.valuesEmpty[valuePlace.stage]);
            valuePlace.advance();
        }
    }

    __device__ __forceinline__ void write(const RowGroup& group, int head, int batch) const {
        const int lane = thread % 32, warp = thread / 32, quarter = lane % 4;
        auto* out = static_cast<std::uint16_t*>(p.out) + batch * p.outStrides.batch +
                    head * p.outStrides.head;
#pragma unroll
        for (int row = 0; row < 2; ++row) {
            const float whole = sumOfRow(total[row]);
            const float inverse = 1.0f / whole;
            const int at = 16 * warp + lane / 4 + 8 * row;
            const bool isKept = at < group.rows;
            if (quarter == 0 && isKept) {
                constexpr float kLn2 = 0.69314718f;
                p.lse[(static_cast<std::int64_t>(batch) * p.shape.heads + head) * p.rows +
                      group.firstRow + at] = (reference[row] * p.scaleLog2 + log2f(whole)) * kLn2;
            }
            writeRow<C::kElement, C::kHeadSize>(sums + 2 * row,
                                                inverse,
                                                quarter,
                                                isKept,
                                                out + (group.firstRow + at) * p.outStrides.row);
        }
    }

    __device__ __forceinline__ void run() {
        if (which == C::kGroups - 1) {
            passTurn();  // the first is the first group's
        }
        for (std::uint32_t parity = 0;; parity ^= 1) {
            await(sharedAddress(&board.queriesFull[which]), parity);
            const int index = board.item[which];
            if (index < 0) {
                return;
            }
            const Item item = itemOf(p.plan, p.shape.batch, index);
            const RowGroup group = item.tile->groups[which];
            const int common = item.tile->commonSteps;
            if (group.rows == 0) {
                __syncwarp();
                release(board.queriesEmpty[which]);
                skip(common + group.before);
                continue;
            }
            reference[0] = reference[1] = -INFINITY;
            limit[0] = limit[1] = kLeast;
            total[0] = total[1] = 0.0f;
#pragma unroll
            for (float& sum : sums) {
                sum = 0.0f;
            }
            const bool isJoined = group.before == 0;
            compute(common + (isJoined ? group.own : 0), isJoined);
            skip(group.before);
            compute(isJoined ? 0 : group.own, true);
            skip(group.after);
            write(group, item.head, item.batch);
        }
    }
};

template <class C>
__global__ void __launch_bounds__(C::kThreads, 1) forwardKernel(const __grid_constant__ Params p) {
    extern __shared__ char memory[];
    const std::uint32_t shared = (sharedAddress(memory) + 1023) & ~1023u;
    auto& board =
        *reinterpret_cast<Board<C>*>(memory + (shared - sharedAddress(memory)) + C::kBoardAt);
    static_assert(sizeof(Board<C>) <= 256);
    const int group =
        __shfl_sync(0xffffffffu, static_cast<int>(threadIdx.x) / 128, 0);  // the same in a warp
    if (threadIdx.x == 0) {
        for (int each = 0; each < C::kGroups; ++each) {
            initBarrier(sharedAddress(&board.queriesFull[each]), 1);
            initBarrier(sharedAddress(&board.queriesEmpty[each]), 4);
        }
        for (int stage = 0; stage < C::kStages; ++stage) {
            initBarrier(sharedAddress(&board.keysFull[stage]), 1);
            initBarrier(sharedAddress(&board.valuesFull[stage]), 1);
            initBarrier(sharedAddress(&board.keysEmpty[stage]), 4 * C::kGroups);
            initBarrier(sharedAddress(&board.valuesEmpty[stage]), 4 * C::kGroups);
        }
        hopper::fenceBarriers();
    }
    __syncthreads();
    if (group == 0) {
        giveRegisters<C::kCopyRegisters>();
        if (threadIdx.x == 0) {
            Copier<C>{p, board, shared}.run();
        }
    } else {
        takeRegisters<C::kMathRegisters>();
        Group<C> math{p, board, shared, group - 1, static_cast<int>(threadIdx.x) % 128};
        math.run();
    }
}

}  // namespace tessera::kernels::forward90
