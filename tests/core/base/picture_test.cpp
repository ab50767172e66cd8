#include "core/base/picture.h"

#include "core/base/check.h"
#include "core/base/deflate.h"
#include "core/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/inflate.h"
#include "tests/support/temporary_folder.h"

#include <cmath>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

struct Decoded {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgb;
    std::set<int> filters;
};

std::uint32_t bigEndian(std::span<const std::uint8_t> bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
           std::uint32_t{bytes[2]} << 8 | bytes[3];
}

// Undoes one row's filter as the PNG specification (9.2) puts it.
void unfilter(int type, std::span<std::uint8_t> row, std::span<const std::uint8_t> above) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        const int a = i >= 3 ? row[i - 3] : 0;
        const int b = above.empty() ? 0 : above[i];
        const int c = i >= 3 && !above.empty() ? above[i - 3] : 0;
        int add = 0;
        if (type == 1) {
            add = a;
        } else if (type == 2) {
            add = b;
        } else if (type == 3) {
            add = (a + b) / 2;
        } else if (type == 4) {
            const int p = a + b - c;
            const int pa = std::abs(p - a);
            const int pb = std::abs(p - b);
            const int pc = std::abs(p - c);
            add = pa <= pb && pa <= pc ? a : (pb <= pc ? b : c);
        }
        row[i] = static_cast<std::uint8_t>(row[i] + add);
    }
}

Decoded decode(std::span<const std::uint8_t> png) {
    Decoded picture;
    const std::vector<std::uint8_t> signature{0x89, 'P', 'N', 'G', 13, 10, 26, 10};
    EXPECT_TRUE(std::equal(signature.begin(), signature.end(), png.begin()));
    std::map<std::string, std::vector<std::uint8_t>> chunks;
    std::size_t at = 8;
    while (at < png.size()) {
        const std::size_t length = bigEndian(png.subspan(at));
        const auto typed = png.subspan(at + 4, 4 + length);
        EXPECT_EQ(crc32(typed), bigEndian(png.subspan(at + 8 + length)));
        const std::string type(typed.begin(), typed.begin() + 4);
        EXPECT_TRUE(chunks.emplace(type, std::vector(typed.begin() + 4, typed.end())).second);
        at += 12 + length;
    }
    EXPECT_EQ(at, png.size());
    EXPECT_EQ(chunks.size(), 3u);
    const auto& header = chunks.at("IHDR");
    EXPECT_EQ(std::vector(header.begin() + 8, header.end()),
              (std::vector<std::uint8_t>{8, 2, 0, 0, 0}));
    picture.width = static_cast<int>(bigEndian(header));
    picture.height = static_cast<int>(bigEndian(std::span(header).subspan(4)));
    auto rows = tests::inflate(chunks.at("IDAT"));
    EXPECT_TRUE(rows);
    const std::size_t rowBytes = static_cast<std::size_t>(picture.width) * 3;
    EXPECT_EQ(rows->size(), (rowBytes + 1) * static_cast<std::size_t>(picture.height));
    std::span<const std::uint8_t> above;
    for (std::size_t y = 0; y < static_cast<std::size_t>(picture.height); ++y) {
        const int type = (*rows)[y * (rowBytes + 1)];
        const auto row = std::span(*rows).subspan(y * (rowBytes + 1) + 1, rowBytes);
        picture.filters.insert(type);
        unfilter(type, row, above);
        above = row;
        picture.rgb.insert(picture.rgb.end(), row.begin(), row.end());
    }
    return picture;
}

// Smooth ramps, edges and noise, so that every filter is the best one somewhere.
std::vector<std::uint8_t> testPicture(int width, int height) {
    std::vector<std::uint8_t> rgb;
    std::uint32_t noise = 1;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            noise = noise * 1664525u + 1013904223u;
            const int band = y * 5 / height;
            const int grain = static_cast<int>(noise >> 24);
            const int values[3] = {
                band == 0 ? x * 3 : (band == 1 ? y * 9 : (band == 2 ? x * x / 7 + y * y : grain)),
                band == 3 ? 40 : (band == 4 ? (x + y) * 5 : x * 2 + y),
                static_cast<int>(128 + 100 * std::sin(x * 0.2 + y * 0.1))};
            for (const int value : values) {
                rgb.push_back(static_cast<std::uint8_t>(value & 0xFF));
            }
        }
    }
    return rgb;
}

TEST(EncodePng, DecodesToTheSamePixels) {
    for (const auto& [width, height] : std::vector<std::pair<int, int>>{
             {1, 1}, {1, 7}, {7, 1}, {3, 2}, {64, 40}, {192, 128}, {401, 97}}) {
        const auto rgb = testPicture(width, height);
        const Decoded picture = decode(encodePng(rgb, width, height));
        EXPECT_EQ(picture.width, width);
        EXPECT_EQ(picture.height, height);
        EXPECT_EQ(picture.rgb, rgb) << width << "x" << height;
    }
}

TEST(EncodePng, ChoosesAmongTheRowFilters) {
    const Decoded picture = decode(encodePng(testPicture(192, 128), 192, 128));
    EXPECT_GE(picture.filters.size(), 3u);
}

TEST(EncodePng, IsSmallForSmoothPicturesAndTheSameEveryTime) {
    std::vector<std::uint8_t> rgb;
    for (int y = 0; y < 256; ++y) {
        for (int x = 0; x < 384; ++x) {
            rgb.insert(rgb.end(),
                       {static_cast<std::uint8_t>(x / 2), static_cast<std::uint8_t>(y), 90});
        }
    }
    const auto png = encodePng(rgb, 384, 256);
    EXPECT_LT(png.size(), rgb.size() / 50);
    EXPECT_EQ(png, encodePng(rgb, 384, 256));
}

TEST(EncodePng, RefusesASizeThatDoesNotFitItsBytes) {
    EXPECT_THROW(encodePng(std::vector<std::uint8_t>(11), 2, 2), LogicError);
    EXPECT_THROW(encodePng({}, 0, 2), LogicError);
}

TEST(WritePng, WritesTheFrameAsked) {
    const tests::TemporaryFolder folder;
    FrameSequence clip = FrameSequence::black(4, 2, 2, 8.0);
    clip.frame(1)[5] = 200;
    ASSERT_TRUE(writePng(folder / "a.png", clip, 1));
    const auto text = readTextFile(folder / "a.png");
    ASSERT_TRUE(text);
    const Decoded picture =
        decode(std::span(reinterpret_cast<const std::uint8_t*>(text->data()), text->size()));
    EXPECT_EQ(picture.rgb, std::vector(clip.frame(1).begin(), clip.frame(1).end()));
    EXPECT_THROW(static_cast<void>(writePng(folder / "a.png", clip, 2)), LogicError);
    tests::expectError(writePng(folder / "no/a.png", clip, 0), ErrorCode::NotWritable);
}

TEST(ContactSheet, PutsEveryPictureInItsCell) {
    std::vector<FrameSequence> pictures;
    for (int i = 0; i < 5; ++i) {
        pictures.push_back(FrameSequence::black(3, 2, 2, 8.0));
        for (std::uint8_t& value : pictures.back().rgb) {
            value = static_cast<std::uint8_t>(10 * (i + 1));
        }
    }
    const FrameSequence sheet = contactSheet(pictures, 3, 1);
    EXPECT_EQ(sheet.width, 3 * 3 + 2);
    EXPECT_EQ(sheet.height, 2 * 2 + 1);
    EXPECT_EQ(sheet.frames, 2);
    for (int frame = 0; frame < 2; ++frame) {
        for (int y = 0; y < sheet.height; ++y) {
            for (int x = 0; x < sheet.width; ++x) {
                const bool isGap = x % 4 == 3 || y == 2;
                const int index = y / 3 * 3 + x / 4;
                const int expected = isGap || index >= 5 ? 0 : 10 * (index + 1);
                const auto at = static_cast<std::size_t>(y * sheet.width + x) * 3;
                EXPECT_EQ(sheet.frame(frame)[at], expected) << x << "," << y;
            }
        }
    }
    EXPECT_EQ(contactSheet(std::span(pictures).first(2), 8, 0).width, 6);
}

TEST(ContactSheet, RefusesPicturesOfDifferentSizes) {
    const std::vector<FrameSequence> pictures{FrameSequence::black(3, 2, 1, 8.0),
                                              FrameSequence::black(2, 3, 1, 8.0)};
    EXPECT_THROW(contactSheet(pictures, 2, 0), LogicError);
    EXPECT_THROW(contactSheet({}, 2, 0), LogicError);
}

}  // namespace
}  // namespace tessera::base
