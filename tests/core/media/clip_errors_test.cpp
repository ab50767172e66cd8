#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"
#include "tests/core/media/sample_clips.h"

#include <algorithm>
#include <csignal>
#include <string>

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

namespace tessera::media {
namespace {

// Frames that no encoder makes small.
base::FrameSequence noise(int frames) {
    auto clip = base::FrameSequence::black(128, 96, frames, 8.0);
    std::uint32_t state = 1;
    for (std::uint8_t& level : clip.rgb) {
        state = state * 1664525u + 1013904223u;
        level = static_cast<std::uint8_t>(state >> 24);
    }
    return clip;
}

const std::vector<std::string> kNames = {"a.mp4", "a.gif", "a.png", "a.npy"};

// A file system of 64 KiB, where the machine allows one to be made.
class TinyDisk {
public:
    explicit TinyDisk(std::filesystem::path place) : m_place(std::move(place)) {
        m_isMounted = ::mount("none", m_place.c_str(), "tmpfs", 0, "size=64k") == 0;
    }

    ~TinyDisk() {
        if (m_isMounted) {
            ::umount(m_place.c_str());
        }
    }

    TinyDisk(const TinyDisk&) = delete;
    TinyDisk& operator=(const TinyDisk&) = delete;

    bool isMounted() const { return m_isMounted; }

private:
    std::filesystem::path m_place;
    bool m_isMounted = false;
};

// No file may grow beyond so many bytes while this lives.
class FileLimit {
public:
    explicit FileLimit(rlim_t bytes) {
        m_before = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_old);
        const rlimit limit{bytes, m_old.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }

    ~FileLimit() {
        ::setrlimit(RLIMIT_FSIZE, &m_old);
        std::signal(SIGXFSZ, m_before);
    }

    FileLimit(const FileLimit&) = delete;
    FileLimit& operator=(const FileLimit&) = delete;

private:
    rlimit m_old{};
    void (*m_before)(int) = nullptr;
};

// Works as a user who owns nothing, where the tests run as root.
class AsNobody {
public:
    AsNobody() { m_isChanged = ::geteuid() == 0 && ::seteuid(65'534) == 0; }

    ~AsNobody() {
        if (m_isChanged && ::seteuid(0) != 0) {
            std::abort();
        }
    }

    AsNobody(const AsNobody&) = delete;
    AsNobody& operator=(const AsNobody&) = delete;

private:
    bool m_isChanged = false;
};

TEST(ClipErrors, AFullDiskIsToldInNumbersAndLeavesNothing) {
    const TemporaryFolder folder;
    const TinyDisk disk(folder.path());
    if (!disk.isMounted()) {
        GTEST_SKIP() << "this user may not mount a file system";
    }
    for (const std::string& name : kNames) {
        const auto written = writeClip(folder / name, noise(9), sampleMetadata());
        ASSERT_FALSE(written) << name;
        const base::Error& error = written.error();
        EXPECT_EQ(error.code, base::ErrorCode::NoSpace) << name << error.message;
        EXPECT_TRUE(error.message.starts_with("No room for the video: ")) << error.message;
        EXPECT_NE(error.message.find(" kB needed, "), std::string::npos) << error.message;
        EXPECT_TRUE(error.message.ends_with(" free on " + folder.path().string() + "."))
            << error.message;
        EXPECT_EQ(error.hint, "Free some space or choose another folder.");
        EXPECT_EQ(folder.fileCount(), 0) << name;
    }
}

TEST(ClipErrors, AFileLimitLeavesNothing) {
    const TemporaryFolder folder;
    const FileLimit limit(16 * 1024);
    for (const std::string name : {"a.mp4", "a.gif", "a.png"}) {
        const auto written = writeClip(folder / name, noise(9), sampleMetadata());
        ASSERT_FALSE(written) << name;
        EXPECT_EQ(written.error().code, base::ErrorCode::NoSpace) << written.error().message;
        EXPECT_EQ(folder.fileCount(), 0) << name;
    }
}

TEST(ClipErrors, AFailureKeepsTheOldFile) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeClip(folder / "a.mp4", smoothClip(64, 48, 2, 8.0)));
    const auto before = readBytes(folder / "a.mp4");
    const FileLimit limit(16 * 1024);
    ASSERT_FALSE(writeClip(folder / "a.mp4", noise(9)));
    EXPECT_EQ(readBytes(folder / "a.mp4"), before);
    EXPECT_EQ(folder.fileCount(), 1);
}

TEST(ClipErrors, FoldersThatCannotBeWrittenAreTold) {
    const TemporaryFolder folder;
    const auto closed = folder / "closed";
    std::filesystem::create_directory(closed);
    std::filesystem::permissions(closed,
                                 std::filesystem::perms::owner_read |
                                     std::filesystem::perms::owner_exec |
                                     std::filesystem::perms::others_exec);
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
    std::filesystem::create_directory(folder / "folder.mp4");
    const auto clip = smoothClip(64, 48, 2, 8.0);
    for (const std::string& name : kNames) {
        const AsNobody nobody;
        for (const auto& path : {closed / name, folder / ("none/" + name)}) {
            const auto written = writeClip(path, clip);
            ASSERT_FALSE(written) << path;
            EXPECT_EQ(written.error().code, base::ErrorCode::NotWritable)
                << written.error().message;
            EXPECT_FALSE(written.error().hint.empty());
        }
    }
    EXPECT_EQ(writeClip(folder / "folder.mp4", clip).error().code, base::ErrorCode::NotWritable);
    EXPECT_EQ(folder.fileCount(), 2);
    EXPECT_TRUE(std::filesystem::is_empty(closed));
}

TEST(ClipErrors, CancelAtAnyFrameLeavesNothing) {
    const TemporaryFolder folder;
    const auto clip = smoothClip(64, 48, 9, 8.0);
    for (const std::string name : {"a.mp4", "a.gif", "a.png"}) {
        for (int at = 0; at <= 9; ++at) {
            std::stop_source stop;
            WriteOptions options;
            options.onFrame = [&](int done, int) {
                if (done == at) {
                    stop.request_stop();
                }
            };
            if (at == 0) {
                stop.request_stop();
            }
            const auto written =
                writeClip(folder / name, clip, sampleMetadata(), options, stop.get_token());
            // After the last PNG frame nothing is left to cancel.
            const bool isLate = name == "a.png" && at == 9;
            ASSERT_EQ(written.has_value(), isLate) << name << " at " << at;
            if (!isLate) {
                EXPECT_EQ(written.error().code, base::ErrorCode::Cancelled);
                EXPECT_EQ(folder.fileCount(), 0) << name << " at " << at;
            }
        }
        for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
            std::filesystem::remove(file);
        }
    }
}

TEST(ClipErrors, OddSizesOfMp4AreRefusedWithTheNearestOnes) {
    const TemporaryFolder folder;
    const auto wide = writeClip(folder / "a.mp4", smoothClip(289, 192, 2, 8.0));
    ASSERT_FALSE(wide);
    EXPECT_EQ(wide.error().code, base::ErrorCode::BadInput);
    EXPECT_EQ(wide.error().message,
              "Width 289 is odd; H.264 video with 4:2:0 colour needs even sizes.");
    EXPECT_EQ(wide.error().hint, "Use 288 or 290, or write .gif or .png.");
    const auto high = writeClip(folder / "a.mp4", smoothClip(288, 1, 2, 8.0));
    ASSERT_FALSE(high);
    EXPECT_EQ(high.error().hint, "Use 2, or write .gif or .png.");
    EXPECT_EQ(folder.fileCount(), 0);
}

TEST(ClipErrors, WrongSuffixesSizesAndRatesAreRefused) {
    for (const std::string name : {"a.avi", "a", "a.mp4.part", ".mp4"}) {
        const auto checked = checkClip(name, 288, 192, 8.0);
        ASSERT_FALSE(checked) << name;
        EXPECT_EQ(checked.error().code, base::ErrorCode::BadInput);
        EXPECT_NE(checked.error().hint.find(".mp4, .gif, .png or .npy"), std::string::npos);
    }
    EXPECT_TRUE(checkClip("a.MP4", 288, 192, 8.0));
    EXPECT_FALSE(checkClip("a.mp4", 0, 192, 8.0));
    EXPECT_FALSE(checkClip("a.mp4", 20'000, 192, 8.0));
    EXPECT_FALSE(checkClip("a.mp4", 288, 192, 0.0));
    EXPECT_FALSE(checkClip("a.mp4", 288, 192, 1e9));
    EXPECT_FALSE(checkClip("a.gif", 288, 192, 60.0));
    EXPECT_FALSE(checkClip("a.gif", 70'000, 192, 8.0));
    EXPECT_TRUE(checkClip("a.gif", 287, 191, 50.0));
    EXPECT_TRUE(checkClip("a.npy", 287, 191, 0.0));
    EXPECT_FALSE(checkClip("a.mp4", 288, 192, std::numeric_limits<double>::quiet_NaN()));
    WriteOptions options;
    options.crf = 52;
    const TemporaryFolder folder;
    EXPECT_EQ(writeClip(folder / "a.mp4", smoothClip(64, 48, 1, 8.0), {}, options).error().code,
              base::ErrorCode::BadInput);
    EXPECT_EQ(writeClip(folder / "a.mp4", base::FrameSequence{64, 48, 0, 8.0, {}}).error().code,
              base::ErrorCode::BadInput);
}

TEST(ClipErrors, WhatIsNoClipIsRefused) {
    const TemporaryFolder folder;
    const auto text = [&](const char* name, const std::string& content) {
        writeBytes(folder / name, {content.begin(), content.end()});
        return folder / name;
    };
    ASSERT_TRUE(writeClip(folder / "other.mp4", smoothClip(64, 48, 2, 8.0)));
    for (const auto& path : {text("empty.mp4", ""),
                             text("words.mp4", "these are words and no clip"),
                             text("list.ffconcat", "ffconcat version 1.0\nfile other.mp4\n"),
                             text("list.m3u8",
                                  "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nother.mp4\n"
                                  "#EXT-X-ENDLIST\n"),
                             folder.path()}) {
        const auto read = readClip(path);
        ASSERT_FALSE(read) << path;
        EXPECT_EQ(read.error().code, base::ErrorCode::BadFile) << path;
        EXPECT_FALSE(read.error().hint.empty());
        EXPECT_FALSE(clipInfo(path)) << path;
    }
    EXPECT_EQ(readClip(folder / "none.mp4").error().code, base::ErrorCode::NotFound);
    EXPECT_EQ(clipInfo(folder / "none.mp4").error().code, base::ErrorCode::NotFound);
}

}  // namespace
}  // namespace tessera::media
