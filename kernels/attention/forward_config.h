#pragma once

// How the forward kernels cut their work, by head size. Read on the host as well.

#include "kernels/api/attention.h"

namespace tessera::kernels {

// Compute capability 8.0: as many keys a step as the registers of two blocks of threads allow, and
// the queries kept in registers where these allow that too.
template <int kHeadSize>
struct Forward80 {
    static constexpr int kKeys = 64, kGroups = 2, kAtOnce = 2;
    static constexpr bool kStays = kHeadSize == 64;
};

template <int kHeadSize>
constexpr TileShape forwardTile80() {
    return {Forward80<kHeadSize>::kGroups, Forward80<kHeadSize>::kKeys};
}

// Compute capability 9.0: as many keys a step as registers and shared memory allow.
template <int kHeadSize>
struct Forward90;

template <>
struct Forward90<64> {
    static constexpr int kKeys = 128, kGroups = 3, kStages = 3;
};

template <>
struct Forward90<96> {
    static constexpr int kKeys = 112, kGroups = 3, kStages = 3;
};

template <>
struct Forward90<128> {
    static constexpr int kKeys = 80, kGroups = 3, kStages = 3;
};

template <int kHeadSize>
constexpr TileShape forwardTile90() {
    return {Forward90<kHeadSize>::kGroups, Forward90<kHeadSize>::kKeys};
}

}  // namespace tessera::kernels
