#pragma once

// The sequence as the CPU kernel walks it: tokens in the order of its segments, each in whole
// blocks of as many slots as a vector has lanes, and the tiles of query rows with the runs of
// blocks that they see. Plain values. Any thread.

#include "core/plan/frame_mask.h"
#include "kernels/api/cpu_attention.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera::attention {

struct CpuSegments {
    // Tokens count from `begin` on; behind them the last block is filled up.
    struct Segment {
        std::int64_t begin = 0;  // slots
        std::int64_t end = 0;
        std::int64_t tokens = 0;
    };

    // The first sees all and is seen by all, each other one by itself and the first.
    std::vector<Segment> segments;
    std::vector<std::int32_t> slots;  // the token of each; -1 = filled up
    std::int64_t lanes = 0;

    std::int64_t slotCount() const { return static_cast<std::int64_t>(slots.size()); }
};

// One segment of so many tokens.
CpuSegments wholeSequence(std::int64_t tokens, std::int64_t lanes);

// Text and reference frames together, then every other frame.
CpuSegments segmentsOf(const plan::FrameMask& mask,
                       const plan::TokenLayout& layout,
                       std::int64_t lanes);

// What the heads of an attention have in common or not.
struct CpuPattern {
    CpuSegments queries;
    CpuSegments keys;  // as many segments
    std::vector<std::int64_t> heads;
};

// A tile of one pattern. It points into the slots of `rows`.
struct CpuTileWork {
    kernels::CpuTile tile;
    std::int64_t cost = 0;  // blocks times rows
};

// Tiles of the rows of one side over the blocks of the other; masks are symmetric, so that keys
// over queries are right as well. Every row is in exactly one.
std::vector<CpuTileWork> tilesOf(const CpuSegments& rows, const CpuSegments& columns);

}  // namespace tessera::attention
