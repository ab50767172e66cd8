#include "core/attention/cpu_segments.h"

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

using plan::FrameMask;
using plan::TokenLayout;

bool isKept(std::int64_t query,
            std::int64_t key,
            const FrameMask& mask,
            const TokenLayout& layout) {
    if (query < layout.text || key < layout.text) {
        return true;
    }
    const std::int64_t of = (query - layout.text) / layout.tokens;
    const std::int64_t seen = (key - layout.text) / layout.tokens;
    return of == seen || of % mask.stride == 0 || seen % mask.stride == 0;
}

TEST(CpuSegments, TilesHoldEveryPairOfTheMaskOnceAndNoOther) {
    for (const FrameMask& mask : {FrameMask{1, 1}, {2, 2}, {5, 1}, {8, 4}, {9, 9}}) {
        for (const std::int64_t tokens : {1, 7, 8, 100, 216}) {
            const TokenLayout layout{mask.frames, tokens, tokens % 3};
            const CpuSegments segments = segmentsOf(mask, layout, 8);
            const std::int64_t total = layout.total();
            std::vector<int> seen(static_cast<std::size_t>(total * total));
            for (const CpuTileWork& work : tilesOf(segments, segments)) {
                ASSERT_LE(work.tile.count, kernels::kCpuTileRows);
                for (const kernels::CpuRun& run : work.tile.runs) {
                    for (std::int64_t slot = run.begin * 8; slot < run.end * 8; ++slot) {
                        const std::int32_t key = segments.slots[static_cast<std::size_t>(slot)];
                        for (std::int64_t i = 0; key >= 0 && i < work.tile.count; ++i) {
                            ++seen[static_cast<std::size_t>(work.tile.tokens[i] * total + key)];
                        }
                    }
                }
            }
            for (std::int64_t query = 0; query < total; ++query) {
                for (std::int64_t key = 0; key < total; ++key) {
                    ASSERT_EQ(seen[static_cast<std::size_t>(query * total + key)],
                              isKept(query, key, mask, layout) ? 1 : 0)
                        << mask.name() << " of " << tokens << ": " << query << ", " << key;
                }
            }
        }
    }
}

TEST(CpuSegments, FillUpNoMoreThanTheLastBlockOfEach) {
    const CpuSegments segments = segmentsOf({8, 4}, {8, 216, 5}, 16);
    ASSERT_EQ(segments.segments.size(), 7U);
    for (const CpuSegments::Segment& segment : segments.segments) {
        EXPECT_LT(segment.end - segment.begin - segment.tokens, 16);
    }
    EXPECT_EQ(segments.segments[1].end - segments.segments[1].begin, 224);
}

}  // namespace
}  // namespace tessera::attention
