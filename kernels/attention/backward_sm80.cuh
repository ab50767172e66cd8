#pragma once

// The backward kernel for compute capability 8.0. A block of threads takes one item: a tile of keys
// of one head, the longest items first, and walks the queries that see them (Dao,
// "FlashAttention-2", algorithm 2). A warp has its own keys and computes scores turned, [keys,
// queries]: as they lie in its registers they are the first factor of the products that sum up
// gradV and gradK. gradQ sums over the keys of all warps, so the slopes alone go through shared
// memory. The next queries arrive while these are worked on.

#include "kernels/attention/fragments.cuh"
#include "kernels/attention/items.cuh"
#include "kernels/attention/steps_sm80.cuh"
#include "kernels/common/ampere.cuh"

namespace tessera::kernels::backward80 {

using ampere::Copier;
using ampere::copy4;
using ampere::Lane;
using ampere::loadMatrices;
using ampere::loadTurned;
using ampere::multiply;
using ampere::Order;
using ampere::Tile;
using sm80::Steps;

// `kBlocks`: of 16 keys, that a warp has. `kPart`: queries whose scores are in registers at a time.
// `kStays`: whether a warp keeps its values in registers; where not, they stay in shared memory.
// `kGradStages`: steps of the output's gradient in shared memory.
template <int kHeadSizeOf,
          int kQueriesOf,
          int kWarpsOf,
          int kBlocksOf,
          int kPartOf,
          bool kStaysOf,
          int kGradStagesOf,
          int kAtOnceOf,
          Element kElementOf>
struct Config {
    static constexpr int kHeadSize = kHeadSizeOf, kQueries = kQueriesOf, kWarps = kWarpsOf;
    static constexpr int kBlocks = kBlocksOf, kPart = kPartOf, kGradStages = kGradStagesOf;
    static constexpr int kAtOnce = kAtOnceOf;  // blocks of threads on a multiprocessor
    static constexpr bool kStays = kStaysOf;
    static constexpr Element kElement = kElementOf;
    static constexpr int kThreads = 32 * kWarps;
    static constexpr int kWarpKeys = 16 * kBlocks;
    static constexpr int kKeys = kWarpKeys * kWarps;
    // Of a step's gradQ that a warp sums up: 32 by 32 where the channels divide so.
    static constexpr int kSumRows = kHeadSize == 96 ? 16 : 32;
    static constexpr int kSumColumns = kHeadSize * kQueries / (kSumRows * kWarps);

    static constexpr int kRowBytes = kHeadSize * 2;
    static constexpr int kKeyBytes = kKeys * kRowBytes;      // of keys, or of values
    static constexpr int kStepBytes = kQueries * kRowBytes;  // of queries, or of gradients
    static constexpr int kQueriesAt = kStays ? kKeyBytes : 2 * kKeyBytes;
    // Values that stay in registers pass through the queries' place.
    static constexpr int kValuesAt = kKeyBytes;
    static constexpr int kGradsAt = kQueriesAt + 2 * kStepBytes;
    static constexpr int kSlopesAt = kGradsAt + kGradStages * kStepBytes;
    static constexpr int kNumbersAt = kSlopesAt + kKeys * kQueries * 2;
    static constexpr int kSharedBytes = kNumbersAt + 2 * 2 * kQueries * 4;  // lse and products

    static_assert(kHeadSize % 32 == 0 && kPart % 16 == 0);
    static_assert(kQueries % kPart == 0 && 64 % kPart == 0, "a part is a power of two");
    static_assert(!kStays || 2 * kStepBytes >= kKeyBytes, "the values pass through there");
    static_assert(kSumColumns % 16 == 0 && kQueries % kSumRows == 0);
    static_assert(2 * kQueries <= kThreads, "a thread copies one number of a query");
    static_assert(kSharedBytes <= 101376, "8.6 and 8.9 have 99 KiB");
};

struct Params {
    AttentionBackward a;
    std::int64_t rows;  // of the sequence
    float scaleLog2;    // scale / ln 2
};

using Item = PlanItem<KeyTile>;

// Rows of the heads before.
__device__ inline std::int64_t rowsBefore(const Params& p, const Item& item) {
    return (static_cast<std::int64_t>(item.batch) * p.a.shape.heads + item.head) * p.rows;
}

template <class C>
struct Warp {
    static constexpr int kParts = C::kPart / 2;  // numbers of a thread, of a block's scores

    const Params& p;
    const char* memory;
    const std::uint32_t shared;  // its address
    const int warp;
    // A lane's place in a tile of rows at `shared`, in the two orders.
    Lane<C::kHeadSize, Order::RowsFirst> rows;
    Lane<C::kHeadSize, Order::PiecesFirst> pieces;

    std::uint32_t stayed[C::kStays ? C::kHeadSize / 16 : 1][C::kBlocks][4];
    float gradK[C::kBlocks][C::kHeadSize / 2];
    float gradV[C::kBlocks][C::kHeadSize / 2];

    __device__ Warp(const Params& params, const char* all, int which)
        : p(params),
          memory(all),
          shared(ampere::sharedAddress(all)),
          warp(which),
          rows(shared, 0),
          pieces(shared, 0) {
#pragma unroll
        for (int block = 0; block < C::kBlocks; ++block) {
#pragma unroll
            for (int i = 0; i < C::kHeadSize / 2; ++i) {
                gradK[block][i] = gradV[block][i] = 0.0f;
            }
        }
    }

    // Of this warp, in tiles of all keys.
    __device__ int firstKey() const {
        return C::kWarpKeys * warp;
    }

    __device__ __forceinline__ void loadBlocks(std::uint32_t (&to)[C::kBlocks][4],
                                               const Lane<C::kHeadSize, Order::RowsFirst>& from,
                                               int channel) const {
#pragma unroll
        for (int block = 0; block < C::kBlocks; ++block) {
            loadMatrices(to[block], from.at(16 * block, channel));
        }
    }

    // Once they are there.
    __device__ __forceinline__ void keepValues() {
        const auto own = rows.movedBy(C::kQueriesAt + firstKey() * C::kRowBytes);
#pragma unroll
        for (int channel = 0; channel < C::kHeadSize; channel += 16) {
            loadBlocks(stayed[channel / 16], own, channel);
        }
    }

    // result [keys, queries of a part] = own rows times rows of a part, both with their channels.
    template <bool kAreStayed>
    __device__ __forceinline__ void multiplyRows(
        float (&result)[C::kBlocks][kParts],
        const Lane<C::kHeadSize, Order::RowsFirst>& own,
        const Lane<C::kHeadSize, Order::PiecesFirst>& part) const {
#pragma unroll
        for (int block = 0; block < C::kBlocks; ++block) {
#pragma unroll
            for (float& each : result[block]) {
                each = 0.0f;
            }
        }
#pragma unroll
        for (int channel = 0; channel < C::kHeadSize; channel += 16) {
            std::uint32_t read[C::kBlocks][4];
            if constexpr (!kAreStayed) {
                loadBlocks(read, own, channel);
            }
            const auto& blocks = kAreStayed ? stayed[channel / 16] : read;
#pragma unroll
            for (int query = 0; query < C::kPart; query += 16) {
                std::uint32_t pair[4];
                loadMatrices(pair, part.at(query, channel));
#pragma unroll
                for (int block = 0; block < C::kBlocks; ++block) {
                    multiply<C::kElement>(
                        result[block] + query / 2, blocks[block], pair[0], pair[1]);
                    multiply<C::kElement>(
                        result[block] + query / 2 + 4, blocks[block], pair[2], pair[3]);
                }
            }
        }
    }

    // sums [keys, channels] += what is packed, [keys, queries of a part], times rows of the part.
    __device__ __forceinline__ void addUp(
        float (&sums)[C::kBlocks][C::kHeadSize / 2],
        const std::uint32_t (&packedPart)[C::kBlocks][C::kPart / 16][4],
        const Lane<C::kHeadSize, Order::RowsFirst>& part) const {
#pragma unroll
        for (int query = 0; query < C::kPart; query += 16) {
#pragma unroll
            for (int channel = 0; channel < C::kHeadSize; channel += 16) {
                std::uint32_t pair[4];
                loadTurned(pair, part.at(query, channel));
#pragma unroll
                for (int block = 0; block < C::kBlocks; ++block) {
                    const auto& own = packedPart[block][query / 16];
                    multiply<C::kElement>(sums[block] + channel / 2, own, pair[0], pair[1]);
                    multiply<C::kElement>(sums[block] + channel / 2 + 4, own, pair[2], pair[3]);
                }
            }
        }
    }

    // Scores of queries that the step does not have, and of keys that the tile does not have, take
    // no part. `queries`: the step's, counted from the part's first.
    __device__ __forceinline__ void hideBehind(float (&scores)[C::kBlocks][kParts],
                                               int queries,
                                               int keys) const {
        const int lane = ampere::ownLane();
        const int key = firstKey() + lane / 4, query = 2 * (lane % 4);
#pragma unroll
        for (int block = 0; block < C::kBlocks; ++block) {
#pragma unroll
            for (int i = 0; i < kParts; ++i) {
                if (key + 16 * block + i / 2 % 2 * 8 >= keys ||
                    query + i / 4 * 8 + i % 2 >= queries) {
                    scores[block][i] = -INFINITY;
                }
            }
        }
    }

    // Scores become weights, and the products of gradients and values become slopes.
    __device__ __forceinline__ void weigh(float (&scores)[C::kBlocks][kParts],
                                          float (&slopes)[C::kBlocks][kParts],
                                          const float* lse) const {
        constexpr float kLog2E = 1.44269504f;
        const float* products = lse + C::kQueries;
#pragma unroll
        for (int i = 0; i < C::kPart / 8; ++i) {
            const float2 shift = *reinterpret_cast<const float2*>(lse + 8 * i);
            const float2 less = *reinterpret_cast<const float2*>(products + 8 * i);
#pragma unroll
            for (int block = 0; block < C::kBlocks; ++block) {
#pragma unroll
                for (int row = 0; row < 2; ++row) {
                    float* score = scores[block] + 4 * i + 2 * row;
                    float* slope = slopes[block] + 4 * i + 2 * row;
                    score[0] = powerOfTwo(fmaf(score[0], p.scaleLog2, -shift.x * kLog2E));
                    score[1] = powerOfTwo(fmaf(score[1], p.scaleLog2, -shift.y * kLog2E));
                    slope[0] = score[0] * (slope[0] - less.x);
                    slope[1] = score[1] * (slope[1] - less.y);
                }
            }
        }
    }

    // As the products that add up take them.
    __device__ __forceinline__ static void pack(const float (&from)[C::kBlocks][kParts],
                                                std::uint32_t (&to)[C::kBlocks][C::kPart / 16][4]) {
#pragma unroll
        for (int block = 0; block < C::kBlocks; ++block) {
#pragma unroll
            for (int i = 0; i < C::kPart / 4; ++i) {
                to[block][i / 4][i % 4] =
                    packed<C::kElement>(from[block][2 * i], from[block][2 * i + 1]);
            }
        }
    }

    // The slopes of a part to their place in shared memory, [keys, queries].
    __device__ __forceinline__ void shareSlopes(
        const std::uint32_t (&slopes)[C::kBlocks][C::kPart / 16][4], int firstQuery) const {
        const int lane = ampere::ownLane();
        const std::uint32_t own = shared + C::kSlopesAt +
                                  Tile<C::kQueries>::offset(firstKey() + lane / 4, firstQuery / 8) +
                                  4 * (lane % 4);
#pragma unroll
        for (int block = 0; block < C::kBlocks; ++block) {
#pragma unroll
            for (int i = 0; i < C::kPart / 4; ++i) {
                const int row = 16 * block + i % 2 * 8;
                ampere::store4((own ^ (16 * (i / 2))) + row * Tile<C::kQueries>::kRowBytes,
                               slopes[block][i / 4][i % 4]);
            }
        }
    }

    // One part of a step: its queries from `firstQuery` on.
    __device__ __forceinline__ void attend(int stage, int firstQuery, int queries, int keys) {
        rows.forget();
        pieces.forget();
        const int queriesAt = C::kQueriesAt + stage * C::kStepBytes + firstQuery * C::kRowBytes;
        const int gradsAt =
            C::kGradsAt + stage % C::kGradStages * C::kStepBytes + firstQuery * C::kRowBytes;
        const int ownBytes = firstKey() * C::kRowBytes;
        float scores[C::kBlocks][kParts], slopes[C::kBlocks][kParts];
        multiplyRows<false>(scores, rows.movedBy(ownBytes), pieces.movedBy(queriesAt));
        if (queries < firstQuery + C::kPart || keys < C::kKeys) {
            hideBehind(scores, queries - firstQuery, keys);
        }
        multiplyRows<C::kStays>(
            slopes, rows.movedBy(C::kValuesAt + ownBytes), pieces.movedBy(gradsAt));
        weigh(scores,
              slopes,
              reinterpret_cast<const float*>(memory + C::kNumbersAt) + 2 * C::kQueries * stage +
                  firstQuery + 2 * (threadIdx.x % 4));
        std::uint32_t part[C::kBlocks][C::kPart / 16][4];
        pack(scores, part);
        addUp(gradV, part, rows.movedBy(gradsAt));
        pack(slopes, part);
        shareSlopes(part, firstQuery);
        addUp(gradK, part, rows.movedBy(queriesAt));
    }

    // The warp's part of slopes^T keys is added to what other blocks know of gradQ. `before`: the
    // first query's place among the rows of all heads.
    __device__ __forceinline__ void sumQueries(std::int64_t before, int queries) {
        constexpr int kAcross = C::kHeadSize / C::kSumColumns;
        const int firstRow = warp / kAcross * C::kSumRows;
        const int firstColumn = warp % kAcross * C::kSumColumns;
        rows.forget();
        const Lane<C::kQueries, Order::PiecesFirst> slopes(shared + C::kSlopesAt, 0);
        float sums[C::kSumRows / 16][C::kSumColumns / 2] = {};
#pragma unroll
        for (int key = 0; key < C::kKeys; key += 16) {
            std::uint32_t turned[C::kSumRows / 16][4];
#pragma unroll
            for (int block = 0; block < C::kSumRows / 16; ++block) {
                loadTurned(turned[block], slopes.at(key, firstRow + 16 * block));
            }
#pragma unroll
            for (int channel = 0; channel < C::kSumColumns; channel += 16) {
                std::uint32_t pair[4];
                loadTurned(pair, rows.at(key, firstColumn + channel));
#pragma unroll
                for (int block = 0; block < C::kSumRows / 16; ++block) {
                    multiply<C::kElement>(
                        sums[block] + channel / 2, turned[block], pair[0], pair[1]);
                    multiply<C::kElement>(
                        sums[block] + channel / 2 + 4, turned[block], pair[2], pair[3]);
                }
            }
        }
        addToQueries(sums,
                     p.a.querySums + (before + firstRow) * C::kHeadSize + firstColumn,
                     queries - firstRow);
    }

    // Lanes that have neighbouring rows exchange halves of their pairs, so that eight lanes add to
    // 32 bytes of a row at a time.
    __device__ __forceinline__ static void addToQueries(
        const float (&sums)[C::kSumRows / 16][C::kSumColumns / 2], float* to, int queries) {
        constexpr int kGroups = C::kSumColumns / 8;
        const int lane = ampere::ownLane();
        const bool isOdd = lane / 4 % 2 != 0;
        const int row = lane / 8 * 2;
        to += row * C::kHeadSize + 2 * (lane % 4) + (isOdd ? 1 : 0);
#pragma unroll
        for (int below = 0; below < C::kSumRows; below += 8) {
            float upper[kGroups], lower[kGroups];
#pragma unroll
            for (int i = 0; i < kGroups; ++i) {
                const float* pair = sums[below / 16] + 4 * i + below / 8 % 2 * 2;
                const float given = isOdd ? pair[0] : pair[1];
                const float taken = __shfl_xor_sync(0xffffffffu, given, 4);
                upper[i] = isOdd ? taken : pair[0];
                lower[i] = isOdd ? pair[1] : taken;
            }
            float* place = to + below * C::kHeadSize;
            if (row + below < queries) {
#pragma unroll
                for (int i = 0; i < kGroups; ++i) {
                    atomicAdd(place + 8 * i, upper[i]);
                }
            }
            if (row + below + 1 < queries) {
#pragma unroll
                for (int i = 0; i < kGroups; ++i) {
                    atomicAdd(place + C::kHeadSize + 8 * i, lower[i]);
                }
            }
        }
    }

    __device__ __forceinline__ void write() const {
        const Item item = itemOf(p.a.plan, p.a.shape.batch, blockIdx.x);
        const KeyTile& tile = *item.tile;
        const int lane = ampere::ownLane(), quarter = lane % 4;
        auto* toK = static_cast<std::uint16_t*>(p.a.gradK) + item.batch * p.a.gradKStrides.batch +
                    item.head * p.a.gradKStrides.head;
        auto* toV = static_cast<std::uint16_t*>(p.a.gradV) + item.batch * p.a.gradVStrides.batch +
                    item.head * p.a.gradVStrides.head;
#pragma unroll
        for (int block = 0; block < C::kBlocks; ++block) {
#pragma unroll
            for (int row = 0; row < 2; ++row) {
                const int at = firstKey() + 16 * block + lane / 4 + 8 * row;
                const bool isKept = at < tile.keys;
                const std::int64_t key = tile.firstKey + at;
                writeRow<C::kElement, C::kHeadSize>(gradK[block] + 2 * row,
                                                    p.a.scale,
                                                    quarter,
                                                    isKept,
                                                    toK + key * p.a.gradKStrides.row);
                writeRow<C::kElement, C::kHeadSize>(gradV[block] + 2 * row,
                                                    1.0f,
                                                    quarter,
                                                    isKept,
                                                    toV + key * p.a.gradVStrides.row);
            }
        }
    }
};

// What a block of threads copies of a step.
template <class C>
struct StepCopier {
    const Params& p;
    const std::uint32_t shared;
    const Copier<C::kHeadSize, C::kThreads> queries, grads;
    const std::int64_t before;  // rows of the heads before

    __device__ StepCopier(const Params& params, std::uint32_t to, const Item& item)
        : p(params),
          shared(to),
          queries(sm80::firstRow(p.a.q, p.a.qStrides, item.batch, item.head), p.a.qStrides.row),
          grads(sm80::firstRow(p.a.gradOut, p.a.gradOutStrides, item.batch, item.head),
                p.a.gradOutStrides.row),
          before(rowsBefore(p, item)) {}

    // And a number each of the queries: lse, then products.
    __device__ __forceinline__ void copyQueries(int stage, int first, int count) const {
        queries.template copy<C::kQueries>(
            shared + C::kQueriesAt + stage * C::kStepBytes, p.a.qStrides.row, first, count);
        const auto own = static_cast<int>(threadIdx.x);
        if (own < 2 * C::kQueries) {
            const int query = own % C::kQueries;
            const float* from = own < C::kQueries ? p.a.lse : p.a.products;
            copy4(shared + C::kNumbersAt + 4 * (2 * C::kQueries * stage + own),
                  from + before + first + query,
                  query < count);
        }
    }

    __device__ __forceinline__ void copyGrads(int stage, int first, int count) const {
        grads.template copy<C::kQueries>(
            shared + C::kGradsAt + stage % C::kGradStages * C::kStepBytes,
            p.a.gradOutStrides.row,
            first,
            count);
    }
};

template <class C>
__global__ void __launch_bounds__(C::kThreads, C::kAtOnce)
    backwardKernel(const __grid_constant__ Params p) {
    extern __shared__ __align__(128) char memory[];
    const std::uint32_t shared = ampere::sharedAddress(memory);
    const Item item = itemOf(p.a.plan, p.a.shape.batch, blockIdx.x);
    const KeyTile tile = *item.tile;
    const int warp = __shfl_sync(0xffffffffu, static_cast<int>(threadIdx.x / 32), 0);
    Warp<C> math(p, memory, warp);
    {
        using Rows = Copier<C::kHeadSize, C::kThreads>;
        const Rows keys(sm80::firstRow(p.a.k, p.a.kStrides, item.batch, item.head),
                        p.a.kStrides.row);
        const Rows values(sm80::firstRow(p.a.v, p.a.vStrides, item.batch, item.head),
                          p.a.vStrides.row);
        keys.template copy<C::kKeys>(shared, p.a.kStrides.row, tile.firstKey, tile.keys);
        values.template copy<C::kKeys>(shared + (C::kStays ? C::kQueriesAt : C::kValuesAt),
                                       p.a.vStrides.row,
                                       tile.firstKey,
                                       tile.keys);
        if constexpr (C::kStays) {
            ampere::commitCopies();
            ampere::awaitCopies<0>();
            __syncthreads();
            math.keepValues();
            __syncthreads();
        }
    }
    const StepCopier<C> copier(p, shared, item);
    Steps<C::kQueries> steps(p.a.plan.ranges + tile.firstRange, tile.rangeCount);
    copier.copyQueries(0, steps.first(), steps.count());
    copier.copyGrads(0, steps.first(), steps.count());
    ampere::commitCopies();
    for (int stage = 0; steps.count() > 0; stage ^= 1) {
        ampere::awaitCopies<0>();
        __syncthreads();  // the step is there, and nobody reads the last one or its slopes any more
        const int first = steps.first(), count = steps.count();
        steps.advance();
        const bool isLast = steps.count() == 0;
        if (!isLast) {
            copier.copyQueries(stage ^ 1, steps.first(), steps.count());
            if constexpr (C::kGradStages == 2) {
                copier.copyGrads(stage ^ 1, steps.first(), steps.count());
            }
            ampere::commitCopies();
        }
#pragma unroll 1  // two parts' scores would not fit the registers side by side
        for (int query = 0; query < C::kQueries; query += C::kPart) {
            math.attend(stage, query, count, tile.keys);
        }
        __syncthreads();  // the slopes are there, and nobody reads the gradients any more
        if (C::kGradStages == 1 && !isLast) {
            copier.copyGrads(0, steps.first(), steps.count());
            ampere::commitCopies();
        }
        math.sumQueries(copier.before + first, count);
    }
    math.write();
}

}  // namespace tessera::kernels::backward80
