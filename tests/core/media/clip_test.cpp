#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"
#include "tests/core/media/sample_clips.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

namespace tessera::media {
namespace {

struct Size {
    int width;
    int height;
};

// The sizes of the bundled model.
constexpr std::array kSizes = {Size{192, 128}, Size{288, 192}, Size{384, 256}};

// The largest step of any channel in the middle of a field of colourGrid().
int worstStep(const base::FrameSequence& clip) {
    int worst = 0;
    for (int t = 0; t < clip.frames; ++t) {
        for (int field = 0; field < 12; ++field) {
            const int x = field % 4 * kGridField + kGridField / 2;
            const int y = field / 4 * kGridField + kGridField / 2;
            const auto at =
                3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(clip.width) +
                     static_cast<std::size_t>(x));
            for (std::size_t channel = 0; channel < 3; ++channel) {
                const int expected = gridColours()[static_cast<std::size_t>(field)][channel];
                worst = std::max(worst, std::abs(clip.frame(t)[at + channel] - expected));
            }
        }
    }
    return worst;
}

TEST(Clip, Mp4KeepsSmoothClipsNearlyWhole) {
    const TemporaryFolder folder;
    for (const Size size : kSizes) {
        const auto clip = smoothClip(size.width, size.height, 29, 8.0);
        const auto written = writeClip(folder / "a.mp4", clip, sampleMetadata());
        ASSERT_TRUE(written) << written.error().message;
        EXPECT_EQ(written->bytes, std::filesystem::file_size(written->path()));
        const auto read = readClip(written->path());
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(read->width, size.width);
        EXPECT_EQ(read->height, size.height);
        EXPECT_EQ(read->frames, 29);
        EXPECT_DOUBLE_EQ(read->fps, 8.0);
        EXPECT_GT(psnr(clip, *read), 38.0);
        RecordProperty("psnr", std::to_string(psnr(clip, *read)));
    }
}

TEST(Clip, Mp4KeepsRateAndCountExactly) {
    const TemporaryFolder folder;
    for (const double fps : {1.0, 8.0, 24'000.0 / 1001.0, 25.0, 30.0, 60.0}) {
        for (const int frames : {1, 2, 3, 29, 93}) {
            const auto clip = smoothClip(64, 48, frames, fps);
            ASSERT_TRUE(writeClip(folder / "a.mp4", clip));
            const auto info = clipInfo(folder / "a.mp4");
            ASSERT_TRUE(info) << info.error().message;
            EXPECT_EQ(info->width, 64);
            EXPECT_EQ(info->height, 48);
            EXPECT_EQ(info->frames, frames);
            EXPECT_DOUBLE_EQ(info->fps, fps) << frames;
            EXPECT_NEAR(info->durationSeconds, frames / fps, 0.001);
            EXPECT_EQ(info->container, "mp4");
            EXPECT_EQ(info->codec, "h264");
            EXPECT_EQ(info->pixelFormat, "yuv420p");
            EXPECT_EQ(readClip(folder / "a.mp4")->frames, frames);
        }
    }
}

TEST(Clip, Mp4KeepsTwelveColoursWithinThreeLevels) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeClip(folder / "a.mp4", colourGrid(9)));
    const auto read = readClip(folder / "a.mp4");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_LE(worstStep(*read), 3);
}

TEST(Clip, GifKeepsTwelveColoursWithinThreeLevels) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeClip(folder / "a.gif", colourGrid(3)));
    const auto read = readClip(folder / "a.gif");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->frames, 3);
    EXPECT_LE(worstStep(*read), 3);
}

TEST(Clip, GifKeepsSizeLengthAndARecognisablePicture) {
    const TemporaryFolder folder;
    const auto clip = smoothClip(287, 191, 29, 8.0);  // odd sizes are fine here
    const auto written = writeClip(folder / "a.gif", clip, sampleMetadata());
    ASSERT_TRUE(written) << written.error().message;
    const auto info = clipInfo(folder / "a.gif");
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(info->width, 287);
    EXPECT_EQ(info->height, 191);
    EXPECT_EQ(info->frames, 29);
    EXPECT_NEAR(info->fps, 8.0, 0.1);
    EXPECT_NEAR(info->durationSeconds, 29 / 8.0, 0.02);
    const auto read = readClip(folder / "a.gif");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->frames, 29);
    // The waves fill the colour cube; FFmpeg's own palette and Bayer dithering reach 29.0 dB.
    EXPECT_GT(psnr(clip, *read), 28.5);
    RecordProperty("psnr", std::to_string(psnr(clip, *read)));
}

TEST(Clip, PngFramesAreExact) {
    const TemporaryFolder folder;
    const auto clip = smoothClip(61, 47, 3, 8.0);
    const auto written = writeClip(folder / "clip.png", clip, sampleMetadata());
    ASSERT_TRUE(written) << written.error().message;
    ASSERT_EQ(written->files.size(), 3u);
    std::uint64_t bytes = 0;
    for (int i = 0; i < 3; ++i) {
        const auto& file = written->files[static_cast<std::size_t>(i)];
        EXPECT_EQ(file.filename(), "clip-000" + std::to_string(i + 1) + ".png");
        const auto read = readClip(file);
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(read->frames, 1);
        EXPECT_EQ(read->fps, 0.0);
        EXPECT_TRUE(std::ranges::equal(read->frame(0), clip.frame(i)));
        EXPECT_EQ(*readRecipe(file), sampleMetadata().recipeJson);
        bytes += std::filesystem::file_size(file);
    }
    EXPECT_EQ(written->bytes, bytes);
    EXPECT_EQ(folder.fileCount(), 3);
}

TEST(Clip, OnePngFrameHasTheNameAskedFor) {
    const TemporaryFolder folder;
    const auto written = writeClip(folder / "still.png", smoothClip(32, 32, 1, 8.0));
    ASSERT_TRUE(written);
    EXPECT_EQ(written->path(), folder / "still.png");
    const auto info = clipInfo(folder / "still.png");
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(info->frames, 1);
    EXPECT_EQ(info->fps, 0.0);
    EXPECT_EQ(info->container, "png");
}

TEST(Clip, ArraysAreExact) {
    const TemporaryFolder folder;
    const auto clip = smoothClip(33, 17, 4, 8.0);
    const auto written = writeClip(folder / "a.npy", clip, sampleMetadata());
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(written->bytes, std::filesystem::file_size(folder / "a.npy"));
    EXPECT_EQ(*readClip(folder / "a.npy"), clip);
    EXPECT_EQ(readClip(folder / "a.npy", {.maxFrames = 2})->frames, 2);
    EXPECT_EQ(clipInfo(folder / "a.npy")->frames, 4);
}

TEST(Clip, EqualFramesGiveEqualBytes) {
    const TemporaryFolder folder;
    const auto clip = smoothClip(192, 128, 29, 8.0);
    for (const std::string suffix : {".mp4", ".gif", ".npy"}) {
        ASSERT_TRUE(writeClip(folder / ("a" + suffix), clip, sampleMetadata()));
        ASSERT_TRUE(writeClip(folder / ("b" + suffix), clip, sampleMetadata()));
        EXPECT_EQ(readBytes(folder / ("a" + suffix)), readBytes(folder / ("b" + suffix)));
    }
    ASSERT_TRUE(writeClip(folder / "a.png", clip));
    ASSERT_TRUE(writeClip(folder / "b.png", clip));
    EXPECT_EQ(readBytes(folder / "a-0029.png"), readBytes(folder / "b-0029.png"));
}

TEST(Clip, ReadingStopsWhereItIsTold) {
    const TemporaryFolder folder;
    const auto clip = smoothClip(192, 128, 29, 8.0);
    ASSERT_TRUE(writeClip(folder / "a.mp4", clip));
    const auto whole = readClip(folder / "a.mp4");
    const auto part = readClip(folder / "a.mp4", {.maxFrames = 5});
    ASSERT_TRUE(whole && part);
    ASSERT_EQ(part->frames, 5);
    EXPECT_TRUE(std::equal(part->rgb.begin(), part->rgb.end(), whole->rgb.begin()));

    const auto limited = readClip(folder / "a.mp4", {.maxBytes = clip.frameBytes() * 28});
    ASSERT_FALSE(limited);
    EXPECT_EQ(limited.error().code, base::ErrorCode::OutOfMemory);
    EXPECT_TRUE(readClip(folder / "a.mp4", {.maxBytes = clip.frameBytes() * 29}));

    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(readClip(folder / "a.mp4", {}, stop.get_token()).error().code,
              base::ErrorCode::Cancelled);
}

TEST(Clip, NamesWithColonsPercentSignsAndSpacesAreFiles) {
    const TemporaryFolder folder;
    const auto clip = smoothClip(64, 48, 2, 8.0);
    for (const std::string name : {"http:a b.mp4", "concat:%04d.gif", "-i.MP4", "\xC3\xA9.png"}) {
        const auto written = writeClip(folder / name, clip, sampleMetadata());
        ASSERT_TRUE(written) << name << ": " << written.error().message;
        EXPECT_TRUE(readClip(written->path())) << name;
        EXPECT_EQ(*readRecipe(written->path()), sampleMetadata().recipeJson);
    }
}

TEST(Clip, ProgressIsToldForEveryFrame) {
    const TemporaryFolder folder;
    for (const std::string name : {"a.mp4", "a.gif", "a.png"}) {
        int calls = 0;
        WriteOptions options;
        options.onFrame = [&](int done, int total) {
            EXPECT_EQ(done, ++calls);
            EXPECT_EQ(total, 7);
        };
        ASSERT_TRUE(writeClip(folder / name, smoothClip(64, 48, 7, 8.0), {}, options));
        EXPECT_EQ(calls, 7) << name;
    }
}

}  // namespace
}  // namespace tessera::media
