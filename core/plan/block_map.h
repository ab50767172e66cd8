#pragma once

// The attention map in square blocks, as a kernel works on it: which blocks a mask keeps whole, in
// part, or not at all. Holds runs of alike blocks, so its size grows with the frames and not with
// the blocks. A value. Any thread.

#include "core/plan/block_count.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera::plan {

enum class BlockKind {
    Skipped,
    Partial,  // some pairs are kept: the kernel computes all and drops the others
    Full,
};

class BlockMap {
public:
    // What a line (a row or a column: the map is symmetric) of blocks holds: tokens that see
    // everything, and the first and last frame of those that do not; none where last < first.
    struct Content {
        bool hasOpen = false;
        int first = 0;
        int last = -1;

        bool isOpen() const { return last < first; }

        bool operator==(const Content&) const = default;
    };

    // Neighbouring lines with the same content.
    struct Run {
        std::int64_t begin = 0;
        std::int64_t count = 0;
        Content content;
    };

    // layout.frames is that of the mask; block >= 1.
    BlockMap(const FrameMask& mask, const TokenLayout& layout, std::int64_t block);

    std::int64_t block() const { return m_block; }

    // Blocks a side; the last may be short.
    std::int64_t side() const { return m_side; }

    // In order, without gaps.
    const std::vector<Run>& runs() const { return m_runs; }

    // The run of that line, 0 <= line < side().
    const Run& run(std::int64_t line) const;

    static BlockKind kind(const Content& row, const Content& column);
    BlockKind kind(std::int64_t row, std::int64_t column) const;

    // Pairs of a block, and those of them that the mask keeps.
    std::int64_t pairs(std::int64_t row, std::int64_t column) const;
    std::int64_t keptPairs(std::int64_t row, std::int64_t column) const;

    BlockCount count() const;

private:
    void add(std::int64_t begin, std::int64_t count, const Content& content);
    std::int64_t tokensOf(std::int64_t line) const;
    std::int64_t closedTokens(std::int64_t line, int frame) const;

    FrameMask m_mask;
    TokenLayout m_layout;
    std::int64_t m_block = kBlock;
    std::int64_t m_side = 0;
    std::vector<Run> m_runs;
};

}  // namespace tessera::plan
