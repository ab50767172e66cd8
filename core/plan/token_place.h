#pragma once

// Single tokens of a sequence: where one lies, and why a mask keeps a pair of them. Any thread.

#include "core/plan/frame_mask.h"

#include <cstdint>

namespace tessera::plan {

struct TokenPlace {
    int frame = -1;          // -1 = text
    std::int64_t token = 0;  // of its frame, or of the text

    bool isText() const { return frame < 0; }

    bool operator==(const TokenPlace&) const = default;
};

// 0 <= token < layout.total().
TokenPlace placeOf(const TokenLayout& layout, std::int64_t token);

// The first of these that holds.
enum class PairReason { Text, Reference, OwnFrame, Skipped };

PairReason reasonFor(const FrameMask& mask, const TokenPlace& query, const TokenPlace& key);

}  // namespace tessera::plan
