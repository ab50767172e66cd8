#include "core/plan/block_map.h"

#include "core/base/check.h"

#include <algorithm>

namespace tessera::plan {
namespace {

int frameOf(const TokenLayout& layout, std::int64_t token) {
    return static_cast<int>((token - layout.text) / layout.tokens);
}

BlockMap::Content contentOf(const FrameMask& mask,
                            const TokenLayout& layout,
                            std::int64_t begin,
                            std::int64_t end) {
    BlockMap::Content content;
    content.hasOpen = begin < layout.text;
    if (end <= layout.text) {
        return content;
    }
    bool hasClosed = false;
    for (int frame = frameOf(layout, std::max(begin, layout.text));
         frame <= frameOf(layout, end - 1);
         ++frame) {
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

// Where the text or the frame that the token is in ends.
std::int64_t sectionEnd(const TokenLayout& layout, std::int64_t token) {
    return token < layout.text ? layout.text
                               : layout.text + (frameOf(layout, token) + 1) * layout.tokens;
}

// A line with two closed frames or more holds every closed frame between its first and its last.
bool sharesFrame(const BlockMap::Content& a, const BlockMap::Content& b) {
    return !a.isOpen() && !b.isOpen() && a.first <= b.last && b.first <= a.last;
}

bool keepsAny(const BlockMap::Content& a, const BlockMap::Content& b) {
    return a.hasOpen || b.hasOpen || sharesFrame(a, b);
}

bool keepsAll(const BlockMap::Content& a, const BlockMap::Content& b) {
    return a.isOpen() || b.isOpen() ||
           (a.first == a.last && b.first == b.last && a.first == b.first);
}

}  // namespace

BlockMap::BlockMap(const FrameMask& mask, const TokenLayout& layout, std::int64_t block)
    : m_mask(mask), m_layout(layout), m_block(block) {
    CHECK(layout.frames == mask.frames && layout.tokens >= 1 && layout.text >= 0 && block >= 1,
          layout.frames,
          mask.frames,
          block);
    const std::int64_t total = layout.total();
    m_side = (total + block - 1) / block;
    for (std::int64_t line = 0; line < m_side;) {
        const std::int64_t begin = line * block;
        const std::int64_t end = std::min(begin + block, total);
        // All blocks inside of one frame are alike.
        const std::int64_t inside = (sectionEnd(layout, begin) - begin) / block;
        const std::int64_t count = std::max<std::int64_t>(inside, 1);
        add(line, count, contentOf(mask, layout, begin, end));
        line += count;
    }
}

void BlockMap::add(std::int64_t begin, std::int64_t count, const Content& content) {
    if (!m_runs.empty() && m_runs.back().content == content) {
        m_runs.back().count += count;
    } else {
        m_runs.push_back({begin, count, content});
    }
}

const BlockMap::Run& BlockMap::run(std::int64_t line) const {
    CHECK(line >= 0 && line < m_side, line, m_side);
    return *(std::ranges::upper_bound(m_runs, line, {}, &Run::begin) - 1);
}

BlockKind BlockMap::kind(const Content& row, const Content& column) {
    if (!keepsAny(row, column)) {
        return BlockKind::Skipped;
    }
    return keepsAll(row, column) ? BlockKind::Full : BlockKind::Partial;
}

BlockKind BlockMap::kind(std::int64_t row, std::int64_t column) const {
    return kind(run(row).content, run(column).content);
}

std::int64_t BlockMap::tokensOf(std::int64_t line) const {
    return std::min(m_block, m_layout.total() - line * m_block);
}

// Tokens of that frame in the line, where the frame is no reference.
std::int64_t BlockMap::closedTokens(std::int64_t line, int frame) const {
    if (m_mask.isReference(frame)) {
        return 0;
    }
    const std::int64_t frameBegin = m_layout.text + frame * m_layout.tokens;
    const std::int64_t begin = std::max(line * m_block, frameBegin);
    const std::int64_t end =
        std::min(line * m_block + tokensOf(line), frameBegin + m_layout.tokens);
    return std::max<std::int64_t>(end - begin, 0);
}

std::int64_t BlockMap::pairs(std::int64_t row, std::int64_t column) const {
    return tokensOf(row) * tokensOf(column);
}

// All pairs but those of two closed tokens, and of these the ones inside of a frame.
std::int64_t BlockMap::keptPairs(std::int64_t row, std::int64_t column) const {
    const Content& a = run(row).content;
    const Content& b = run(column).content;
    std::int64_t closedRows = 0;
    std::int64_t closedColumns = 0;
    std::int64_t own = 0;
    for (int frame = a.first; frame <= a.last; ++frame) {
        const std::int64_t tokens = closedTokens(row, frame);
        closedRows += tokens;
        own += tokens * closedTokens(column, frame);
    }
    for (int frame = b.first; frame <= b.last; ++frame) {
        closedColumns += closedTokens(column, frame);
    }
    return pairs(row, column) - closedRows * closedColumns + own;
}

// First and last frames never become smaller from one run to the next, so one pass counts the pairs
// of lines that share no frame, and one the pairs that hold the same single frame.
BlockCount BlockMap::count() const {
    BlockCount count;
    count.total = m_side * m_side;
    std::vector<Run> closed;  // nothing in them sees everything
    std::int64_t openLines = 0;
    std::int64_t sameFrame = 0;
    std::int64_t linesOfFrame = 0;
    int frame = -1;
    for (const Run& run : m_runs) {
        const Content& content = run.content;
        if (content.isOpen()) {
            openLines += run.count;
        } else if (content.first == content.last) {
            linesOfFrame = content.first == frame ? linesOfFrame : 0;
            frame = content.first;
            sameFrame += run.count * (2 * linesOfFrame + run.count);
            linesOfFrame += run.count;
        }
        if (!content.hasOpen) {
            closed.push_back(run);
        }
    }
    const std::int64_t otherLines = m_side - openLines;
    count.full = count.total - otherLines * otherLines + sameFrame;
    std::int64_t skipped = 0;
    std::int64_t before = 0;  // lines of the runs that end before this one begins
    std::size_t next = 0;
    for (const Run& run : closed) {
        for (; closed[next].content.last < run.content.first; ++next) {
            before += closed[next].count;
        }
        skipped += 2 * before * run.count;
    }
    count.computed = count.total - skipped;
    return count;
}

}  // namespace tessera::plan
