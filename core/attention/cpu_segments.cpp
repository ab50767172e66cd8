#include "core/attention/cpu_segments.h"

#include "core/base/check.h"

#include <algorithm>
#include <limits>

namespace tessera::attention {

namespace {

constexpr std::int64_t kGroupRows = 6;  // of one product: pieces of a segment are multiples of it

void append(CpuSegments& to, std::int64_t begin, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        to.slots.push_back(static_cast<std::int32_t>(begin + i));
    }
}

// Ends the segment that the slots behind the last one are.
void close(CpuSegments& segments) {
    const std::int64_t begin = segments.segments.empty() ? 0 : segments.segments.back().end;
    const std::int64_t tokens = segments.slotCount() - begin;
    const std::int64_t blocks = (tokens + segments.lanes - 1) / segments.lanes;
    segments.slots.resize(static_cast<std::size_t>(begin + blocks * segments.lanes), -1);
    segments.segments.push_back({begin, segments.slotCount(), tokens});
}

}  // namespace

CpuSegments wholeSequence(std::int64_t tokens, std::int64_t lanes) {
    CHECK(tokens < std::numeric_limits<std::int32_t>::max(), tokens);
    CpuSegments result;
    result.lanes = lanes;
    append(result, 0, tokens);
    close(result);
    return result;
}

CpuSegments segmentsOf(const plan::FrameMask& mask,
                       const plan::TokenLayout& layout,
                       std::int64_t lanes) {
    CHECK(mask.frames == layout.frames, mask.frames, layout.frames);
    CHECK(layout.total() < std::numeric_limits<std::int32_t>::max(), layout.total());
    CpuSegments result;
    result.lanes = lanes;
    append(result, 0, layout.text);
    for (const int frame : mask.referenceFrames()) {
        append(result, layout.text + frame * layout.tokens, layout.tokens);
    }
    close(result);
    for (int frame = 0; frame < mask.frames; ++frame) {
        if (!mask.isReference(frame)) {
            append(result, layout.text + frame * layout.tokens, layout.tokens);
            close(result);
        }
    }
    return result;
}

std::vector<CpuTileWork> tilesOf(const CpuSegments& rows, const CpuSegments& columns) {
    CHECK(rows.segments.size() == columns.segments.size(),
          rows.segments.size(),
          columns.segments.size());
    std::vector<CpuTileWork> work;
    const std::int64_t global = columns.segments.front().end / columns.lanes;
    for (std::size_t i = 0; i < rows.segments.size(); ++i) {
        const CpuSegments::Segment& segment = rows.segments[i];
        const CpuSegments::Segment& own = columns.segments[i];
        kernels::CpuTile tile;
        tile.runs[0] = {0, i == 0 ? columns.slotCount() / columns.lanes : global};
        if (i > 0) {
            tile.runs[1] = {own.begin / columns.lanes, own.end / columns.lanes};
        }
        std::int64_t blocks = 0;
        for (const kernels::CpuRun& run : tile.runs) {
            blocks += run.end - run.begin;
        }
        // Tiles of one size, so that none is left with a few rows: 216 rows are three of 72.
        const std::int64_t pieces =
            (segment.tokens + kernels::kCpuTileRows - 1) / kernels::kCpuTileRows;
        const std::int64_t each = pieces == 0
                                      ? 0
                                      : ((segment.tokens + pieces - 1) / pieces + kGroupRows - 1) /
                                            kGroupRows * kGroupRows;
        for (std::int64_t first = 0; first < segment.tokens; first += each) {
            tile.tokens = rows.slots.data() + segment.begin + first;
            tile.count = std::min(each, segment.tokens - first);
            work.push_back({tile, tile.count * blocks});
        }
    }
    return work;
}

}  // namespace tessera::attention
