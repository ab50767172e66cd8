#include "core/plan/block_count.h"

#include "core/base/json.h"

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

namespace tessera::plan {
namespace {

// Block by block, pair by pair.
BlockCount countedByHand(const FrameMask& mask, const TokenLayout& layout, std::int64_t block) {
    const std::int64_t n = layout.total();
    const auto keeps = [&](std::int64_t a, std::int64_t b) {
        if (a < layout.text || b < layout.text) {
            return true;
        }
        return mask.keeps(static_cast<int>((a - layout.text) / layout.tokens),
                          static_cast<int>((b - layout.text) / layout.tokens));
    };
    BlockCount count;
    for (std::int64_t row = 0; row < n; row += block) {
        for (std::int64_t column = 0; column < n; column += block) {
            std::int64_t kept = 0, pairs = 0;
            for (std::int64_t a = row; a < std::min(row + block, n); ++a) {
                for (std::int64_t b = column; b < std::min(column + block, n); ++b) {
                    kept += keeps(a, b) ? 1 : 0;
                    ++pairs;
                }
            }
            ++count.total;
            count.computed += kept > 0 ? 1 : 0;
            count.full += kept == pairs ? 1 : 0;
        }
    }
    return count;
}

double percent(double share) {
    return std::round(share * 1e4) / 1e2;
}

double blockPercent(const FrameMask& mask, const TokenLayout& layout) {
    return percent(countBlocks(mask, layout).sparsity());
}

TEST(BlockCount, AgreesWithCountingPairs) {
    for (const int frames : {1, 2, 5, 8}) {
        std::vector<FrameMask> masks = maskFamily(frames);
        masks.push_back({frames, 1});
        for (const FrameMask& mask : masks) {
            for (const std::int64_t tokens : {1, 3, 6}) {
                for (const std::int64_t text : {0, 5, 8}) {
                    for (const std::int64_t block : {1, 4, 7, 64}) {
                        const TokenLayout layout{frames, tokens, text};
                        const BlockCount expected = countedByHand(mask, layout, block);
                        const BlockCount count = countBlocks(mask, layout, block);
                        EXPECT_EQ(count.total, expected.total);
                        EXPECT_EQ(count.computed, expected.computed)
                            << mask.name() << " P " << tokens << " T " << text << " B " << block;
                        EXPECT_EQ(count.full, expected.full)
                            << mask.name() << " P " << tokens << " T " << text << " B " << block;
                    }
                }
            }
        }
    }
}

// Efficient-vDiT, Table 1 and what follows from its rule at the other models' sizes.
TEST(BlockCount, PrintsThePublishedSparsities) {
    const TokenLayout short29{8, 3600, 0}, long93{24, 3600, 0}, cog{13, 1350, 226};
    const std::pair<int, double> at29[] = {{4, 17.60}, {3, 29.88}, {2, 45.47}, {1, 64.38}};
    for (const auto& [k, expected] : at29) {
        EXPECT_DOUBLE_EQ(blockPercent(maskWithReferences(8, k), short29), expected) << k;
    }
    const std::pair<int, double> at93[] = {
        {12, 21.51}, {8, 40.30}, {6, 51.88}, {4, 64.98}, {3, 72.05}};
    for (const auto& [k, expected] : at93) {
        EXPECT_DOUBLE_EQ(blockPercent(maskWithReferences(24, k), long93), expected) << k;
    }
    const std::pair<int, double> byStride[] = {
        {2, 14.50}, {3, 29.29}, {4, 38.30}, {5, 48.66}, {7, 60.15}, {13, 74.11}};
    for (const auto& [stride, expected] : byStride) {
        EXPECT_DOUBLE_EQ(blockPercent({13, stride}, cog), expected) << stride;
    }
}

TEST(BlockCount, AgreesWithTheReferenceCounts) {
    const auto cases = base::readJsonFile(std::filesystem::path(TESSERA_SOURCE_DIR) /
                                          "tests/data/masks" / "block_counts.json");
    ASSERT_TRUE(cases);
    ASSERT_GT(cases->size(), 30u);
    for (const base::Json& entry : *cases) {
        const int frames = entry["F"].get<int>();
        const FrameMask mask = maskWithReferences(frames, entry["k"].get<int>());
        const TokenLayout layout{
            frames, entry["P"].get<std::int64_t>(), entry["text"].get<std::int64_t>()};
        EXPECT_EQ(mask.stride, entry["stride"].get<int>());
        EXPECT_EQ(base::Json(mask.referenceFrames()), entry["reference_frames"]);
        for (const base::Json& blocks : entry["blocks"]) {
            const BlockCount count = countBlocks(mask, layout, blocks["block"].get<std::int64_t>());
            EXPECT_EQ(count.total, blocks["total"].get<std::int64_t>());
            EXPECT_EQ(count.computed, blocks["computed"].get<std::int64_t>());
            EXPECT_EQ(count.full, blocks["full"].get<std::int64_t>());
            EXPECT_NEAR(100.0 * elementSparsity(mask, layout),
                        blocks["element_sparsity_percent"].get<double>(),
                        1e-4);
        }
    }
}

}  // namespace
}  // namespace tessera::plan
