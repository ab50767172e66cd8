#include "core/attention/tile_plan.h"

#include "core/base/random.h"

#include <algorithm>
#include <limits>
#include <set>

#include <gtest/gtest.h>

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

// Frame of a token, -1 for the text.
std::int64_t frameOf(const TokenLayout& layout, std::int64_t token) {
    return token < layout.text ? -1 : (token - layout.text) / layout.tokens;
}

bool keeps(const FrameMask& mask, std::int64_t query, std::int64_t key) {
    return query < 0 || key < 0 || mask.keeps(static_cast<int>(query), static_cast<int>(key));
}

void expectInOnePlace(const TokenLayout& layout, std::int64_t begin, std::int64_t end) {
    ASSERT_LT(begin, end);
    EXPECT_EQ(frameOf(layout, begin), frameOf(layout, end - 1))
        << "what is short ends elsewhere than it begins";
}

// Keys that a group of a tile sees, in the order of its steps; checks the promises of a step.
std::vector<std::int64_t> keysOf(const TilePlan& plan,
                                 const AttentionTile& tile,
                                 const RowGroup& group,
                                 const TileShape& shape,
                                 const TokenLayout& layout) {
    std::vector<std::int64_t> keys;
    std::int32_t step = 0;
    for (std::int32_t r = 0; r < tile.rangeCount; ++r) {
        const TokenRange range = plan.ranges[static_cast<std::size_t>(tile.firstRange + r)];
        EXPECT_LT(range.begin, range.end);
        for (std::int32_t key = range.begin; key < range.end; key += shape.keys, ++step) {
            const std::int32_t end = std::min(range.end, key + shape.keys);
            if (end - key < shape.keys) {
                expectInOnePlace(layout, key, end);
            }
            const std::int32_t beyond = step - tile.commonSteps;
            if (beyond < 0 || (beyond >= group.before && beyond < group.before + group.own)) {
                for (std::int32_t i = key; i < end; ++i) {
                    keys.push_back(i);
                }
            }
        }
    }
    EXPECT_EQ(step, stepsOf(tile));
    EXPECT_EQ(step, tile.commonSteps + group.before + group.own + group.after);
    return keys;
}

void expectWholeMask(const FrameMask& mask, const TokenLayout& layout, const TileShape& shape) {
    const TilePlan plan = compileTiles(std::span(&mask, 1), layout, 1, shape);
    std::vector<int> seen(static_cast<std::size_t>(layout.total()), 0);
    for (const kernels::AttentionItem& item : plan.items) {
        const AttentionTile& tile = plan.tiles[static_cast<std::size_t>(item.tile)];
        for (const RowGroup& group : tile.groups) {
            if (group.rows == 0) {
                continue;
            }
            ASSERT_LE(group.rows, kernels::kGroupRows);
            const std::vector<std::int64_t> keys = keysOf(plan, tile, group, shape, layout);
            const std::set<std::int64_t> once(keys.begin(), keys.end());
            ASSERT_EQ(once.size(), keys.size()) << "a key twice";
            for (std::int32_t row = group.firstRow; row < group.firstRow + group.rows; ++row) {
                ++seen[static_cast<std::size_t>(row)];
                const std::int64_t frame = frameOf(layout, row);
                for (std::int64_t key = 0; key < layout.total(); ++key) {
                    ASSERT_EQ(once.contains(key), keeps(mask, frame, frameOf(layout, key)))
                        << "row " << row << " key " << key;
                }
            }
        }
    }
    for (const int times : seen) {
        ASSERT_EQ(times, 1);
    }
}

// Queries that a tile of keys walks, in the order of its steps; checks the promises of a step.
std::vector<std::int64_t> queriesOf(const KeyPlan& plan,
                                    const KeyTile& tile,
                                    const BackwardTileShape& shape,
                                    const TokenLayout& layout) {
    std::vector<std::int64_t> queries;
    std::int64_t steps = 0;
    for (std::int32_t r = 0; r < tile.rangeCount; ++r) {
        const TokenRange range = plan.ranges[static_cast<std::size_t>(tile.firstRange + r)];
        EXPECT_LT(range.begin, range.end);
        for (std::int32_t query = range.begin; query < range.end; query += shape.queries) {
            const std::int32_t end = std::min(range.end, query + shape.queries);
            if (end - query < shape.queries) {
                expectInOnePlace(layout, query, end);
            }
            for (std::int32_t i = query; i < end; ++i) {
                queries.push_back(i);
            }
            ++steps;
        }
    }
    EXPECT_EQ(steps, stepsOf(plan, tile, shape));
    return queries;
}

// The pairs of all items are the masks, each pair once.
void expectWholeMasks(const std::vector<FrameMask>& masks,
                      const TokenLayout& layout,
                      int heads,
                      const BackwardTileShape& shape) {
    const KeyPlan plan = compileKeyTiles(masks, layout, heads, shape);
    const auto total = static_cast<std::size_t>(layout.total());
    std::vector<std::vector<int>> seen(static_cast<std::size_t>(heads), std::vector<int>(total));
    for (const kernels::AttentionItem& item : plan.items) {
        const KeyTile& tile = plan.tiles[static_cast<std::size_t>(item.tile)];
        ASSERT_GE(tile.keys, 1);
        ASSERT_LE(tile.keys, shape.keys);
        if (tile.keys < shape.keys) {
            expectInOnePlace(layout, tile.firstKey, tile.firstKey + tile.keys);
        }
        const std::vector<std::int64_t> queries = queriesOf(plan, tile, shape, layout);
        const std::set<std::int64_t> once(queries.begin(), queries.end());
        ASSERT_EQ(once.size(), queries.size()) << "a query twice";
        const auto head = static_cast<std::size_t>(item.head);
        const FrameMask& mask = masks[masks.size() == 1 ? 0 : head];
        for (std::int64_t key = tile.firstKey; key < tile.firstKey + tile.keys; ++key) {
            ++seen[head][static_cast<std::size_t>(key)];
            for (std::int64_t query = 0; query < layout.total(); ++query) {
                ASSERT_EQ(once.contains(query),
                          keeps(mask, frameOf(layout, query), frameOf(layout, key)))
                    << "query " << query << " key " << key;
            }
        }
    }
    for (const std::vector<int>& ofHead : seen) {
        for (const int times : ofHead) {
            ASSERT_EQ(times, 1);
        }
    }
}

TEST(TilePlan, CoversEveryRowOnceAndTheMaskExactly) {
    for (const TileShape shape : {TileShape{3, 128}, TileShape{3, 112}, TileShape{2, 176}}) {
        for (const std::int64_t tokens : {1, 63, 64, 65, 111, 129}) {
            for (const std::int64_t text : {0, 1, 127}) {
                for (const int k : {1, 3, 9}) {
                    expectWholeMask(plan::maskWithReferences(9, k), {9, tokens, text}, shape);
                }
            }
        }
    }
}

TEST(TilePlan, CoversRandomClips) {
    base::RandomStream random(7, 0);
    for (int i = 0; i < 40; ++i) {
        const int frames = 1 + random.below(12);
        const TokenLayout layout{frames, 1 + random.below(130), random.below(40)};
        const int k = 1 + random.below(frames);
        const TileShape shape{1 + random.below(3), 16 * (1 + random.below(11))};
        expectWholeMask(plan::maskWithReferences(frames, k), layout, shape);
    }
}

TEST(TilePlan, StartsWithTheDearestAndKeepsTheTilesOfAHeadTogether) {
    const FrameMask mask = plan::maskWithReferences(8, 2);
    const TilePlan plan = compileTiles(std::span(&mask, 1), {8, 3600, 0}, 24, {3, 112});
    std::int64_t last = std::numeric_limits<std::int64_t>::max();
    int head = 0;
    for (const kernels::AttentionItem& item : plan.items) {
        const std::int64_t steps = stepsOf(plan.tiles[static_cast<std::size_t>(item.tile)]);
        ASSERT_LE(steps, last);
        ASSERT_TRUE(steps < last || item.head >= head);
        last = steps;
        head = item.head;
    }
    EXPECT_EQ(plan.items.size(), 24 * plan.tiles.size());
}

TEST(TilePlan, GivesEachHeadItsOwnMask) {
    const std::vector<FrameMask> masks{
        plan::maskWithReferences(8, 2), {8, 1}, plan::maskWithReferences(8, 2)};
    const TilePlan plan = compileTiles(masks, {8, 70, 0}, 3, {3, 128});
    std::vector<std::set<int>> tiles(3);
    for (const kernels::AttentionItem& item : plan.items) {
        tiles[static_cast<std::size_t>(item.head)].insert(item.tile);
    }
    EXPECT_EQ(tiles[0], tiles[2]);
    for (const int tile : tiles[1]) {
        EXPECT_FALSE(tiles[0].contains(tile));
    }
}

TEST(TilePlan, StaysSmall) {
    const FrameMask mask = plan::maskWithReferences(24, 4);
    const TilePlan plan = compileTiles(std::span(&mask, 1), {24, 3600, 0}, 24, {3, 112});
    const std::size_t bytes = plan.tiles.size() * sizeof(AttentionTile) +
                              plan.ranges.size() * sizeof(TokenRange) +
                              plan.items.size() * sizeof(kernels::AttentionItem);
    EXPECT_LT(bytes, 200'000U);
}

TEST(KeyPlan, CoversEveryKeyOnceAndTheMaskExactly) {
    for (const BackwardTileShape shape : {BackwardTileShape{128, 64}, BackwardTileShape{64, 128}}) {
        for (const std::int64_t tokens : {1, 63, 64, 65, 127, 128, 129}) {
            for (const std::int64_t text : {0, 1, 127}) {
                for (const int k : {1, 3, 9}) {
                    expectWholeMasks({plan::maskWithReferences(9, k)}, {9, tokens, text}, 1, shape);
                }
            }
        }
    }
}

TEST(KeyPlan, CoversRandomClipsAndMasksOfHeads) {
    base::RandomStream random(8, 0);
    for (int i = 0; i < 60; ++i) {
        const int frames = 1 + random.below(12);
        const TokenLayout layout{frames, 1 + random.below(130), random.below(140)};
        const int heads = 1 + random.below(3);
        std::vector<FrameMask> masks;
        for (int head = 0; head < heads; ++head) {
            masks.push_back(plan::maskWithReferences(frames, 1 + random.below(frames)));
        }
        const BackwardTileShape shape{16 * (1 + random.below(9)), 16 * (1 + random.below(9))};
        expectWholeMasks(masks, layout, heads, shape);
    }
}

TEST(KeyPlan, StartsWithTheDearestAndKeepsTheTilesOfAHeadTogether) {
    const FrameMask mask = plan::maskWithReferences(8, 2);
    const BackwardTileShape shape{128, 64};
    const KeyPlan plan = compileKeyTiles(std::span(&mask, 1), {8, 3600, 0}, 24, shape);
    std::int64_t last = std::numeric_limits<std::int64_t>::max();
    int head = 0;
    for (const kernels::AttentionItem& item : plan.items) {
        const std::int64_t steps =
            stepsOf(plan, plan.tiles[static_cast<std::size_t>(item.tile)], shape);
        ASSERT_LE(steps, last);
        ASSERT_TRUE(steps < last || item.head >= head);
        last = steps;
        head = item.head;
    }
    EXPECT_EQ(plan.items.size(), 24 * plan.tiles.size());
}

TEST(KeyPlan, GivesHeadsOfOneMaskTheSameTiles) {
    const std::vector<FrameMask> masks{
        plan::maskWithReferences(8, 2), {8, 1}, plan::maskWithReferences(8, 2)};
    const KeyPlan plan = compileKeyTiles(masks, {8, 70, 0}, 3, {128, 64});
    std::vector<std::set<int>> tiles(3);
    for (const kernels::AttentionItem& item : plan.items) {
        tiles[static_cast<std::size_t>(item.head)].insert(item.tile);
    }
    EXPECT_EQ(tiles[0], tiles[2]);
    for (const int tile : tiles[1]) {
        EXPECT_FALSE(tiles[0].contains(tile));
    }
}

TEST(KeyPlan, StaysSmall) {
    const FrameMask mask = plan::maskWithReferences(24, 4);
    const KeyPlan plan = compileKeyTiles(std::span(&mask, 1), {24, 3600, 0}, 24, {128, 64});
    const std::size_t bytes = plan.tiles.size() * sizeof(KeyTile) +
                              plan.ranges.size() * sizeof(TokenRange) +
                              plan.items.size() * sizeof(kernels::AttentionItem);
    EXPECT_LT(bytes, 200'000U);
}

}  // namespace
}  // namespace tessera::attention
