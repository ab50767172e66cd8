#pragma once

// The items of a plan as device code takes them, one after another over all batches.

#include "kernels/api/attention.h"

#include <cstdint>

namespace tessera::kernels {

template <class Tile>
struct PlanItem {
    const Tile* tile;
    int head, batch;
};

// `index` counts items times batches: the dearest of all batches come first.
template <class Plan, class Index>
__device__ inline auto itemOf(const Plan& plan, std::int64_t batch, Index index) {
    const auto batches = static_cast<Index>(batch);
    const AttentionItem item = plan.items[index / batches];
    return PlanItem{plan.tiles + item.tile, item.head, static_cast<int>(index % batches)};
}

}  // namespace tessera::kernels
