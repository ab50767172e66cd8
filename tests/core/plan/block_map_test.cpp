#include "core/plan/block_map.h"

#include "core/plan/token_place.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace tessera::plan {
namespace {

struct Counted {
    std::int64_t kept = 0;
    std::int64_t pairs = 0;
};

// Pair by pair.
Counted countedByHand(const FrameMask& mask,
                      const TokenLayout& layout,
                      std::int64_t block,
                      std::int64_t row,
                      std::int64_t column) {
    Counted counted;
    const std::int64_t n = layout.total();
    for (std::int64_t a = row * block; a < std::min((row + 1) * block, n); ++a) {
        for (std::int64_t b = column * block; b < std::min((column + 1) * block, n); ++b) {
            const PairReason reason = reasonFor(mask, placeOf(layout, a), placeOf(layout, b));
            counted.kept += reason == PairReason::Skipped ? 0 : 1;
            ++counted.pairs;
        }
    }
    return counted;
}

BlockKind kindOf(const Counted& counted) {
    return counted.kept == 0               ? BlockKind::Skipped
           : counted.kept == counted.pairs ? BlockKind::Full
                                           : BlockKind::Partial;
}

TEST(BlockMap, EachBlockAgreesWithCountingPairs) {
    for (const int frames : {1, 2, 5, 8}) {
        std::vector<FrameMask> masks = maskFamily(frames);
        masks.push_back({frames, 1});
        for (const FrameMask& mask : masks) {
            for (const std::int64_t tokens : {1, 3, 6, 11}) {
                for (const std::int64_t text : {0, 5, 8}) {
                    for (const std::int64_t block : {1, 4, 7, 64}) {
                        const TokenLayout layout{frames, tokens, text};
                        const BlockMap map(mask, layout, block);
                        ASSERT_EQ(map.side(), (layout.total() + block - 1) / block);
                        for (std::int64_t row = 0; row < map.side(); ++row) {
                            for (std::int64_t column = 0; column < map.side(); ++column) {
                                const Counted expected =
                                    countedByHand(mask, layout, block, row, column);
                                ASSERT_EQ(map.kind(row, column), kindOf(expected))
                                    << mask.name() << " P " << tokens << " T " << text << " B "
                                    << block << " at " << row << ", " << column;
                                ASSERT_EQ(map.pairs(row, column), expected.pairs);
                                ASSERT_EQ(map.keptPairs(row, column), expected.kept);
                            }
                        }
                    }
                }
            }
        }
    }
}

TEST(BlockMap, RunsFollowEachOtherWithoutGaps) {
    const BlockMap map({13, 4}, {13, 1350, 226}, 128);
    std::int64_t next = 0;
    for (const BlockMap::Run& run : map.runs()) {
        EXPECT_EQ(run.begin, next);
        next += run.count;
        EXPECT_EQ(&map.run(run.begin), &run);
        EXPECT_EQ(&map.run(next - 1), &run);
    }
    EXPECT_EQ(next, map.side());
    EXPECT_LE(map.runs().size(), 2u * 13 + 2);
}

// A map of 390 million blocks a side would take minutes block by block.
TEST(BlockMap, CountsLargeMapsByTheirFrames) {
    const TokenLayout layout{500, 100'000'000, 1000};
    const BlockMap map({500, 3}, layout, 128);
    EXPECT_EQ(map.side(), 390'625'008);
    EXPECT_NEAR(map.count().sparsity(), elementSparsity({500, 3}, layout), 1e-5);
}

TEST(BlockMap, KeptPairsOfAllBlocksAreThoseOfTheMask) {
    const FrameMask mask{8, 4};
    const TokenLayout layout{8, 96, 20};
    const BlockMap map(mask, layout, 64);
    std::int64_t kept = 0;
    for (std::int64_t row = 0; row < map.side(); ++row) {
        for (std::int64_t column = 0; column < map.side(); ++column) {
            kept += map.keptPairs(row, column);
        }
    }
    const auto all = static_cast<double>(layout.total() * layout.total());
    EXPECT_DOUBLE_EQ(1.0 - static_cast<double>(kept) / all, elementSparsity(mask, layout));
}

}  // namespace
}  // namespace tessera::plan
