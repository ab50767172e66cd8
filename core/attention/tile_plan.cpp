#include "core/attention/tile_plan.h"

#include "core/base/check.h"

#include <algorithm>
#include <map>

namespace tessera::attention {
namespace {

using kernels::AttentionItem;
using kernels::AttentionTile;
using kernels::TokenRange;
using kernels::RowGroup;
using kernels::TileShape;
using plan::FrameMask;
using plan::TokenLayout;

constexpr int kNoFrame = -1;  // rows that see all: text and reference frames

struct Rows {
    int frame = kNoFrame;
    std::int32_t first = 0;
    std::int32_t count = 0;
};

std::int32_t stepsIn(const TokenRange& range, const TileShape& shape) {
    return (range.end - range.begin + shape.keys - 1) / shape.keys;
}

// The tiles of one mask, put behind those that the plan has.
class MaskTiles {
public:
    MaskTiles(const FrameMask& mask,
              const TokenLayout& layout,
              const TileShape& shape,
              TilePlan& plan)
        : m_mask(mask), m_layout(layout), m_shape(shape), m_plan(plan) {}

    void make() {
        const auto text = static_cast<std::int32_t>(m_layout.text);
        std::vector<Rows> global;
        std::vector<Rows> leftovers;
        add(global, {kNoFrame, 0, text});
        for (int frame = 0; frame < m_mask.frames; ++frame) {
            const Rows rows{m_mask.isReference(frame) ? kNoFrame : frame,
                            frameBegin(frame),
                            static_cast<std::int32_t>(m_layout.tokens)};
            if (rows.frame == kNoFrame) {
                add(global, rows);
            } else {
                std::vector<Rows> groups = divided({rows});
                const auto over = groups.size() % static_cast<std::size_t>(m_shape.groups);
                leftovers.insert(leftovers.end(),
                                 groups.end() - static_cast<std::ptrdiff_t>(over),
                                 groups.end());
                groups.resize(groups.size() - over);
                emit(groups);
            }
        }
        emit(divided(global));
        emit(leftovers);
    }

private:
    std::int32_t frameBegin(int frame) const {
        return static_cast<std::int32_t>(m_layout.text + frame * m_layout.tokens);
    }

    static void add(std::vector<Rows>& runs, const Rows& rows) {
        if (rows.count == 0) {
            return;
        }
        if (!runs.empty() && runs.back().first + runs.back().count == rows.first) {
            runs.back().count += rows.count;
        } else {
            runs.push_back(rows);
        }
    }

    static std::vector<Rows> divided(const std::vector<Rows>& runs) {
        std::vector<Rows> groups;
        for (const Rows& run : runs) {
            for (std::int32_t at = 0; at < run.count; at += kernels::kGroupRows) {
                groups.push_back(
                    {run.frame, run.first + at, std::min(kernels::kGroupRows, run.count - at)});
            }
        }
        return groups;
    }

    // Groups in their order, a tile's worth at a time.
    void emit(const std::vector<Rows>& groups) {
        const auto many = static_cast<std::size_t>(m_shape.groups);
        for (std::size_t at = 0; at < groups.size(); at += many) {
            emitTile(std::span(groups).subspan(at, std::min(many, groups.size() - at)));
        }
    }

    void emitTile(std::span<const Rows> groups) {
        AttentionTile tile;
        tile.firstRange = static_cast<std::int32_t>(m_plan.ranges.size());
        const bool isOneKind = groups.front().frame == groups.back().frame;
        tile.commonSteps = pushRanges(isOneKind ? groups.front().frame : kNoFrame,
                                      groups.front().frame == kNoFrame);
        std::int32_t ownSteps = 0;
        int last = kNoFrame;
        std::vector<std::int32_t> before(groups.size()), own(groups.size());
        for (std::size_t i = 0; i < groups.size() && !isOneKind; ++i) {
            if (groups[i].frame != last) {
                last = groups[i].frame;
                before[i] = ownSteps;
                own[i] = pushFrame(last);
                ownSteps += own[i];
            } else {
                before[i] = before[i - 1];
                own[i] = own[i - 1];
            }
        }
        for (std::size_t i = 0; i < std::size(tile.groups); ++i) {
            if (i < groups.size()) {
                tile.groups[i] = {groups[i].first,
                                  groups[i].count,
                                  before[i],
                                  own[i],
                                  ownSteps - before[i] - own[i]};
            } else {
                tile.groups[i].before = ownSteps;
            }
        }
        tile.rangeCount = static_cast<std::int32_t>(m_plan.ranges.size()) - tile.firstRange;
        m_plan.tiles.push_back(tile);
    }

    // The keys of text and reference frames, and of one frame besides or of all; what lies side by
    // side in one range where a short last step stays inside a frame. Returns the steps.
    std::int32_t pushRanges(int frame, bool isAll) {
        const bool isJoined = m_layout.tokens >= m_shape.keys;
        std::vector<TokenRange> ranges;
        const auto push = [&](std::int32_t begin, std::int64_t count) {
            const auto end = begin + static_cast<std::int32_t>(count);
            if (!ranges.empty() && ranges.back().end == begin && isJoined) {
                ranges.back().end = end;
            } else if (count > 0) {
                ranges.push_back({begin, end});
            }
        };
        push(0, m_layout.text);
        for (int key = 0; key < m_mask.frames; ++key) {
            if (isAll || key == frame || m_mask.isReference(key)) {
                push(frameBegin(key), m_layout.tokens);
            }
        }
        std::int32_t steps = 0;
        for (const TokenRange& range : ranges) {
            steps += stepsIn(range, m_shape);
        }
        m_plan.ranges.insert(m_plan.ranges.end(), ranges.begin(), ranges.end());
        return steps;
    }

    std::int32_t pushFrame(int frame) {
        const TokenRange range{frameBegin(frame), frameBegin(frame + 1)};
        m_plan.ranges.push_back(range);
        return stepsIn(range, m_shape);
    }

    const FrameMask& m_mask;
    const TokenLayout& m_layout;
    const TileShape& m_shape;
    TilePlan& m_plan;
};

}  // namespace

std::int64_t stepsOf(const AttentionTile& tile) {
    const RowGroup& group = tile.groups[0];
    return std::int64_t{tile.commonSteps} + group.before + group.own + group.after;
}

TilePlan compileTiles(std::span<const FrameMask> masks,
                      const TokenLayout& layout,
                      int heads,
                      const TileShape& shape) {
    CHECK(
        masks.size() == 1 || masks.size() == static_cast<std::size_t>(heads), masks.size(), heads);
    CHECK(shape.groups >= 1 && shape.groups <= kernels::kMostGroups, shape.groups);
    TilePlan plan;
    std::map<int, std::pair<std::int32_t, std::int32_t>> tilesOf;  // of a stride: first, behind
    for (const FrameMask& mask : masks) {
        CHECK(mask.frames == layout.frames, mask.frames, layout.frames);
        const auto first = static_cast<std::int32_t>(plan.tiles.size());
        if (!tilesOf.contains(mask.stride)) {
            MaskTiles(mask, layout, shape, plan).make();
            tilesOf[mask.stride] = {first, static_cast<std::int32_t>(plan.tiles.size())};
        }
    }
    for (std::int32_t head = 0; head < heads; ++head) {
        const FrameMask& mask = masks[masks.size() == 1 ? 0 : static_cast<std::size_t>(head)];
        const auto [first, behind] = tilesOf.at(mask.stride);
        for (std::int32_t tile = first; tile < behind; ++tile) {
            plan.items.push_back({tile, head});
        }
    }
    // Tiles of a head stay together, so that its keys are read from the second-level cache.
    std::stable_sort(plan.items.begin(), plan.items.end(), [&](const auto& a, const auto& b) {
        return stepsOf(plan.tiles[static_cast<std::size_t>(a.tile)]) >
               stepsOf(plan.tiles[static_cast<std::size_t>(b.tile)]);
    });
    return plan;
}

}  // namespace tessera::attention
