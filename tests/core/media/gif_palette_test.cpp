#include "core/media/gif_palette.h"

#include "tests/core/media/sample_clips.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace tessera::media {
namespace {

TEST(GifPalette, FewColoursAreKeptExactly) {
    const GifPalette palette(colourGrid(2));
    std::set<std::array<int, 3>> expected;
    for (const auto& colour : gridColours()) {
        expected.insert({colour[0], colour[1], colour[2]});
    }
    std::set<std::array<int, 3>> found;
    for (const auto& colour : palette.colours()) {
        found.insert({colour[0], colour[1], colour[2]});
    }
    EXPECT_EQ(found, expected);
}

TEST(GifPalette, OneColourIsOneEntry) {
    const auto black = base::FrameSequence::black(8, 8, 1, 8.0);
    GifPalette palette(black);
    EXPECT_EQ(palette.colours().size(), 1u);
    std::vector<std::uint8_t> rows(64, 9);
    palette.indices(black.frame(0), 8, 8, rows.data(), 8);
    EXPECT_TRUE(std::ranges::all_of(rows, [](int index) { return index == 0; }));
}

TEST(GifPalette, ManyColoursFillThePaletteAndNoMore) {
    const auto clip = smoothClip(96, 64, 4, 8.0);
    GifPalette palette(clip);
    EXPECT_EQ(palette.colours().size(), 255u);
    std::vector<std::uint8_t> rows(96 * 64);
    palette.indices(clip.frame(0), 96, 64, rows.data(), 96);
    EXPECT_LT(*std::ranges::max_element(rows), 255);
}

}  // namespace
}  // namespace tessera::media
