#include "core/base/frames.h"

#include "core/base/check.h"

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

TEST(FrameSequence, BlackHasOneZeroForEveryChannel) {
    const FrameSequence clip = FrameSequence::black(6, 4, 3, 8.0);
    EXPECT_EQ(clip.frameBytes(), 72u);
    EXPECT_EQ(clip.rgb, std::vector<std::uint8_t>(216, 0));
    EXPECT_THROW(FrameSequence::black(-1, 4, 3, 8.0), LogicError);
}

TEST(FrameSequence, AFrameIsAViewOfItsOwnBytes) {
    FrameSequence clip = FrameSequence::black(2, 2, 2, 8.0);
    clip.frame(1)[0] = 255;
    EXPECT_EQ(clip.rgb[12], 255);
    EXPECT_EQ(std::as_const(clip).frame(0).size(), 12u);
    EXPECT_EQ(std::as_const(clip).frame(1)[0], 255);
}

}  // namespace
}  // namespace tessera::base
