#include "core/plan/block_count.h"

#include "core/base/check.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace tessera::plan {
namespace {

// What one row (or column) of blocks holds: tokens that see everything, and the first and last
// frame of those that do not; empty where last < first.
struct Content {
    bool hasOpen = false;
    int first = 0;
    int last = -1;

    bool operator<(const Content& other) const {
        return std::tie(hasOpen, first, last) < std::tie(other.hasOpen, other.first, other.last);
    }

    bool isOpen() const { return last < first; }
};

Content contentOf(const FrameMask& mask,
                  const TokenLayout& layout,
                  std::int64_t begin,
                  std::int64_t end) {
    Content content;
    content.hasOpen = begin < layout.text;
    if (end <= layout.text) {
        return content;
    }
    const auto frameOf = [&](std::int64_t token) {
        return static_cast<int>((token - layout.text) / layout.tokens);
    };
    bool hasClosed = false;
    for (int frame = frameOf(std::max(begin, layout.text)); frame <= frameOf(end - 1); ++frame) {
        if (mask.isReference(frame)) {
            content.hasOpen = true;
            continue;
        }
        content.first = hasClosed ? content.first : frame;
        content.last = frame;
        hasClosed = true;
    }
    return content;
}

// A block with two closed frames or more holds every closed frame between its first and its last.
bool sharesFrame(const Content& a, const Content& b) {
    return !a.isOpen() && !b.isOpen() && a.first <= b.last && b.first <= a.last;
}

bool keepsAny(const Content& a, const Content& b) {
    return a.hasOpen || b.hasOpen || sharesFrame(a, b);
}

bool keepsAll(const Content& a, const Content& b) {
    return a.isOpen() || b.isOpen() ||
           (a.first == a.last && b.first == b.last && a.first == b.first);
}

}  // namespace

BlockCount countBlocks(const FrameMask& mask, const TokenLayout& layout, std::int64_t block) {
    CHECK(layout.frames == mask.frames && layout.tokens >= 1 && layout.text >= 0 && block >= 1,
          layout.frames,
          mask.frames,
          block);
    // Thousands of blocks have a few dozen contents between them.
    std::map<Content, std::int64_t> kinds;
    const std::int64_t total = layout.total();
    for (std::int64_t begin = 0; begin < total; begin += block) {
        ++kinds[contentOf(mask, layout, begin, std::min(begin + block, total))];
    }
    BlockCount count;
    for (const auto& [rows, rowCount] : kinds) {
        for (const auto& [columns, columnCount] : kinds) {
            const std::int64_t pairs = rowCount * columnCount;
            count.total += pairs;
            count.computed += keepsAny(rows, columns) ? pairs : 0;
            count.full += keepsAll(rows, columns) ? pairs : 0;
        }
    }
    return count;
}

}  // namespace tessera::plan
