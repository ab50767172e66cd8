#pragma once

// How the backward kernels cut their work, by head size. Read on the host as well.

#include "kernels/api/attention.h"

namespace tessera::kernels {

// Compute capability 8.0: 128 keys in 99 KiB of shared memory, which 8.6 and 8.9 have as well. Two
// blocks of 16 keys a warp halve what it reads of queries, where the registers hold both gradients
// of them (backward_sm80.cuh says what the other numbers are).
template <int kHeadSize>
struct Backward80 {
    static constexpr int kKeys = 128, kQueries = 64;
    static constexpr int kBlocks = kHeadSize == 64 ? 2 : 1;
    static constexpr int kWarps = kKeys / (16 * kBlocks);
    static constexpr int kPart = kHeadSize == 96 ? 64 : 32;
    static constexpr int kGradStages = kHeadSize == 128 ? 1 : 2;
    static constexpr int kAtOnce = kHeadSize == 64 ? 2 : 1;
    static constexpr bool kStays = kHeadSize != 64;
};

template <int kHeadSize>
constexpr BackwardTileShape backwardTile80() {
    return {Backward80<kHeadSize>::kKeys, Backward80<kHeadSize>::kQueries};
}

// Compute capability 9.0. Which part of a step's gradQ each of the two groups of warps computes:
enum class SumShare {
    Rows,     // its half of the queries
    Columns,  // its half of the channels
    Turns     // all of it, every other step
};

// As many queries a step as registers allow. 128 of them leave none for two forms of the weights,
// which are then packed late, beside their gradients.
template <int kHeadSize>
struct Backward90;

template <>
struct Backward90<64> {
    static constexpr int kKeys = 128, kQueries = 128, kStages = 3;
    static constexpr SumShare kShare = SumShare::Rows;
    static constexpr bool kPacksLate = true;
};

template <>
struct Backward90<96> {
    static constexpr int kKeys = 128, kQueries = 64, kStages = 3;
    static constexpr SumShare kShare = SumShare::Turns;
    static constexpr bool kPacksLate = false;
};

template <>
struct Backward90<128> {
    static constexpr int kKeys = 128, kQueries = 64, kStages = 3;
    static constexpr SumShare kShare = SumShare::Columns;
    static constexpr bool kPacksLate = true;
};

template <int kHeadSize>
constexpr BackwardTileShape backwardTile90() {
    return {Backward90<kHeadSize>::kKeys, Backward90<kHeadSize>::kQueries};
}

}  // namespace tessera::kernels
