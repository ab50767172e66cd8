#include "core/world/render.h"
#include "core/world/scene.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::world {
namespace {

constexpr int kWidth = 144;
constexpr int kHeight = 96;

std::vector<std::uint8_t> idPlanes(const Scene& scene) {
    std::vector<std::uint8_t> rgb(static_cast<std::size_t>(kWidth * kHeight * kClipFrames) * 3);
    std::vector<std::uint8_t> ids(static_cast<std::size_t>(kWidth * kHeight * kClipFrames));
    render(scene, View::whole(kWidth, kHeight), rgb, ids);
    return ids;
}

TEST(Truth, BoxesAreThoseOfTheIdPlane) {
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        const Scene scene = makeScene(seed);
        const std::vector<std::uint8_t> ids = idPlanes(scene);
        const auto frames = truth(scene, kWidth, kHeight);
        ASSERT_EQ(frames.size(), static_cast<std::size_t>(kClipFrames));
        for (std::size_t f = 0; f < frames.size(); ++f) {
            ASSERT_EQ(frames[f].size(), scene.objects.size());
            for (std::size_t i = 0; i < frames[f].size(); ++i) {
                int left = kWidth;
                int right = 0;
                int top = kHeight;
                int bottom = 0;
                for (int y = 0; y < kHeight; ++y) {
                    for (int x = 0; x < kWidth; ++x) {
                        const std::size_t at =
                            f * kWidth * kHeight + static_cast<std::size_t>(y * kWidth + x);
                        if (ids[at] == i + 1) {
                            left = std::min(left, x);
                            right = std::max(right, x + 1);
                            top = std::min(top, y);
                            bottom = std::max(bottom, y + 1);
                        }
                    }
                }
                const ObjectTruth& object = frames[f][i];
                if (right == 0) {
                    ASSERT_LE(object.right, object.left);
                    ASSERT_EQ(object.visibleFraction, 0.0);
                    continue;
                }
                ASSERT_EQ(object.left, left) << "seed " << seed << " frame " << f;
                ASSERT_EQ(object.right, right);
                ASSERT_EQ(object.top, top);
                ASSERT_EQ(object.bottom, bottom);
            }
        }
    }
}

TEST(Truth, ObjectsStayMostlyInsideTheFrame) {
    int shown = 0;
    int objects = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const Scene scene = makeScene(seed);
        for (const auto& frame : truth(scene, kWidth, kHeight)) {
            for (const ObjectTruth& object : frame) {
                ASSERT_GE(object.visibleFraction, 0.0);
                ASSERT_LE(object.visibleFraction, 1.0);
                ++objects;
                shown += object.visibleFraction > 0.6 ? 1 : 0;
            }
        }
    }
    EXPECT_GT(shown, objects * 97 / 100);
}

TEST(Truth, FrontObjectHidesTheOneBehind) {
    Scene scene;
    Object back;
    back.shapeClass = 1;
    back.diameter = 1.0;
    Object front = back;
    front.diameter = 0.5;
    scene.objects = {back, front};
    const auto frames = truth(scene, kWidth, kHeight);
    EXPECT_EQ(frames[0][1].visibleFraction, 1.0);
    EXPECT_NEAR(frames[0][0].visibleFraction, 0.75, 0.03);
    EXPECT_NEAR(frames[0][0].centreX, kWidth / 2.0, 1e-9);
    EXPECT_NEAR(frames[0][0].right - frames[0][0].left, 0.88 * kHeight / 2.0, 1.5);
}

TEST(Truth, ObjectBeyondTheEdgeIsPartlyVisible) {
    Scene scene;
    Object object;
    object.shapeClass = 1;
    object.diameter = 0.8;
    object.x = 1.5;
    scene.objects = {object};
    const ObjectTruth seen = truth(scene, kWidth, kHeight)[0][0];
    EXPECT_NEAR(seen.visibleFraction, 0.5, 0.03);
    EXPECT_EQ(seen.right, kWidth);
}

TEST(Truth, ScaleAndAngleFollowTheMotion) {
    Scene scene;
    Object object;
    object.shapeClass = 3;
    object.diameter = 0.8;
    object.motion = 12;  // growing
    scene.objects = {object};
    const auto growing = truth(scene, kWidth, kHeight);
    EXPECT_GT(growing.back()[0].scale, 1.5 * growing.front()[0].scale);
    scene.objects[0].motion = 10;  // rotating clockwise
    const auto turning = truth(scene, kWidth, kHeight);
    EXPECT_GT(turning[10][0].angle, turning[0][0].angle);
}

}  // namespace
}  // namespace tessera::world
