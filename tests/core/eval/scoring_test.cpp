#include "core/eval/scoring.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::eval {

namespace {

constexpr int kBall = 0;
constexpr int kSquare = 1;
constexpr int kStar = 3;
constexpr int kRed = 0;
constexpr int kGreen = 3;
constexpr int kBlue = 5;

// Indices into relationNames().
enum { kLeftOf, kRightOf, kAbove, kBelow, kInFrontOf, kBehind, kInside };

FrameBox boxAt(double x, double y, double half) {
    return {true, 0.9, x, y, x - half, y - half, x + half, y + half};
}

DetectedObject objectAt(int shapeClass, int colour, double x, double y, double half = 0.15) {
    DetectedObject object;
    object.shapeClass = shapeClass;
    object.colour = colour;
    object.score = 0.9;
    object.frames.fill(boxAt(x, y, half));
    return object;
}

world::StatedObject stated(int shapeClass, int colour = -1) {
    world::StatedObject object;
    object.shapeClass = shapeClass;
    object.colour = colour;
    return object;
}

// The verdicts on one attribute.
std::vector<bool> verdictsOn(const std::string& attribute,
                             const ClipReading& reading,
                             const world::StatedSlots& slots) {
    std::vector<bool> found;
    for (const Verdict& verdict : judgeClip(reading, slots)) {
        if (verdict.attribute == attribute) {
            found.push_back(verdict.correct);
        }
    }
    return found;
}

using Found = std::vector<bool>;

// Empty maps of a clip, to be painted on: 32 x 48 cells. Boxes over half a frame high are large.
struct Maps {
    at::Tensor heat = at::zeros({kSampledFrames, kScales, 32, 48});
    at::Tensor boxes = at::zeros({kSampledFrames, kScales, kBoxNumbers, 32, 48});

    void paint(int frame, int row, int column, double score, double half = 0.15) {
        const int scale = half > 0.25 ? 1 : 0;
        heat[frame][scale][row][column] = score;
        boxes[frame][scale].slice(0, 2).select(1, row).select(1, column).fill_(half);
    }

    std::vector<DetectedObject> find() const { return findObjects(heat, boxes); }
};

}  // namespace

TEST(JudgeClip, NothingStatedGivesNoVerdict) {
    EXPECT_TRUE(judgeClip({}, {}).empty());
    EXPECT_TRUE(judgeClip({{objectAt(kBall, kRed, 0.5, 0.5)}}, {}).empty());
}

TEST(JudgeClip, AStatedClassIsCorrectWhenItIsDetected) {
    const ClipReading reading{{objectAt(kSquare, kRed, 0.5, 0.5), objectAt(kBall, kRed, 1.0, 0.5)}};
    world::StatedSlots slots;
    slots.objects = {stated(kBall)};
    EXPECT_EQ(verdictsOn("class", reading, slots), Found{true});
    slots.objects = {stated(kStar)};
    EXPECT_EQ(verdictsOn("class", reading, slots), Found{false});
    EXPECT_EQ(verdictsOn("class", {}, slots), Found{false});
}

TEST(JudgeClip, ColourIsReadFromTheDetectionOfTheStatedClass) {
    const ClipReading reading{
        {objectAt(kSquare, kRed, 0.5, 0.5), objectAt(kBall, kBlue, 1.0, 0.5)}};
    world::StatedSlots slots;
    slots.objects = {stated(kBall, kBlue)};
    EXPECT_EQ(verdictsOn("colour", reading, slots), Found{true});
    slots.objects = {stated(kBall, kRed)};
    EXPECT_EQ(verdictsOn("colour", reading, slots), Found{false});
}

TEST(JudgeClip, AWrongShapeDoesNotAlsoCostItsColour) {
    const ClipReading reading{{objectAt(kSquare, kRed, 0.5, 0.5)}};
    world::StatedSlots slots;
    slots.objects = {stated(kBall, kRed)};
    EXPECT_EQ(verdictsOn("class", reading, slots), Found{false});
    EXPECT_EQ(verdictsOn("colour", reading, slots), Found{true});
    EXPECT_EQ(verdictsOn("colour", {}, slots), Found{false});
}

TEST(JudgeClip, TwoObjectsMustBeTwoDetections) {
    world::StatedSlots slots;
    slots.objects = {stated(kBall, kRed), stated(kSquare, kBlue)};
    const ClipReading both{{objectAt(kSquare, kBlue, 0.4, 0.5), objectAt(kBall, kRed, 1.1, 0.5)}};
    EXPECT_EQ(verdictsOn("both_objects", both, slots), Found{true});
    EXPECT_EQ(verdictsOn("colour", both, slots), (Found{true, true}));
    EXPECT_TRUE(verdictsOn("class", both, slots).empty());
    const ClipReading one{{objectAt(kBall, kRed, 1.1, 0.5)}};
    EXPECT_EQ(verdictsOn("both_objects", one, slots), Found{false});
    EXPECT_EQ(verdictsOn("colour", one, slots), (Found{true, false}));
    slots.objects = {stated(kBall, kRed), stated(kBall, kBlue)};
    EXPECT_EQ(verdictsOn("both_objects", one, slots), Found{false});
}

TEST(JudgeClip, EqualClassesAreToldApartByColour) {
    const ClipReading reading{{objectAt(kBall, kBlue, 0.4, 0.5), objectAt(kBall, kRed, 1.1, 0.5)}};
    world::StatedSlots slots;
    slots.objects = {stated(kBall, kRed), stated(kBall, kBlue)};
    slots.relation = kRightOf;
    EXPECT_EQ(verdictsOn("colour", reading, slots), (Found{true, true}));
    EXPECT_EQ(verdictsOn("relation", reading, slots), Found{true});
}

TEST(JudgeClip, SidesAreSigned) {
    const ClipReading reading{{objectAt(kBall, kRed, 0.4, 0.5), objectAt(kSquare, kRed, 1.1, 0.6)}};
    world::StatedSlots slots;
    slots.objects = {stated(kBall), stated(kSquare)};
    const auto relation = [&](int value) -> bool {
        slots.relation = value;
        return verdictsOn("relation", reading, slots).at(0);
    };
    EXPECT_TRUE(relation(kLeftOf));
    EXPECT_FALSE(relation(kRightOf));
    EXPECT_FALSE(relation(kAbove));
    EXPECT_FALSE(relation(kBelow));
    EXPECT_FALSE(relation(kInside));
    EXPECT_FALSE(relation(kBehind));
}

TEST(JudgeClip, ARelationMustHoldInMostSharedFrames) {
    ClipReading reading{{objectAt(kBall, kRed, 0.7, 0.2), objectAt(kSquare, kRed, 0.75, 0.8)}};
    world::StatedSlots slots;
    slots.objects = {stated(kBall), stated(kSquare)};
    slots.relation = kAbove;
    EXPECT_EQ(verdictsOn("relation", reading, slots), Found{true});
    for (std::size_t i = 0; i < 4; ++i) {
        reading.objects[0].frames[i] = boxAt(0.7, 0.95, 0.1);
    }
    EXPECT_EQ(verdictsOn("relation", reading, slots), Found{false});
    for (std::size_t i = 0; i < 4; ++i) {
        reading.objects[0].frames[i].seen = false;
    }
    EXPECT_EQ(verdictsOn("relation", reading, slots), Found{true});
    for (FrameBox& box : reading.objects[0].frames) {
        box.seen = false;
    }
    EXPECT_EQ(verdictsOn("relation", reading, slots), Found{false});
}

TEST(JudgeClip, DepthOrderNeedsOverlapAndTheNetworksWord) {
    ClipReading reading{{objectAt(kBall, kRed, 0.7, 0.5, 0.2), objectAt(kSquare, kRed, 0.85, 0.5)}};
    reading.frontShare[0][1] = 0.9;
    reading.frontShare[1][0] = 0.1;
    world::StatedSlots slots;
    slots.objects = {stated(kBall), stated(kSquare)};
    slots.relation = kInFrontOf;
    EXPECT_EQ(verdictsOn("relation", reading, slots), Found{true});
    slots.relation = kBehind;
    EXPECT_EQ(verdictsOn("relation", reading, slots), Found{false});
    std::swap(slots.objects[0], slots.objects[1]);
    EXPECT_EQ(verdictsOn("relation", reading, slots), Found{true});
    reading.objects[1].frames.fill(boxAt(1.4, 0.5, 0.05));
    EXPECT_EQ(verdictsOn("relation", reading, slots), Found{false});
}

TEST(JudgeClip, InsideMeansTheSmallerBoxInTheLarger) {
    const ClipReading reading{
        {objectAt(kSquare, kRed, 0.7, 0.5, 0.35), objectAt(kBall, kRed, 0.72, 0.5, 0.1)}};
    world::StatedSlots slots;
    slots.objects = {stated(kBall), stated(kSquare)};
    slots.relation = kInside;
    EXPECT_EQ(verdictsOn("relation", reading, slots), Found{true});
    std::swap(slots.objects[0], slots.objects[1]);
    EXPECT_EQ(verdictsOn("relation", reading, slots), Found{false});
}

TEST(JudgeClip, ARelationOfSomethingNotFoundIsWrong) {
    const ClipReading reading{{objectAt(kBall, kRed, 0.4, 0.5), objectAt(kStar, kRed, 1.1, 0.5)}};
    world::StatedSlots slots;
    slots.objects = {stated(kBall), stated(kSquare)};
    slots.relation = kLeftOf;
    EXPECT_EQ(verdictsOn("relation", reading, slots), Found{false});
}

TEST(JudgeClip, CountsMustBeExact) {
    world::StatedSlots slots;
    slots.objects = {stated(kBall)};
    slots.count = 3;
    ClipReading reading{{objectAt(kBall, kRed, 0.2, 0.5),
                         objectAt(kBall, kRed, 0.7, 0.5),
                         objectAt(kBall, kRed, 1.2, 0.5)}};
    EXPECT_EQ(verdictsOn("count", reading, slots), Found{true});
    EXPECT_EQ(verdictsOn("class", reading, slots), Found{true});
    reading.objects.push_back(objectAt(kSquare, kRed, 0.5, 0.2));
    EXPECT_EQ(verdictsOn("count", reading, slots), Found{true});
    reading.objects.push_back(objectAt(kBall, kRed, 0.5, 0.8));
    EXPECT_EQ(verdictsOn("count", reading, slots), Found{false});
}

TEST(JudgeClip, EveryStatedLabelIsComparedWithItsOwnHead) {
    DetectedObject object = objectAt(kBall, kRed, 0.5, 0.5);
    object.texture = 1;
    object.size = 2;
    object.motion = 3;
    object.action = 4;
    const ClipReading reading{{object}, {}, 5, 6, 3, 2, 1};
    world::StatedSlots slots;
    slots.objects = {stated(kBall, kRed)};
    slots.objects[0].texture = 1;
    slots.objects[0].size = 2;
    slots.objects[0].motion = 3;
    slots.objects[0].action = 4;
    slots.background = 5;
    slots.backgroundColour = 6;
    slots.weather = 3;
    slots.camera = 2;
    slots.style = 1;
    std::vector<std::string> names;
    for (const Verdict& verdict : judgeClip(reading, slots)) {
        EXPECT_TRUE(verdict.correct) << verdict.attribute;
        names.push_back(verdict.attribute);
    }
    EXPECT_EQ(names.size(), 11U);
    const ClipReading other{{objectAt(kStar, kGreen, 0.5, 0.5)}, {}, 0, 0, 0, 0, 0};
    for (const Verdict& verdict : judgeClip(other, slots)) {
        EXPECT_FALSE(verdict.correct) << verdict.attribute;
    }
}

TEST(WilsonInterval, AgreesWithPublishedValues) {
    const Interval all = wilsonInterval(10, 10);
    EXPECT_NEAR(all.low, 0.7225, 1e-4);
    EXPECT_NEAR(all.high, 1.0, 1e-12);
    const Interval half = wilsonInterval(50, 100);
    EXPECT_NEAR(half.low, 0.4038, 1e-4);
    EXPECT_NEAR(half.high, 0.5962, 1e-4);
    const Interval none = wilsonInterval(0, 0);
    EXPECT_EQ(none.low, 0.0);
    EXPECT_EQ(none.high, 1.0);
}

TEST(ScoreTable, HeldOutCompositionsAreCountedApart) {
    ScoreTable table;
    const ClipReading red{{objectAt(kBall, kRed, 0.5, 0.5)}};
    world::StatedSlots slots;
    slots.objects = {stated(kBall, kRed)};
    slots.background = 3;
    table.add(red, slots);
    slots.objects = {stated(kBall, kBlue)};
    table.add(red, slots);
    slots.heldOut = true;
    table.add(red, slots);
    const std::vector<AttributeScore> scores = table.scores({{"colour", 0.98}});
    ASSERT_EQ(scores.size(), 3U);
    EXPECT_EQ(scores[0].attribute, "class");
    EXPECT_EQ(scores[0].correct, 2);
    EXPECT_EQ(scores[0].count, 2);
    EXPECT_EQ(scores[0].heldOut, 1.0);
    EXPECT_EQ(scores[1].attribute, "colour");
    EXPECT_EQ(scores[1].correct, 1);
    EXPECT_EQ(scores[1].count, 2);
    EXPECT_EQ(scores[1].ceiling, 0.98);
    EXPECT_EQ(scores[1].heldOut, 0.0);
    EXPECT_EQ(scores[1].heldOutCount, 1);
    EXPECT_NEAR(scores[1].low, wilsonInterval(1, 2).low, 1e-12);
    EXPECT_EQ(scores[2].attribute, "scene");
    EXPECT_EQ(scores[2].correct, 0);
}

TEST(ScoreTable, WithoutHeldOutClipsTheirShareIsNegative) {
    ScoreTable table;
    world::StatedSlots slots;
    slots.background = 0;
    table.add({}, slots);
    ASSERT_EQ(table.scores().size(), 1U);
    EXPECT_LT(table.scores()[0].heldOut, 0.0);
    EXPECT_TRUE(ScoreTable().scores().empty());
}

TEST(FindObjects, OneMovingPeakIsOneObject) {
    Maps maps;
    for (int i = 0; i < kSampledFrames; ++i) {
        maps.paint(i, 16, 8 + 4 * i, 0.8);
        maps.boxes[i][0][0][16][8 + 4 * i] = 0.25;
    }
    const auto objects = maps.find();
    ASSERT_EQ(objects.size(), 1U);
    EXPECT_NEAR(objects[0].score, 0.8, 1e-6);
    const FrameBox& last = objects[0].frames[7];
    EXPECT_NEAR(last.x, (36.0 + 0.5 + 0.25) / 32.0, 1e-6);
    EXPECT_NEAR(last.y, 16.5 / 32.0, 1e-6);
    EXPECT_NEAR(last.right - last.left, 0.3, 1e-6);
}

TEST(FindObjects, WeakPeaksAndSlopesAreNotObjects) {
    Maps maps;
    for (int i = 0; i < kSampledFrames; ++i) {
        maps.paint(i, 10, 10, 0.29);
        maps.paint(i, 20, 20, 0.9, 0.2);
        maps.paint(i, 20, 21, 0.7, 0.2);
        maps.paint(i, 21, 20, 0.9, 0.2);
    }
    const auto objects = maps.find();
    ASSERT_EQ(objects.size(), 1U);
    EXPECT_NEAR(objects[0].frames[0].y, 20.5 / 32.0, 1e-6);
}

TEST(FindObjects, AnObjectOfOneFrameIsNoise) {
    Maps maps;
    maps.paint(3, 10, 10, 0.95);
    EXPECT_TRUE(maps.find().empty());
    maps.paint(5, 10, 12, 0.95);
    const auto objects = maps.find();
    ASSERT_EQ(objects.size(), 1U);
    EXPECT_FALSE(objects[0].frames[4].seen);
    // Unseen frames take the place before them, and the first seen one at the beginning.
    EXPECT_EQ(objects[0].frames[4].x, objects[0].frames[3].x);
    EXPECT_EQ(objects[0].frames[0].x, objects[0].frames[3].x);
    EXPECT_EQ(objects[0].frames[7].x, objects[0].frames[5].x);
    EXPECT_NEAR(objects[0].frames[7].x - objects[0].frames[0].x, 2.0 / 32.0, 1e-6);
}

TEST(FindObjects, SeveralStayApart) {
    Maps maps;
    for (int i = 0; i < kSampledFrames; ++i) {
        maps.paint(i, 8 + i, 8, 0.9, 0.1);
        maps.paint(i, 8 + i, 24, 0.8, 0.1);
        maps.paint(i, 8 + i, 40, 0.7, 0.1);
    }
    const auto objects = maps.find();
    ASSERT_EQ(objects.size(), 3U);
    for (const DetectedObject& object : objects) {
        EXPECT_NEAR(object.frames[7].x, object.frames[0].x, 1e-6);
        EXPECT_NEAR(object.frames[7].y - object.frames[0].y, 7.0 / 32.0, 1e-6);
    }
    EXPECT_GT(objects[0].score, objects[2].score);
}

TEST(FindObjects, OneThingInBothMapsIsFoundOnce) {
    Maps maps;
    for (int i = 0; i < kSampledFrames; ++i) {
        maps.paint(i, 16, 20, 0.6, 0.24);
        maps.paint(i, 16, 21, 0.8, 0.26);
    }
    const auto objects = maps.find();
    ASSERT_EQ(objects.size(), 1U);
    EXPECT_NEAR(objects[0].score, 0.8, 1e-6);
}

TEST(FindObjects, AThingThatGrowsFromOneMapIntoTheOtherStaysOne) {
    Maps maps;
    for (int i = 0; i < kSampledFrames; ++i) {
        maps.paint(i, 16, 20, 0.8, 0.14 + 0.03 * i);
    }
    const auto objects = maps.find();
    ASSERT_EQ(objects.size(), 1U);
    EXPECT_TRUE(objects[0].frames[0].seen && objects[0].frames[7].seen);
}

TEST(FindObjects, ASmallObjectInTheMiddleOfALargeOneIsKept) {
    Maps maps;
    for (int i = 0; i < kSampledFrames; ++i) {
        maps.paint(i, 16, 20, i % 2 == 0 ? 0.8 : 0.95, 0.14);
        maps.paint(i, 16, 20, 0.9, 0.34);
    }
    const auto objects = maps.find();
    ASSERT_EQ(objects.size(), 2U);
    for (const DetectedObject& object : objects) {
        const double first = object.frames[0].right - object.frames[0].left;
        EXPECT_NEAR(object.frames[7].right - object.frames[7].left, first, 1e-6);
    }
}

TEST(FindObjects, NeverMoreThanItsLimit) {
    Maps maps;
    for (int i = 0; i < kSampledFrames; ++i) {
        for (int k = 0; k < 20; ++k) {
            maps.paint(i, 2 + 6 * (k / 5), 3 + 9 * (k % 5), 0.9, 0.05);
        }
    }
    EXPECT_EQ(maps.find().size(), static_cast<std::size_t>(kMostDetections));
}

TEST(ReadClips, ARandomNetworkGivesLabelsInRangeAndTheSameTwice) {
    WorldEvalConfig config;
    config.widths = {8, 8, 16, 16, 16};
    config.blocks = {0, 1, 0, 0, 0};
    config.fusedWidth = 16;
    config.tokenWidth = 16;
    const WorldEval net = WorldEval::random(7, at::kCPU, config);
    const at::Tensor clips =
        at::linspace(-1.0, 1.0, 2 * 3 * 29 * 64 * 96, at::kFloat).view({2, 3, 29, 64, 96});
    const auto readings = readClips(net, clips);
    ASSERT_EQ(readings.size(), 2U);
    for (const ClipReading& reading : readings) {
        EXPECT_GE(reading.background, 0);
        EXPECT_LT(reading.background, world::kBackgroundCount);
        EXPECT_LT(reading.camera, world::kCameraCount);
        EXPECT_LE(reading.objects.size(), static_cast<std::size_t>(kMostDetections));
    }
    EXPECT_EQ(readClips(net, clips)[1].background, readings[1].background);
}

}  // namespace tessera::eval
