#include "core/base/deflate.h"
#include "core/media/big_endian.h"
#include "core/media/clip_metadata.h"
#include "core/media/gif_comment.h"
#include "core/media/png_text.h"
#include "core/media/recipe_boxes.h"
#include "tests/core/media/mp4_bytes.h"
#include "tests/core/media/sample_clips.h"

#include <string>

#include <gtest/gtest.h>

namespace tessera::media {
namespace {

// One white pixel: header, table of two colours, looping, one picture, end.
ByteVector tinyGif() {
    ByteVector gif = textBytes("GIF89a");
    appendBytes(gif, ByteVector{1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255});
    appendBytes(gif, ByteVector{0x21, 0xFF, 11});
    appendText(gif, "NETSCAPE2.0");
    appendBytes(gif, ByteVector{3, 1, 0, 0, 0});
    appendBytes(gif, ByteVector{0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4C, 1, 0, 0x3B});
    return gif;
}

ByteVector pngChunk(const std::string& type, const ByteVector& content) {
    ByteVector checked = textBytes(type);
    appendBytes(checked, content);
    ByteVector out;
    appendU32(out, static_cast<std::uint32_t>(content.size()));
    appendBytes(out, checked);
    appendU32(out, base::crc32(checked));
    return out;
}

ByteVector pngWith(const ByteVector& chunks) {
    const ByteVector header = {0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0};
    return joined({ByteVector{0x89, 'P', 'N', 'G', 13, 10, 26, 10},
                   pngChunk("IHDR", header),
                   chunks,
                   pngChunk("IDAT", base::zlibCompress(ByteVector{0, 9, 9, 9})),
                   pngChunk("IEND", {})});
}

TEST(GifComment, WhatIsAddedIsReadBack) {
    ClipMetadata metadata = sampleMetadata();
    metadata.comment = "for the wall";
    const auto added = addGifMetadata(tinyGif(), metadata);
    ASSERT_TRUE(added) << added.error().message;
    const auto read = readGifMetadata(*added);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, metadata);
    const std::string text(asText(*added));
    EXPECT_LT(text.find("NETSCAPE2.0"), text.find("org.tessera.recipe"));
}

TEST(GifComment, LongTextsCrossManyBlocks) {
    for (const std::size_t length : {0u, 1u, 234u, 235u, 236u, 255u, 100'000u}) {
        ClipMetadata metadata;
        metadata.parametersText.assign(length, 'p');
        const auto added = addGifMetadata(tinyGif(), metadata);
        ASSERT_TRUE(added);
        EXPECT_EQ(*readGifMetadata(*added), metadata) << length;
    }
}

TEST(GifComment, EveryCutIsRefusedOrReadsNoMoreThanItHas) {
    const auto added = addGifMetadata(tinyGif(), sampleMetadata());
    ASSERT_TRUE(added);
    for (std::size_t size = 0; size < added->size(); ++size) {
        const auto read = readGifMetadata(std::span(*added).first(size));
        if (read && !read->recipeJson.empty()) {
            EXPECT_EQ(read->recipeJson, sampleMetadata().recipeJson);
        } else if (!read) {
            EXPECT_EQ(read.error().code, base::ErrorCode::BadFile);
        }
    }
    EXPECT_FALSE(readGifMetadata(textBytes("GIF90a-------")));
    EXPECT_FALSE(readGifMetadata({}));
}

TEST(GifComment, TwoRecipesAreRefused) {
    const auto once = addGifMetadata(tinyGif(), sampleMetadata());
    ASSERT_TRUE(once);
    const auto twice = addGifMetadata(*once, sampleMetadata());
    ASSERT_TRUE(twice);
    EXPECT_FALSE(readGifMetadata(*twice));
}

TEST(PngText, WhatIsAddedIsReadBack) {
    ClipMetadata metadata = sampleMetadata();
    metadata.comment = "for the wall";
    const auto added = addPngMetadata(pngWith({}), metadata);
    ASSERT_TRUE(added) << added.error().message;
    const auto read = readPngMetadata(*added);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, metadata);
}

TEST(PngText, ForeignAndCompressedTextsArePassedOver) {
    const ByteVector foreign = pngChunk("iTXt", textBytes(std::string("Author\0\0\0\0\0Ann", 14)));
    const ByteVector packed =
        pngChunk("iTXt", textBytes(std::string("parameters\0\1\0\0\0xx", 17)));
    const auto read = readPngMetadata(pngWith(joined({foreign, packed})));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(read->isEmpty());
}

TEST(PngText, DamagedTextsAreRefused) {
    const ByteVector good = textBytes(std::string("Comment\0\0\0\0\0hello", 17));
    ASSERT_EQ(readPngMetadata(pngWith(pngChunk("iTXt", good)))->comment, "hello");
    ByteVector wrongSum = pngChunk("iTXt", good);
    wrongSum.back() ^= 1;
    EXPECT_FALSE(readPngMetadata(pngWith(wrongSum)));
    EXPECT_FALSE(readPngMetadata(pngWith(pngChunk("iTXt", textBytes("Comment")))));
    EXPECT_FALSE(
        readPngMetadata(pngWith(pngChunk("iTXt", textBytes(std::string("Comment\0\0\0", 10))))));
    EXPECT_FALSE(
        readPngMetadata(pngWith(joined({pngChunk("iTXt", good), pngChunk("iTXt", good)}))));
    ByteVector huge = pngWith(pngChunk("iTXt", good));
    writeU32(huge, 33, 0xFFFFFFFF);
    EXPECT_FALSE(readPngMetadata(huge));
}

TEST(ReadRecipe, EveryFormGivesTheSameText) {
    const TemporaryFolder folder;
    const ClipMetadata metadata = sampleMetadata();
    writeBytes(folder / "a", *addMp4Metadata(plainMp4("pictures"), metadata));
    writeBytes(folder / "b", *addGifMetadata(tinyGif(), metadata));
    writeBytes(folder / "c", *addPngMetadata(pngWith({}), metadata));
    writeBytes(folder / "d", textBytes(metadata.recipeJson));
    for (const char* name : {"a", "b", "c", "d"}) {
        const auto recipe = readRecipe(folder / name);
        ASSERT_TRUE(recipe) << name << ": " << recipe.error().message;
        EXPECT_EQ(*recipe, metadata.recipeJson);
    }
}

TEST(ReadRecipe, ARecipeThatOnlyTheCommentKeptIsFound) {
    const TemporaryFolder folder;
    ClipMetadata metadata;
    metadata.comment = sampleMetadata().recipeJson;
    writeBytes(folder / "a.mp4", *addMp4Metadata(plainMp4("pictures"), metadata));
    EXPECT_EQ(*readRecipe(folder / "a.mp4"), metadata.comment);
}

TEST(ReadRecipe, FilesWithoutARecipeAreRefusedWithASentence) {
    const TemporaryFolder folder;
    writeBytes(folder / "plain.mp4", plainMp4("pictures"));
    writeBytes(folder / "list.json", textBytes("[1, 2]"));
    writeBytes(folder / "broken.json", textBytes("{\"a\":"));
    writeBytes(folder / "empty", {});
    writeBytes(folder / "deep.json", textBytes(std::string(100'000, '[')));
    for (const char* name : {"plain.mp4", "list.json", "broken.json", "empty", "deep.json"}) {
        const auto recipe = readRecipe(folder / name);
        ASSERT_FALSE(recipe) << name;
        EXPECT_EQ(recipe.error().code, base::ErrorCode::BadFile) << name;
        EXPECT_FALSE(recipe.error().hint.empty()) << name;
    }
    EXPECT_EQ(readRecipe(folder / "none").error().code, base::ErrorCode::NotFound);
    EXPECT_EQ(readClipMetadata(folder / "list.json").error().code, base::ErrorCode::BadFile);
}

}  // namespace
}  // namespace tessera::media
