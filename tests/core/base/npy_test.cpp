#include "core/base/npy.h"

#include "core/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

using tests::expectError;
using tests::TemporaryFolder;

FrameSequence pattern(int width, int height, int frames) {
    FrameSequence clip = FrameSequence::black(width, height, frames, 8.0);
    for (std::size_t i = 0; i < clip.rgb.size(); ++i) {
        clip.rgb[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    }
    return clip;
}

// A file by hand: magic, version, length, header, data.
std::string npy(const std::string& header, std::size_t dataBytes, char version = 1) {
    std::string text = std::string("\x93NUMPY") + version + '\0';
    text += static_cast<char>(header.size() & 0xFF);
    text += static_cast<char>(header.size() >> 8);
    if (version > 1) {
        text += std::string(2, '\0');
    }
    return text + header + std::string(dataBytes, '\x05');
}

std::string dictionary(const std::string& type,
                       const std::string& order,
                       const std::string& shape) {
    return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

TEST(Npy, GivesBackTheClipItWrote) {
    const TemporaryFolder folder;
    const FrameSequence clip = pattern(6, 4, 3);
    ASSERT_TRUE(writeNpy(folder / "clip.npy", clip));
    EXPECT_EQ(readNpy(folder / "clip.npy", 8.0), clip);
    EXPECT_EQ(folder.entries(), 1);
}

TEST(Npy, WritesTheBytesThatNumpyWrites) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeNpy(folder / "clip.npy", FrameSequence::black(2, 1, 1, 8.0)));
    std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 2, 3), }";
    header.resize(117, ' ');
    const std::string expected =
        std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n" + std::string(6, '\0');
    EXPECT_EQ(readTextFile(folder / "clip.npy"), expected);
}

TEST(Npy, ReadsOnePictureAndTheLaterVersions) {
    const TemporaryFolder folder;
    for (const char version : {'\1', '\2', '\3'}) {
        ASSERT_TRUE(writeFileAtomically(folder / "a.npy",
                                        npy(dictionary("|u1", "False", "(2, 4, 3)"), 24, version)));
        const auto clip = readNpy(folder / "a.npy", 10.0);
        ASSERT_TRUE(clip) << describe(clip.error());
        EXPECT_EQ(clip->frames, 1);
        EXPECT_EQ(clip->height, 2);
        EXPECT_EQ(clip->width, 4);
        EXPECT_EQ(clip->fps, 10.0);
        EXPECT_EQ(clip->rgb, std::vector<std::uint8_t>(24, 5));
    }
}

TEST(Npy, RefusesOtherArraysAndDamagedFiles) {
    const TemporaryFolder folder;
    const std::string good = npy(dictionary("|u1", "False", "(1, 2, 4, 3)"), 24);
    const std::vector<std::string> bad{
        "",
        "PNG",
        good.substr(0, 8),
        good.substr(0, 30),
        good.substr(0, good.size() - 1),
        good + "x",
        npy(dictionary("<f4", "False", "(1, 2, 4, 3)"), 96),
        npy(dictionary("|u1", "True", "(1, 2, 4, 3)"), 24),
        npy(dictionary("|u1", "False", "(2, 4, 4)"), 32),
        npy(dictionary("|u1", "False", "(24,)"), 24),
        npy(dictionary("|u1", "False", "()"), 1),
        npy(dictionary("|u1", "False", "(-1, 2, 4, 3)"), 24),
        npy(dictionary("|u1", "False", "(4611686018427387904, 4611686018427387904, 4, 3)"), 24),
        npy(dictionary("|u1", "False", "(99999999999999999999, 2, 4, 3)"), 24),
        npy(dictionary("|u1", "False", "(2147483647, 2147483647, 2147483647, 3)"), 24),
        npy(dictionary("|u1", "Maybe", "(1, 2, 4, 3)"), 24),
        npy("{'descr': '|u1', 'shape': (1, 2, 4, 3)}", 24),
        npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 4, 3)} + x", 24),
        npy("{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (1, 2, 4, 3)}", 24),
        npy("{'descr': '|u1", 24),
        npy(dictionary("|u1", "False", "(1, 2, 4, 3)"), 24, '\4'),
        std::string("\x93NUMPY\x02\x00\xFF\xFF\xFF\xFF", 12),
    };
    ASSERT_TRUE(writeFileAtomically(folder / "a.npy", good));
    ASSERT_TRUE(readNpy(folder / "a.npy", 8.0));
    for (const std::string& text : bad) {
        ASSERT_TRUE(writeFileAtomically(folder / "a.npy", text));
        SCOPED_TRACE(text);
        expectError(readNpy(folder / "a.npy", 8.0), ErrorCode::BadFile, "a.npy");
    }
    expectError(readNpy(folder / "none.npy", 8.0), ErrorCode::NotFound);
    expectError(writeNpy(folder / "no/a.npy", pattern(2, 2, 1)), ErrorCode::NotWritable);
}

}  // namespace
}  // namespace tessera::base
