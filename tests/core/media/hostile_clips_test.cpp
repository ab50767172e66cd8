#include "core/base/random.h"
#include "core/media/clip_metadata.h"
#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"
#include "core/media/recipe_boxes.h"
#include "tests/core/media/mp4_bytes.h"
#include "tests/core/media/sample_clips.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace tessera::media {
namespace {

constexpr int kMutatedFiles = 200;
constexpr std::uint64_t kSeed = 20'261'123;

// Changes what parsers stumble over: sizes, counts, single bits, the end, the order.
ByteVector mutated(ByteVector bytes, base::RandomStream& random) {
    const int changes = 1 + random.below(4);
    for (int i = 0; i < changes; ++i) {
        const auto at = [&] {
            return static_cast<std::size_t>(random.below(static_cast<int>(bytes.size())));
        };
        switch (random.below(6)) {
            case 0:
                bytes[at()] ^= static_cast<std::uint8_t>(1 << random.below(8));
                break;
            case 1:
                bytes[at()] = static_cast<std::uint8_t>(random.next());
                break;
            case 2: {  // a whole number of four bytes becomes an extreme one
                constexpr std::uint8_t kExtremes[] = {0x00, 0x7F, 0x80, 0xFF};
                std::fill_n(
                    bytes.begin() + static_cast<std::ptrdiff_t>(std::min(at(), bytes.size() - 4)),
                    4,
                    kExtremes[random.below(4)]);
                break;
            }
            case 3:
                bytes.resize(std::max<std::size_t>(at(), 16));
                break;
            case 4: {  // a piece is moved elsewhere
                const std::size_t from = at();
                const std::size_t count = std::min<std::size_t>(64, bytes.size() - from);
                const std::size_t to = std::min(at(), bytes.size() - count);
                const ByteVector piece(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                                       bytes.begin() + static_cast<std::ptrdiff_t>(from + count));
                std::ranges::copy(piece, bytes.begin() + static_cast<std::ptrdiff_t>(to));
                break;
            }
            default: {  // the sizes stand in the first part of the file: hit those more often
                const auto limit = static_cast<int>(std::min<std::size_t>(bytes.size(), 2000));
                bytes[static_cast<std::size_t>(random.below(limit))] =
                    static_cast<std::uint8_t>(random.next());
                break;
            }
        }
    }
    return bytes;
}

void expectSentence(const base::Error& error, const std::string& what) {
    EXPECT_FALSE(error.message.empty()) << what;
    EXPECT_FALSE(error.hint.empty()) << what;
    EXPECT_TRUE(error.code == base::ErrorCode::BadFile ||
                error.code == base::ErrorCode::Unsupported ||
                error.code == base::ErrorCode::OutOfMemory)
        << what << ": " << error.message;
}

// Every reader must answer every mutated file with a value or a sentence.
void readMutations(const std::string& name, const ByteVector& original) {
    const TemporaryFolder folder;
    const auto path = folder / name;
    base::RandomStream random(kSeed, 0);
    int refused = 0;
    for (int i = 0; i < kMutatedFiles; ++i) {
        const std::string what = name + " mutation " + std::to_string(i);
        const ByteVector bytes = mutated(original, random);
        writeBytes(path, bytes);
        const auto metadata = readClipMetadata(path);
        if (!metadata) {
            expectSentence(metadata.error(), what);
            ++refused;
        } else {
            EXPECT_LE(metadata->recipeJson.size() + metadata->parametersText.size() +
                          metadata->comment.size(),
                      bytes.size());
        }
        if (const auto recipe = readRecipe(path); !recipe) {
            expectSentence(recipe.error(), what);
        }
        if (const auto info = clipInfo(path); !info) {
            expectSentence(info.error(), what);
        }
        ReadOptions options;
        options.maxBytes = 50'000'000;
        if (const auto clip = readClip(path, options); !clip) {
            expectSentence(clip.error(), what);
        } else {
            EXPECT_EQ(clip->rgb.size(),
                      clip->frameBytes() * static_cast<std::size_t>(clip->frames));
        }
    }
    EXPECT_GT(refused, 0) << "the mutations did not reach the parser";
    EXPECT_LT(refused, kMutatedFiles) << "nothing but refusals tests the first check only";
}

TEST(HostileClips, MutatedMp4sAreReadOrRefusedWithASentence) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeClip(folder / "a.mp4", smoothClip(64, 48, 5, 8.0), sampleMetadata()));
    readMutations("a.mp4", readBytes(folder / "a.mp4"));
}

TEST(HostileClips, MutatedGifsAreReadOrRefusedWithASentence) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeClip(folder / "a.gif", colourGrid(3), sampleMetadata()));
    readMutations("a.gif", readBytes(folder / "a.gif"));
}

TEST(HostileClips, MutatedPngsAreReadOrRefusedWithASentence) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeClip(folder / "a.png", smoothClip(24, 16, 1, 8.0), sampleMetadata()));
    readMutations("a.png", readBytes(folder / "a.png"));
}

TEST(HostileClips, MutatedBoxesNeverAddMoreThanTheyShould) {
    const ByteVector original = *addMp4Metadata(plainMp4("sixteen byte pic"), sampleMetadata());
    base::RandomStream random(kSeed, 1);
    for (int i = 0; i < 20 * kMutatedFiles; ++i) {
        const ByteVector bytes = mutated(original, random);
        const auto added = addMp4Metadata(bytes, sampleMetadata());
        if (!added) {
            expectSentence(added.error(), std::to_string(i));
            continue;
        }
        EXPECT_LE(added->size(), bytes.size() + original.size());
        const auto read = readMp4Metadata(*added);
        ASSERT_TRUE(read) << i << ": " << read.error().message;
        EXPECT_EQ(*read, sampleMetadata()) << i;
    }
}

}  // namespace
}  // namespace tessera::media
