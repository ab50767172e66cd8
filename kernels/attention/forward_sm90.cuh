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
#include "kernels/common/hopper.cuh"
#include "kernels/common/made/products.cuh"

#include <cuda_bf16.h>

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

// A place in a ring of stages, and the parity of its turn.
template <int kStages>
struct Place {
    int stage = 0;
    std::uint32_t parity = 0;

    __device__ void advance() {
        if (++stage == kStages) {
            stage = 0;
            parity ^= 1;
        }
    }
};

__device__ inline std::uint32_t packed(float low, float high) {
    const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
    return *reinterpret_cast<const std::uint32_t*>(&pair);
}

__device__ inline float powerOfTwo(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// The largest, or the sum, over the four lanes that share a row.
__device__ inline float largestOfRow(float x) {
    x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 1));
    return fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 2));
}

__device__ inline float sumOfRow(float x) {
    x += __shfl_xor_sync(0xffffffffu, x, 1);
    return x + __shfl_xor_sync(0xffffffffu, x, 2);
}

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
    float largest[2], total[2];  // of the thread's two rows; the total is its own part of the row

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
            Product<C::kKeys>::template run<false>(
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
            Product<C::kHeadSize>::template run<true>(
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

    // The largest score of each row so far. Returns by what sums and total shrink.
    __device__ __forceinline__ float2 findLargest(int count) {
        if (count < C::kKeys) {
            hideBehind(count);
        }
        // Several chains a row: a warp has its part of the multiprocessor nearly to itself.
        constexpr int kChains = 4;
        float most[2][kChains];
#pragma unroll
        for (int row = 0; row < 2; ++row) {
#pragma unroll
            for (int chain = 0; chain < kChains; ++chain) {
                most[row][chain] = scores[4 * (chain / 2) + 2 * row + chain % 2];
            }
        }
#pragma unroll
        for (int i = 2; i < C::kKeys / 8; ++i) {
#pragma unroll
            for (int row = 0; row < 2; ++row) {
#pragma unroll
                for (int half = 0; half < 2; ++half) {
                    float& chain = most[row][2 * (i % 2) + half];
                    chain = fmaxf(chain, scores[4 * i + 2 * row + half]);
                }
            }
        }
        float shrink[2];
#pragma unroll
        for (int row = 0; row < 2; ++row) {
            const float pair =
                fmaxf(fmaxf(most[row][0], most[row][1]), fmaxf(most[row][2], most[row][3]));
            const float all = fmaxf(largest[row], largestOfRow(pair));
            shrink[row] = powerOfTwo((largest[row] - all) * p.scaleLog2);
            largest[row] = all;
        }
        return {shrink[0], shrink[1]};
    }

    // Scores become weights.
    __device__ __forceinline__ void weigh() {
        const float shift[2] = {largest[0] * p.scaleLog2, largest[1] * p.scaleLog2};
#pragma unroll
        for (int i = 0; i < C::kKeys / 4; ++i) {
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                float& score = scores[2 * i + half];
                score = powerOfTwo(fmaf(score, p.scaleLog2, -shift[i % 2]));
            }
        }
    }

    __device__ __forceinline__ void addUp(float2 shrink) {
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
        total[0] = total[0] * shrink.x + ((sum[0][0] + sum[0][1]) + (sum[0][2] + sum[0][3]));
        total[1] = total[1] * shrink.y + ((sum[1][0] + sum[1][1]) + (sum[1][2] + sum[1][3]));
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
        if (!__any_sync(0xffffffffu, by.x != 1.0f || by.y != 1.0f)) {
            return;  // no row has found a larger score: the usual case after the first steps
        }
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
            weights[i] = packed(scores[2 * i], scores[2 * i + 1]);
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
        float2 shrink = findLargest(count);
        shrinkSums(shrink);
        weigh();
        if constexpr (!C::kAddsLate) {
            addUp(shrink);
        }
        pack();
        for (int step = 1; step < steps; ++step) {
            stage = keyPlace.stage;
            const int valueStage = valuePlace.stage;
            await(sharedAddress(&board.keysFull[stage]), keyPlace.parity);
            if constexpr (C::kAddsLate) {
                addUp(shrink);
            }
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
            shrink = findLargest(count);
            if constexpr (!C::kAddsLate) {
                weigh();
                addUp(shrink);
                stayAhead();
            }
            awaitProducts<0>();
            pin(scores);
            pin(sums);
            release(board.valuesEmpty[valueStage]);
            valuePlace.advance();
            shrinkSums(shrink);
            if constexpr (C::kAddsLate) {
                weigh();
            }
            pack();
        }
        stage = valuePlace.stage;
        await(sharedAddress(&board.valuesFull[stage]), valuePlace.parity);
        issueSums(stage);
        if constexpr (C::kAddsLate) {
            addUp(shrink);
        }
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

    // A quad of lanes exchanges its parts of four groups of eight columns, so that each writes 16
    // bytes of a row.
    __device__ __forceinline__ void write(const RowGroup& group, int head, int batch) const {
        const int lane = thread % 32, warp = thread / 32, quarter = lane % 4;
        auto* out = static_cast<__nv_bfloat16*>(p.out) + batch * p.outStrides.batch +
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
                      group.firstRow + at] = (largest[row] * p.scaleLog2 + log2f(whole)) * kLn2;
            }
            __nv_bfloat16* to = out + (group.firstRow + at) * p.outStrides.row;
#pragma unroll
            for (int columns = 0; columns < C::kHeadSize; columns += 32) {
                std::uint32_t part[4];
#pragma unroll
                for (int i = 0; i < 4; ++i) {
                    const float* s = sums + columns / 2 + 4 * i + 2 * row;
                    part[i] = packed(s[0] * inverse, s[1] * inverse);
                }
                const uint4 bits = exchanged(part, quarter);
                if (isKept) {
                    *reinterpret_cast<uint4*>(to + columns + 8 * quarter) = bits;
                }
            }
        }
    }

    // The transpose of four by four numbers over a quad: lane q gets part[q] of the lanes 0 to 3.
    __device__ __forceinline__ static uint4 exchanged(std::uint32_t (&part)[4], int quarter) {
#pragma unroll
        for (int apart = 1; apart < 4; apart *= 2) {
            const bool isUpper = (quarter & apart) != 0;
#pragma unroll
            for (int low = 0; low < 4; ++low) {
                if ((low & apart) == 0) {
                    const int high = low | apart;
                    const std::uint32_t given = isUpper ? part[low] : part[high];
                    const std::uint32_t taken = __shfl_xor_sync(0xffffffffu, given, apart);
                    part[low] = isUpper ? taken : part[low];
                    part[high] = isUpper ? part[high] : taken;
                }
            }
        }
        return {part[0], part[1], part[2], part[3]};
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
            const Item item = itemOf(p, index);
            const RowGroup group = item.tile->groups[which];
            const int common = item.tile->commonSteps;
            if (group.rows == 0) {
                __syncwarp();
                release(board.queriesEmpty[which]);
                skip(common + group.before);
                continue;
            }
            largest[0] = largest[1] = -INFINITY;
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
        asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
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
