#pragma once

// The masks of one layer: one for all of its heads, or one a head. A value. Any thread.

#include "core/plan/frame_mask.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::plan {

inline constexpr std::size_t kMaxHeads = 256;  // that a text or a file may name

struct LayerMask {
    std::vector<FrameMask> heads{FrameMask{}};  // one, or one a head; all over the same frames

    bool operator==(const LayerMask&) const = default;

    // Of a layer with one mask any head may be asked for.
    const FrameMask& of(std::int64_t head) const;

    int frames() const { return heads.front().frames; }

    // Every head attends to everything.
    bool isFull() const;

    // Every head has the same mask.
    bool isUniform() const;

    // The same mask, said once where every head has it.
    LayerMask simplified() const;

    // "2:6" or "full" where every head has the same, else one a head: "2:6/4:4/full/2:6".
    std::string name() const;
};

// The text of name(), for clips of `frames` latent frames; as many heads as it names. BadInput as
// parseFrameMask(), and for more heads than kMaxHeads.
base::Result<LayerMask> parseLayerMask(std::string_view text, int frames);

// The heads that share a mask.
struct HeadGroup {
    FrameMask mask;
    std::vector<std::int64_t> heads;  // in order
};

// Each mask of the layer once, in the order of their first heads. `heads` is the number of heads
// of the layer: that of the mask, or any where the layer has one mask.
std::vector<HeadGroup> headGroups(const LayerMask& mask, std::int64_t heads);

// Share of token pairs that the layer skips, over its heads; 0 to 1.
double elementSparsity(const LayerMask& mask, const TokenLayout& layout);

}  // namespace tessera::plan
