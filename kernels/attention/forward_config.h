#pragma once

// How the forward kernels cut their work, by head size. Read on the host as well.

#include "kernels/api/attention.h"

namespace tessera::kernels {

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
    static constexpr int kKeys = 144, kGroups = 2, kStages = 2;
};

template <int kHeadSize>
constexpr TileShape forwardTile90() {
    return {Forward90<kHeadSize>::kGroups, Forward90<kHeadSize>::kKeys};
}

}  // namespace tessera::kernels
