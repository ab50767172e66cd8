#include "core/world/scene.h"

#include "core/world/contrast.h"
#include "core/world/pose.h"
#include "core/world/scene_drawer.h"

#include <array>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::world {
namespace {

constexpr int kScenes = 20000;

const std::vector<Scene>& manyScenes() {
    static const std::vector<Scene> scenes = [] {
        std::vector<Scene> drawn;
        for (int i = 0; i < kScenes; ++i) {
            drawn.push_back(makeScene(static_cast<std::uint64_t>(i)));
        }
        return drawn;
    }();
    return scenes;
}

bool isCount(const Scene& scene) {
    return scene.objects.size() > 1 && scene.objects[0].shapeClass == scene.objects[1].shapeClass;
}

template <class Condition>
double share(Condition condition) {
    int hits = 0;
    for (const Scene& scene : manyScenes()) {
        hits += condition(scene) ? 1 : 0;
    }
    return static_cast<double>(hits) / kScenes;
}

TEST(Scene, IsAPureFunctionOfItsSeed) {
    for (std::uint64_t seed : {0ULL, 7ULL, 0xffffffffffffffffULL}) {
        const Scene a = makeScene(seed);
        const Scene b = makeScene(seed);
        EXPECT_EQ(a.seed, b.seed);
        EXPECT_EQ(a.background, b.background);
        ASSERT_EQ(a.objects.size(), b.objects.size());
        for (std::size_t i = 0; i < a.objects.size(); ++i) {
            EXPECT_EQ(a.objects[i].x, b.objects[i].x);
            EXPECT_EQ(a.objects[i].colour, b.objects[i].colour);
        }
    }
}

TEST(Scene, MixtureHasTheStatedShares) {
    EXPECT_NEAR(share([](const Scene& s) { return s.objects.empty(); }), 0.03, 0.006);
    EXPECT_NEAR(
        share([](const Scene& s) { return s.objects.size() == 2 && !isCount(s); }), 0.27, 0.012);
    EXPECT_NEAR(share([](const Scene& s) { return isCount(s); }), 0.08, 0.01);
    EXPECT_NEAR(
        share([](const Scene& s) { return !s.objects.empty() && s.objects[0].action >= 0; }),
        0.10,
        0.01);
    EXPECT_NEAR(
        share([](const Scene& s) { return s.objects.size() == 1 && s.objects[0].action < 0; }),
        0.52,
        0.012);
}

TEST(Scene, StylesWeatherAndCamerasStayRare) {
    EXPECT_LE(share([](const Scene& s) { return s.style != 0; }), 0.15);
    EXPECT_GE(share([](const Scene& s) { return s.style != 0; }), 0.11);
    EXPECT_LE(share([](const Scene& s) { return s.weather != 0; }), 0.15);
    EXPECT_GE(share([](const Scene& s) { return s.weather != 0; }), 0.10);
    EXPECT_LE(share([](const Scene& s) { return s.camera != 0; }), 0.15);
    EXPECT_GE(share([](const Scene& s) { return s.camera != 0; }), 0.11);
}

TEST(Scene, EveryValueOfEveryAttributeAppears) {
    std::map<std::string_view, std::set<int>> seen;
    for (const Scene& scene : manyScenes()) {
        seen["background"].insert(scene.background);
        seen["weather"].insert(scene.weather);
        seen["camera"].insert(scene.camera);
        seen["style"].insert(scene.style);
        for (const Object& object : scene.objects) {
            seen["class"].insert(object.shapeClass);
            seen["colour"].insert(object.colour);
            seen["texture"].insert(object.texture);
            seen["size"].insert(object.size);
            seen["motion"].insert(object.motion);
            seen["action"].insert(object.action);
        }
    }
    EXPECT_EQ(seen["background"].size(), backgroundNames().size());
    EXPECT_EQ(seen["weather"].size(), weatherNames().size());
    EXPECT_EQ(seen["camera"].size(), cameraNames().size());
    EXPECT_EQ(seen["style"].size(), styleNames().size());
    EXPECT_EQ(seen["class"].size(), classNames().size());
    EXPECT_EQ(seen["colour"].size(), colourNames().size());
    EXPECT_EQ(seen["texture"].size(), textureNames().size());
    EXPECT_EQ(seen["size"].size(), sizeNames().size());
    EXPECT_EQ(seen["motion"].size(), motionNames().size());
    EXPECT_EQ(seen["action"].size(), actionNames().size() + 1);
    EXPECT_EQ(classNames()[kPersonClass], "person");
}

TEST(Scene, TrainingNeverSeesAHeldOutPair) {
    for (const Scene& scene : manyScenes()) {
        ASSERT_FALSE(scene.heldOut);
        for (const Object& object : scene.objects) {
            ASSERT_FALSE(isHeldOutColour(object.shapeClass, object.colour));
            if (object.action < 0) {
                ASSERT_FALSE(isHeldOutMotion(object.shapeClass, object.motion));
            }
        }
    }
}

TEST(Scene, HeldOutOnlyGivesNothingElse) {
    SceneOptions options;
    options.heldOut = SceneOptions::HeldOut::Only;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        const Scene scene = makeScene(seed, options);
        bool found = false;
        for (const Object& object : scene.objects) {
            found = found || isHeldOut(object);
        }
        ASSERT_TRUE(scene.heldOut && found) << seed;
    }
}

TEST(Scene, AboutOnePairInTwentyIsHeldOut) {
    int colours = 0;
    int motions = 0;
    for (int shape = 0; shape < kClassCount; ++shape) {
        for (int colour = 0; colour < kColourCount; ++colour) {
            colours += isHeldOutColour(shape, colour) ? 1 : 0;
        }
        for (int motion = 0; motion < kMotionCount; ++motion) {
            motions += isHeldOutMotion(shape, motion) ? 1 : 0;
        }
    }
    EXPECT_NEAR(colours, kClassCount * kColourCount / 20, 5);
    EXPECT_NEAR(motions, kClassCount * kMotionCount / 20, 5);
}

TEST(Scene, ObjectsAreNeverSmallerThanAQuarterOfTheFrame) {
    for (const Scene& scene : manyScenes()) {
        for (const Object& object : scene.objects) {
            ASSERT_GE(object.diameter / 2.0, 0.26) << scene.seed;
        }
    }
}

TEST(Scene, RoundShapesDoNotRotateAndCamerasDoNotCancelMotions) {
    for (const Scene& scene : manyScenes()) {
        for (const Object& object : scene.objects) {
            const bool turns = object.motion == kClockwise || object.motion == kCounterclockwise;
            ASSERT_FALSE(turns && (object.shapeClass == kBall || object.shapeClass == kRing));
            ASSERT_TRUE(allowsMotion(scene.camera, object.motion)) << scene.seed;
            ASSERT_EQ(object.action >= 0 && object.shapeClass != kPersonClass, false);
        }
    }
}

TEST(Scene, ObjectsStandOutFromTheirScenery) {
    for (std::size_t i = 0; i < 2000; ++i) {
        const Scene& scene = manyScenes()[i];
        for (const Object& object : scene.objects) {
            if (isCount(scene)) {
                continue;  // judged over all of them together
            }
            ASSERT_TRUE(standsOut(object.colour, scene.style, sceneryBehind(scene, object)))
                << scene.seed;
        }
    }
}

TEST(Scene, MoversCrossAThirdToTwoThirdsOfTheFrame) {
    for (const Scene& scene : manyScenes()) {
        for (const Object& object : scene.objects) {
            const Pose first = poseAt(object, 0.0);
            const Pose last = poseAt(object, 1.0);
            if (object.motion == kLeft || object.motion == kRight) {
                const double way = (last.x - first.x) * (object.motion == kLeft ? -1.0 : 1.0) / 3.0;
                ASSERT_GE(way, 0.35);
                ASSERT_LE(way, 0.66);
            }
            if (object.motion == kUp || object.motion == kDown) {
                const double way = (last.y - first.y) * (object.motion == kUp ? -1.0 : 1.0) / 2.0;
                ASSERT_GE(way, 0.27);
            }
        }
    }
}

TEST(Scene, StatedRelationHoldsInNineFramesOfTen) {
    for (const Scene& scene : manyScenes()) {
        if (scene.relation < 0 || scene.relation > 3) {
            continue;
        }
        ASSERT_EQ(scene.objects.size(), 2U);
        int holds = 0;
        for (int frame = 0; frame < kClipFrames; ++frame) {
            const Pose a = poseAt(scene.objects[0], timeOf(frame));
            const Pose b = poseAt(scene.objects[1], timeOf(frame));
            const std::array<bool, 4> is = {a.x<b.x, a.x> b.x, a.y<b.y, a.y> b.y};
            holds += is[static_cast<std::size_t>(scene.relation)] ? 1 : 0;
        }
        ASSERT_GE(holds * 10, kClipFrames * 9) << scene.seed;
    }
}

TEST(Scene, CurriculumOptionsAreHonoured) {
    SceneOptions large;
    large.singleLargeShare = 1.0;
    SceneOptions plain;
    plain.plainStyleOnly = true;
    SceneOptions pair;
    pair.pairShare = 1.0;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        const Scene a = makeScene(seed, large);
        ASSERT_EQ(a.objects.size(), 1U);
        ASSERT_EQ(a.objects[0].size, 2);
        ASSERT_EQ(a.weather, 0);
        ASSERT_EQ(a.style, 0);
        ASSERT_EQ(makeScene(seed, pair).objects.size(), 2U);
        const Scene b = makeScene(seed, plain);
        ASSERT_EQ(b.weather, 0);
        ASSERT_EQ(b.style, 0);
        for (const Object& object : b.objects) {
            ASSERT_EQ(object.texture, 0);
        }
    }
}

}  // namespace
}  // namespace tessera::world
