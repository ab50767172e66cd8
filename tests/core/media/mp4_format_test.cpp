#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"
#include "core/media/recipe_boxes.h"
#include "tests/core/media/sample_clips.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace tessera::media {
namespace {

bool hasProgram(const std::string& name) {
    return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

std::string outputOf(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
    std::string text;
    std::array<char, 4096> part{};
    while (pipe && std::fgets(part.data(), static_cast<int>(part.size()), pipe.get()) != nullptr) {
        text += part.data();
    }
    return text;
}

// The clip of these tests, written by the real door.
class Mp4Format : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(writeClip(m_path, smoothClip(192, 128, 29, 8.0), sampleMetadata()));
    }

    std::string probe(const std::string& entries) const {
        return outputOf("ffprobe -v error -count_frames -show_entries " + entries +
                        " -of default=noprint_wrappers=1 '" + m_path.string() + "' 2>&1");
    }

    TemporaryFolder m_folder;
    std::filesystem::path m_path = m_folder / "a.mp4";
};

TEST_F(Mp4Format, ProbeSeesSizeRateAndColourTags) {
    if (!hasProgram("ffprobe")) {
        GTEST_SKIP() << "no ffprobe on this machine";
    }
    const std::string seen = probe(
        "stream=codec_name,profile,width,height,pix_fmt,color_range,color_space,color_transfer,"
        "color_primaries,chroma_location,r_frame_rate,avg_frame_rate,nb_frames,nb_read_frames,"
        "sample_aspect_ratio,duration");
    for (const std::string line : {"codec_name=h264",
                                   "profile=High",
                                   "width=192",
                                   "height=128",
                                   "pix_fmt=yuv420p",
                                   "color_range=tv",
                                   "color_space=bt709",
                                   "color_transfer=bt709",
                                   "color_primaries=bt709",
                                   "chroma_location=left",
                                   "r_frame_rate=8/1",
                                   "avg_frame_rate=8/1",
                                   "nb_frames=29",
                                   "nb_read_frames=29",
                                   "sample_aspect_ratio=1:1",
                                   "duration=3.625000"}) {
        EXPECT_NE(("\n" + seen).find("\n" + line + "\n"), std::string::npos) << line << " in\n"
                                                                             << seen;
    }
}

TEST_F(Mp4Format, ProbeSeesTheTextsInBothPlaces) {
    if (!hasProgram("ffprobe")) {
        GTEST_SKIP() << "no ffprobe on this machine";
    }
    const std::string seen = probe("format_tags");
    const ClipMetadata metadata = sampleMetadata();
    EXPECT_NE(seen.find("TAG:org.tessera.recipe=" + metadata.recipeJson), std::string::npos)
        << seen;
    EXPECT_NE(seen.find("TAG:parameters=" + metadata.parametersText), std::string::npos) << seen;
    EXPECT_NE(seen.find("TAG:comment=" + metadata.recipeJson), std::string::npos) << seen;
}

TEST_F(Mp4Format, TheIndexComesBeforeThePictures) {
    const auto bytes = readBytes(m_path);
    const std::string text(bytes.begin(), bytes.end());
    ASSERT_NE(text.find("mdat"), std::string::npos);
    EXPECT_LT(text.find("moov"), text.find("mdat"));
}

TEST_F(Mp4Format, ThePicturesAreTheSameWithAndWithoutTexts) {
    ASSERT_TRUE(writeClip(m_folder / "b.mp4", smoothClip(192, 128, 29, 8.0)));
    EXPECT_TRUE(readClipMetadata(m_folder / "b.mp4")->isEmpty());
    EXPECT_EQ(*readClip(m_folder / "b.mp4"), *readClip(m_path));
}

TEST_F(Mp4Format, ARemuxByAnotherProgramKeepsTheRecipe) {
    if (!hasProgram("ffmpeg")) {
        GTEST_SKIP() << "no ffmpeg on this machine";
    }
    const auto copy = m_folder / "copy.mp4";
    const std::string said = outputOf("ffmpeg -v error -y -i '" + m_path.string() + "' -c copy '" +
                                      copy.string() + "' 2>&1");
    EXPECT_EQ(said, "");
    const auto recipe = readRecipe(copy);
    ASSERT_TRUE(recipe) << recipe.error().message;
    EXPECT_EQ(*recipe, sampleMetadata().recipeJson);
    EXPECT_EQ(*readClip(copy), *readClip(m_path));
}

TEST_F(Mp4Format, FilesOfAnotherProgramCanTakeARecipe) {
    if (!hasProgram("ffmpeg")) {
        GTEST_SKIP() << "no ffmpeg on this machine";
    }
    const auto copy = m_folder / "copy.mov";
    outputOf("ffmpeg -v error -y -i '" + m_path.string() +
             "' -map_metadata -1 -metadata title=Sea -c copy '" + copy.string() + "' 2>&1");
    const auto added = addMp4Metadata(readBytes(copy), sampleMetadata());
    ASSERT_TRUE(added) << added.error().message;
    writeBytes(m_folder / "with.mov", *added);
    EXPECT_EQ(*readClipMetadata(m_folder / "with.mov"), sampleMetadata());
    EXPECT_EQ(*readClip(m_folder / "with.mov"), *readClip(m_path));
}

}  // namespace
}  // namespace tessera::media
