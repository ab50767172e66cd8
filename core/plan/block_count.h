#pragma once

// What a mask leaves of the blocks that a kernel works in. Any thread.

#include "core/plan/frame_mask.h"

#include <cstdint>

namespace tessera::plan {

inline constexpr std::int64_t kBlock = 128;  // of block sparsity, where no other size is named

// Square blocks of the attention map; a short last one counts with the tokens it has.
struct BlockCount {
    std::int64_t total = 0;
    std::int64_t computed = 0;  // at least one pair kept
    std::int64_t full = 0;      // every pair kept

    // 0 to 1.
    double sparsity() const {
        return 1.0 - static_cast<double>(computed) / static_cast<double>(total);
    }
};

// layout.frames is that of the mask; block >= 1. Time and memory grow with the frames alone.
BlockCount countBlocks(const FrameMask& mask,
                       const TokenLayout& layout,
                       std::int64_t block = kBlock);

}  // namespace tessera::plan
