#include "core/attention/tile_plan.h"

#include "core/base/check.h"

#include <algorithm>
#include <map>

namespace tessera::attention {
namespace {

using kernels::AttentionTile;
using kernels::BackwardTileShape;
using kernels::KeyTile;
using kernels::RowGroup;
using kernels::TileShape;
using kernels::TokenRange;
using plan::FrameMask;
using plan::TokenLayout;

constexpr int kNoFrame = -1;  // rows that see all: text and reference frames

struct Rows {
    int frame = kNoFrame;
    std::int32_t first = 0;
    std::int32_t count = 0;
};

std::int32_t stepsIn(const TokenRange& range, std::int32_t step) {
    return (range.end - range.begin + step - 1) / step;
}

std::int32_t frameBegin(const TokenLayout& layout, int frame) {
    return static_cast<std::int32_t>(layout.text + frame * layout.tokens);
}

TokenRange frameRange(const TokenLayout& layout, int frame) {
    return {frameBegin(layout, frame), frameBegin(layout, frame + 1)};
}

// The tokens of text and reference frames, and of one frame besides or of all, to be walked in
// steps of `step`; what lies side by side in one range where a short last step stays inside a
// frame.
std::vector<TokenRange> tokensSeen(
    const FrameMask& mask, const TokenLayout& layout, int frame, bool isAll, std::int32_t step) {
    const bool isJoined = layout.tokens >= step;
    std::vector<TokenRange> ranges;
    const auto push = [&](const TokenRange& range) {
        if (!ranges.empty() && ranges.back().end == range.begin && isJoined) {
            ranges.back().end = range.end;
        } else if (range.begin < range.end) {
            ranges.push_back(range);
        }
    };
    push({0, frameBegin(layout, 0)});
    for (int other = 0; other < mask.frames; ++other) {
        if (isAll || other == frame || mask.isReference(other)) {
            push(frameRange(layout, other));
        }
    }
    return ranges;
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
                            frameBegin(m_layout, frame),
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

    // Returns the steps.
    std::int32_t pushRanges(int frame, bool isAll) {
        std::int32_t steps = 0;
        for (const TokenRange& range : tokensSeen(m_mask, m_layout, frame, isAll, m_shape.keys)) {
            m_plan.ranges.push_back(range);
            steps += stepsIn(range, m_shape.keys);
        }
        return steps;
    }

    std::int32_t pushFrame(int frame) {
        m_plan.ranges.push_back(frameRange(m_layout, frame));
        return stepsIn(m_plan.ranges.back(), m_shape.keys);
    }

    const FrameMask& m_mask;
    const TokenLayout& m_layout;
    const TileShape& m_shape;
    TilePlan& m_plan;
};

// Tiles of the keys of `run`, which the queries of those ranges see.
void divide(const TokenRange& run, KeyTile tile, std::int32_t step, KeyPlan& plan) {
    for (std::int32_t key = run.begin; key < run.end; key += step) {
        tile.firstKey = key;
        tile.keys = std::min(step, run.end - key);
        plan.tiles.push_back(tile);
    }
}

// The tiles of keys of one mask, put behind those that the plan has. The mask is symmetric: what
// keys are seen by is what they would see.
void addKeyTiles(const FrameMask& mask,
                 const TokenLayout& layout,
                 const BackwardTileShape& shape,
                 KeyPlan& plan) {
    const auto seenBy = [&](int frame, bool isAll) {
        const std::vector<TokenRange> seen = tokensSeen(mask, layout, frame, isAll, shape.queries);
        KeyTile tile;
        tile.firstRange = static_cast<std::int32_t>(plan.ranges.size());
        tile.rangeCount = static_cast<std::int32_t>(seen.size());
        plan.ranges.insert(plan.ranges.end(), seen.begin(), seen.end());
        return tile;
    };
    const KeyTile all = seenBy(kNoFrame, true);
    for (const TokenRange& run : tokensSeen(mask, layout, kNoFrame, false, shape.keys)) {
        divide(run, all, shape.keys, plan);
    }
    for (int frame = 0; frame < mask.frames; ++frame) {
        if (!mask.isReference(frame)) {
            divide(frameRange(layout, frame), seenBy(frame, false), shape.keys, plan);
        }
    }
}

// Makes the tiles of each mask once and gives every head the items of its own, dearest first.
template <typename Plan, typename MakeTiles, typename Steps>
void addItems(Plan& plan,
              std::span<const FrameMask> masks,
              const TokenLayout& layout,
              int heads,
              const MakeTiles& makeTiles,
              const Steps& steps) {
    CHECK(
        masks.size() == 1 || masks.size() == static_cast<std::size_t>(heads), masks.size(), heads);
    std::map<int, std::pair<std::int32_t, std::int32_t>> tilesOf;  // of a stride: first, behind
    for (const FrameMask& mask : masks) {
        CHECK(mask.frames == layout.frames, mask.frames, layout.frames);
        const auto first = static_cast<std::int32_t>(plan.tiles.size());
        if (!tilesOf.contains(mask.stride)) {
            makeTiles(mask);
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
    std::vector<std::int64_t> dearness;
    dearness.reserve(plan.tiles.size());
    for (const auto& tile : plan.tiles) {
        dearness.push_back(steps(tile));
    }
    // Tiles of a head stay together, so that what they all read comes from the second-level cache.
    std::stable_sort(plan.items.begin(), plan.items.end(), [&](const auto& a, const auto& b) {
        return dearness[static_cast<std::size_t>(a.tile)] >
               dearness[static_cast<std::size_t>(b.tile)];
    });
}

}  // namespace

std::int64_t stepsOf(const AttentionTile& tile) {
    const RowGroup& group = tile.groups[0];
    return std::int64_t{tile.commonSteps} + group.before + group.own + group.after;
}

std::int64_t stepsOf(const KeyPlan& plan, const KeyTile& tile, const BackwardTileShape& shape) {
    const auto ranges = std::span(plan.ranges)
                            .subspan(static_cast<std::size_t>(tile.firstRange),
                                     static_cast<std::size_t>(tile.rangeCount));
    std::int64_t steps = 0;
    for (const TokenRange& range : ranges) {
        steps += stepsIn(range, shape.queries);
    }
    return steps;
}

TilePlan compileTiles(std::span<const FrameMask> masks,
                      const TokenLayout& layout,
                      int heads,
                      const TileShape& shape) {
    CHECK(shape.groups >= 1 && shape.groups <= kernels::kMostGroups, shape.groups);
    TilePlan plan;
    addItems(
        plan,
        masks,
        layout,
        heads,
        [&](const FrameMask& mask) { MaskTiles(mask, layout, shape, plan).make(); },
        [](const AttentionTile& tile) { return stepsOf(tile); });
    return plan;
}

KeyPlan compileKeyTiles(std::span<const FrameMask> masks,
                        const TokenLayout& layout,
                        int heads,
                        const BackwardTileShape& shape) {
    CHECK(shape.keys >= 1 && shape.queries >= 1, shape.keys, shape.queries);
    KeyPlan plan;
    addItems(
        plan,
        masks,
        layout,
        heads,
        [&](const FrameMask& mask) { addKeyTiles(mask, layout, shape, plan); },
        [&](const KeyTile& tile) { return stepsOf(plan, tile, shape); });
    return plan;
}

}  // namespace tessera::attention
