#pragma once

// A mask over frames as the fused kernels take it: tiles of query rows, each with the ranges of
// keys that its rows see; for the backward pass tiles of keys, each with the ranges of queries that
// see them. Made on the host once for a shape and its masks; small (OSP-93f with 24 heads: under
// 100 KB the one, 150 KB the other). Any thread.

#include "core/plan/frame_mask.h"
#include "kernels/api/attention.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tessera::attention {

struct TilePlan {
    std::vector<kernels::AttentionTile> tiles;
    std::vector<kernels::TokenRange> ranges;
    std::vector<kernels::AttentionItem> items;  // dearest first

    kernels::TilePlanView view() const {
        return {tiles.data(), ranges.data(), items.data(), static_cast<std::int32_t>(items.size())};
    }
};

// `masks`: one for all heads, or one a head. Every query row of every head is in exactly one item.
TilePlan compileTiles(std::span<const plan::FrameMask> masks,
                      const plan::TokenLayout& layout,
                      int heads,
                      const kernels::TileShape& shape);

// Steps that a tile takes, all groups' own ones included.
std::int64_t stepsOf(const kernels::AttentionTile& tile);

struct KeyPlan {
    std::vector<kernels::KeyTile> tiles;
    std::vector<kernels::TokenRange> ranges;    // tiles that the same queries see share theirs
    std::vector<kernels::AttentionItem> items;  // dearest first

    kernels::KeyPlanView view() const {
        return {tiles.data(), ranges.data(), items.data(), static_cast<std::int32_t>(items.size())};
    }
};

// `masks`: one for all heads, or one a head. Every key of every head is in exactly one item.
KeyPlan compileKeyTiles(std::span<const plan::FrameMask> masks,
                        const plan::TokenLayout& layout,
                        int heads,
                        const kernels::BackwardTileShape& shape);

// Steps of queries that a tile takes.
std::int64_t stepsOf(const KeyPlan& plan,
                     const kernels::KeyTile& tile,
                     const kernels::BackwardTileShape& shape);

}  // namespace tessera::attention
