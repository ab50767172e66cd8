#include "core/media/recipe_boxes.h"

#include "core/media/big_endian.h"
#include "core/media/clip_metadata.h"
#include "tests/core/media/mp4_bytes.h"
#include "tests/core/media/sample_clips.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace tessera::media {
namespace {

const std::string kPictures = "these sixteen b, and some more bytes of pictures";

ByteVector item(std::uint32_t type, std::uint32_t kind, const std::string& text) {
    const ByteVector data = box("data", joined({numbers32({kind, 0}), textBytes(text)}));
    ByteVector out = numbers32({static_cast<std::uint32_t>(data.size() + 8), type});
    appendBytes(out, data);
    return out;
}

ByteVector handler(const std::string& name) {
    return box("hdlr", joined({numbers32({0, 0}), textBytes(name), ByteVector(13)}));
}

ByteVector key(const std::string& name) {
    return joined({numbers32({static_cast<std::uint32_t>(name.size() + 8)}),
                   textBytes("mdta"),
                   textBytes(name)});
}

ByteVector movieWith(const ByteVector& meta) {
    return joined({box("ftyp", textBytes("isom")), box("moov", meta)});
}

ByteVector quickTimeMeta(const ByteVector& keys, const ByteVector& items) {
    return box("meta",
               joined({numbers32({0}), handler("mdta"), box("keys", keys), box("ilst", items)}));
}

void expectRefused(const ByteVector& file, const std::string& words) {
    const auto read = readMp4Metadata(file);
    ASSERT_FALSE(read) << words;
    EXPECT_EQ(read.error().code, base::ErrorCode::BadFile);
    EXPECT_NE(read.error().message.find(words), std::string::npos) << read.error().message;
    EXPECT_FALSE(read.error().hint.empty());
}

TEST(RecipeBoxes, WhatIsAddedIsReadBack) {
    const auto added = addMp4Metadata(plainMp4(kPictures), sampleMetadata());
    ASSERT_TRUE(added) << added.error().message;
    const auto read = readMp4Metadata(*added);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, sampleMetadata());
}

TEST(RecipeBoxes, ACommentOfItsOwnIsKept) {
    ClipMetadata metadata = sampleMetadata();
    metadata.comment = "for the wall";
    const auto added = addMp4Metadata(plainMp4(kPictures), metadata);
    ASSERT_TRUE(added);
    EXPECT_EQ(*readMp4Metadata(*added), metadata);
}

TEST(RecipeBoxes, TheRecipeStandsUnderBothNames) {
    const auto added = addMp4Metadata(plainMp4(kPictures), sampleMetadata());
    ASSERT_TRUE(added);
    const std::string text(asText(*added));
    std::size_t count = 0;
    for (std::size_t at = text.find("\"schema\""); at != std::string::npos;
         at = text.find("\"schema\"", at + 1)) {
        ++count;
    }
    EXPECT_EQ(count, 2u);
    EXPECT_NE(text.find("org.tessera.recipe"), std::string::npos);
    EXPECT_NE(text.find("\xA9"
                        "cmt"),
              std::string::npos);
}

TEST(RecipeBoxes, OffsetsFollowThePicturesBehindTheMovie) {
    for (const std::string table : {"stco", "co64"}) {
        const ByteVector plain = plainMp4(kPictures, table);
        ASSERT_EQ(firstChunk(plain, table, 16), kPictures.substr(0, 16));
        const auto added = addMp4Metadata(plain, sampleMetadata());
        ASSERT_TRUE(added) << added.error().message;
        EXPECT_EQ(firstChunk(*added, table, 16), kPictures.substr(0, 16)) << table;
        const std::string text(asText(*added));
        EXPECT_LT(text.find("moov"), text.find("mdat"));
    }
}

TEST(RecipeBoxes, OffsetsStayRightWhenTheMovieIsAlreadyFirst) {
    const auto once = addMp4Metadata(plainMp4(kPictures), sampleMetadata());
    ASSERT_TRUE(once);
    ClipMetadata longer = sampleMetadata();
    longer.parametersText = std::string(5000, 'x');
    const auto twice = addMp4Metadata(*once, longer);
    ASSERT_TRUE(twice);
    EXPECT_EQ(firstChunk(*twice, "stco", 16), kPictures.substr(0, 16));
    EXPECT_EQ(*readMp4Metadata(*twice), longer);
    const auto none = addMp4Metadata(*twice, {});
    ASSERT_TRUE(none);
    EXPECT_TRUE(readMp4Metadata(*none)->isEmpty());
    EXPECT_EQ(none->size(), plainMp4(kPictures).size());
}

TEST(RecipeBoxes, OtherUserDataSurvives) {
    const ByteVector user =
        box("udta", joined({box("name", textBytes("Sea")), ByteVector(4)}));  // QuickTime's end
    const ByteVector file = joined({box("ftyp", textBytes("isom")), box("moov", user)});
    const auto added = addMp4Metadata(file, sampleMetadata());
    ASSERT_TRUE(added) << added.error().message;
    EXPECT_NE(asText(*added).find("nameSea"), std::string_view::npos);
    EXPECT_EQ(*readMp4Metadata(*added), sampleMetadata());
}

TEST(RecipeBoxes, AFileWithoutMetadataReadsAsEmpty) {
    const auto read = readMp4Metadata(plainMp4(kPictures));
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->isEmpty());
}

TEST(RecipeBoxes, LongSizesAndAnOpenEndAreUnderstood) {
    const ByteVector plain = plainMp4(kPictures);
    const ByteVector start(plain.begin(), plain.begin() + 20);
    const auto found = std::ranges::search(plain, std::string("moov"));
    const ByteVector movie(found.begin() - 4, plain.end());
    // The same movie with a 64-bit size, and pictures to the end of the file.
    ByteVector longMovie = numbers32({1});
    appendText(longMovie, "moov");
    appendU32(longMovie, 0);
    appendU32(longMovie, static_cast<std::uint32_t>(movie.size() + 8));
    longMovie.insert(longMovie.end(), movie.begin() + 8, movie.end());
    ByteVector open = numbers32({0});
    appendText(open, "mdat");
    appendText(open, kPictures);
    ByteVector file = joined({start, longMovie, open});
    // The table still points behind ftyp: to the pictures' new place it must go by hand.
    const auto table = std::ranges::search(file, std::string("stco"));
    writeU32(file,
             static_cast<std::size_t>(table.begin() - file.begin()) + 12,
             static_cast<std::uint32_t>(file.size() - kPictures.size()));
    const auto added = addMp4Metadata(file, sampleMetadata());
    ASSERT_TRUE(added) << added.error().message;
    EXPECT_EQ(firstChunk(*added, "stco", 16), kPictures.substr(0, 16));
    EXPECT_EQ(*readMp4Metadata(*added), sampleMetadata());
}

TEST(RecipeBoxes, SizesThatDoNotFitAreRefused) {
    ByteVector file = plainMp4(kPictures);
    writeU32(file, 0, 7);
    expectRefused(file, "claims 7 bytes");
    writeU32(file, 0, 0xFFFFFFFF);
    expectRefused(file, "claims 4294967295 bytes");
    file = plainMp4(kPictures);
    file.resize(file.size() - 1);
    expectRefused(file, "\"moov\"");
    // A 64-bit size that wraps around when it is added to its place.
    ByteVector wraps = numbers32({1});
    appendText(wraps, "free");
    wraps.insert(wraps.end(), 8, 0xFF);
    expectRefused(joined({box("ftyp", {}), wraps}), "claims 18446744073709551615");
    expectRefused(textBytes("ftyp"), "only 4 bytes");
    expectRefused({}, "no movie box");
}

TEST(RecipeBoxes, BoxesThatReachOutOfTheirParentAreRefused) {
    ByteVector meta =
        quickTimeMeta(joined({numbers32({0, 1}), key("org.tessera.recipe")}), item(1, 1, "{}"));
    ByteVector file = movieWith(meta);
    ASSERT_EQ(readMp4Metadata(file)->recipeJson, "{}");
    const auto data = std::ranges::search(file, std::string("data"));
    writeU32(file, static_cast<std::size_t>(data.begin() - file.begin()) - 4, 400);
    expectRefused(file, "\"data\"");
}

TEST(RecipeBoxes, HugeCountsAreRefusedWithoutBeingBelieved) {
    expectRefused(movieWith(quickTimeMeta(numbers32({0, 0xFFFFFFFF}), {})), "4294967295 keys");
    ByteVector file = plainMp4(kPictures);
    const auto table = std::ranges::search(file, std::string("stco"));
    writeU32(file, static_cast<std::size_t>(table.begin() - file.begin()) + 8, 0x40000001);
    const auto added = addMp4Metadata(file, {});
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, base::ErrorCode::BadFile);
}

TEST(RecipeBoxes, OffsetsOutsideThePicturesAreRefused) {
    for (const std::uint32_t offset : {0xFFFFFFF0u, 90u}) {  // beyond the end; inside the movie
        ByteVector file = plainMp4(kPictures);
        const auto table = std::ranges::search(file, std::string("stco"));
        writeU32(file, static_cast<std::size_t>(table.begin() - file.begin()) + 12, offset);
        const auto added = addMp4Metadata(file, {});
        ASSERT_FALSE(added);
        EXPECT_EQ(added.error().code, base::ErrorCode::BadFile);
    }
}

TEST(RecipeBoxes, DoubledOrWrongMetadataIsRefused) {
    const ByteVector keys = joined({numbers32({0, 1}), key("org.tessera.recipe")});
    expectRefused(movieWith(quickTimeMeta(keys, joined({item(1, 1, "{}"), item(1, 1, "{}")}))),
                  "twice");
    expectRefused(
        movieWith(quickTimeMeta(
            joined({numbers32({0, 2}), key("org.tessera.recipe"), key("org.tessera.recipe")}),
            item(1, 1, "{}"))),
        "twice");
    expectRefused(movieWith(quickTimeMeta(keys, item(1, 13, "JPEG"))), "not a text value");
    expectRefused(movieWith(quickTimeMeta(keys, item(1, 1, "\xC0\x80"))), "not UTF-8");
    const ByteVector movie = box("moov", {});
    expectRefused(joined({movie, movie}), "two movie boxes");
}

TEST(RecipeBoxes, TooManyBoxesAreRefused) {
    ByteVector file;
    const ByteVector empty = box("free", {});
    for (int i = 0; i <= 100'000; ++i) {
        appendBytes(file, empty);
    }
    expectRefused(file, "100000 boxes");
}

TEST(RecipeBoxes, FragmentedAndEncryptedFilesAreNotTouched) {
    const ByteVector movie = box("moov", {});
    for (const ByteVector& file :
         {joined({movie, box("moof", {})}),
          box("moov", box("mvex", {})),
          box("moov", box("cmov", {})),
          joined({movie, box("meta", {})}),
          box("moov", box("trak", box("mdia", box("minf", box("stbl", box("saio", {}))))))}) {
        const auto added = addMp4Metadata(file, sampleMetadata());
        ASSERT_FALSE(added);
        EXPECT_EQ(added.error().code, base::ErrorCode::Unsupported);
        EXPECT_FALSE(added.error().hint.empty());
    }
}

TEST(RecipeBoxes, FileAndBytesAreReadAlike) {
    const TemporaryFolder folder;
    const auto added = addMp4Metadata(plainMp4(kPictures), sampleMetadata());
    ASSERT_TRUE(added);
    for (std::size_t size = 0; size <= added->size(); ++size) {
        ByteVector cut = *added;
        cut.resize(size);
        writeBytes(folder / "cut.mp4", cut);
        const auto fromBytes = readMp4Metadata(cut);
        const auto fromFile = readMp4MetadataFile(folder / "cut.mp4");
        ASSERT_EQ(fromBytes.has_value(), fromFile.has_value()) << size;
        // Whole, or cut between the movie box and the pictures.
        const bool isSound = size == added->size() || size + 8 + kPictures.size() == added->size();
        ASSERT_EQ(fromBytes.has_value(), isSound) << size;
        if (fromBytes) {
            EXPECT_EQ(*fromBytes, *fromFile);
        }
    }
}

TEST(RecipeBoxes, MissingFilesAndFoldersAreTold) {
    const TemporaryFolder folder;
    EXPECT_EQ(readMp4MetadataFile(folder / "none.mp4").error().code, base::ErrorCode::NotFound);
    EXPECT_EQ(readMp4MetadataFile(folder.path()).error().code, base::ErrorCode::BadFile);
}

TEST(RecipeBoxes, TextsThatNoClipMayCarryAreRefused) {
    ClipMetadata tooLong;
    tooLong.parametersText.assign(kMaxMetadataBytes + 1, 'x');
    ClipMetadata notUtf8;
    notUtf8.comment = "\xFF";
    ClipMetadata notJson;
    notJson.recipeJson = "{";
    ClipMetadata notObject;
    notObject.recipeJson = "[1]";
    for (const ClipMetadata& metadata : {tooLong, notUtf8, notJson, notObject}) {
        const auto added = addMp4Metadata(plainMp4(kPictures), metadata);
        ASSERT_FALSE(added);
        EXPECT_EQ(added.error().code, base::ErrorCode::BadInput) << added.error().message;
    }
}

TEST(RecipeBoxes, Utf8IsToldFromOtherBytes) {
    for (const char* good : {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x8E\xAC"}) {
        EXPECT_TRUE(isUtf8(good)) << good;
    }
    for (const char* bad : {"\x80",
                            "\xC0\x80",
                            "\xC3",
                            "\xE0\x80\x80",
                            "\xED\xA0\x80",
                            "\xF4\x90\x80\x80",
                            "\xF0\x9F\x8E",
                            "\xE2\x28\xA1"}) {
        EXPECT_FALSE(isUtf8(bad));
    }
}

}  // namespace
}  // namespace tessera::media
