#include "core/eval/world_eval.h"

#include "core/base/check.h"
#include "core/eval/world_eval_loss.h"
#include "core/tensor/device.h"
#include "core/tensor/safetensors.h"
#include "core/world/pose.h"
#include "core/world/render.h"
#include "core/world/scene.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::eval {

namespace {

// Tensors this small are slower on many threads, much so on a busy machine.
class OneThread : public testing::Environment {
public:
    void SetUp() override { tensor::setThreads(1); }
};

const testing::Environment* const kOneThread = testing::AddGlobalTestEnvironment(new OneThread);

WorldEvalConfig tinyConfig() {
    WorldEvalConfig config;
    config.widths = {8, 16, 16, 24, 24};
    config.blocks = {0, 1, 1, 0, 0};
    config.fusedWidth = 16;
    config.tokenWidth = 32;
    config.layers = 1;
    return config;
}

at::Tensor clipOf(const world::Scene& scene, int width, int height) {
    const base::FrameSequence frames = world::renderClip(scene, width, height);
    const at::Tensor bytes =
        at::tensor(at::ArrayRef<std::uint8_t>(frames.rgb)).view({frames.frames, height, width, 3});
    return bytes.permute({3, 0, 1, 2}).to(at::kFloat) / 127.5 - 1.0;
}

std::vector<world::Scene> scenes(int count, std::uint64_t first = 0) {
    world::SceneOptions options;
    options.heldOut = world::SceneOptions::HeldOut::Any;
    std::vector<world::Scene> list;
    for (int i = 0; i < count; ++i) {
        list.push_back(world::makeScene(first + static_cast<std::uint64_t>(i), options));
    }
    return list;
}

// The label rows of a packed row, as makeTargets() lays them out.
WorldEvalTargets targetsOf(const std::vector<world::Scene>& list) {
    return unpackTargets(makeTargets(list));
}

// Adam on plain tensors, enough for a micro problem.
class Descent {
public:
    explicit Descent(models::ParameterList list) : m_list(std::move(list)) {
        for (models::Parameter& p : m_list) {
            *p.slot = p.slot->detach().requires_grad_(true);
            m_first.push_back(at::zeros_like(*p.slot));
            m_second.push_back(at::zeros_like(*p.slot));
        }
    }

    void step(const at::Tensor& loss, double rate) {
        loss.backward();
        const c10::NoGradGuard noGrad;
        ++m_steps;
        for (std::size_t i = 0; i < m_list.size(); ++i) {
            at::Tensor& weight = *m_list[i].slot;
            if (!weight.grad().defined()) {
                continue;
            }
            m_first[i] = m_first[i] * 0.9 + weight.grad() * 0.1;
            m_second[i] = m_second[i] * 0.99 + weight.grad().square() * 0.01;
            const double unbias1 = 1.0 - std::pow(0.9, m_steps);
            const double unbias2 = 1.0 - std::pow(0.99, m_steps);
            weight.sub_(m_first[i] / unbias1 / ((m_second[i] / unbias2).sqrt() + 1e-8) * rate);
            weight.mutable_grad().reset();
        }
    }

private:
    models::ParameterList m_list;
    std::vector<at::Tensor> m_first;
    std::vector<at::Tensor> m_second;
    int m_steps = 0;
};

}  // namespace

TEST(WorldEval, HasAboutAMillionTwoHundredThousandParameters) {
    WorldEval net = WorldEval::random(1, at::kCPU);
    const std::int64_t count = models::parameterCount(net.parameters());
    EXPECT_GT(count, 1'100'000);
    EXPECT_LT(count, 1'300'000);
}

TEST(WorldEval, ParametersHaveDifferentNamesAndAreAPureFunctionOfTheSeed) {
    WorldEval a = WorldEval::random(5, at::kCPU, tinyConfig());
    WorldEval b = WorldEval::random(5, at::kCPU, tinyConfig());
    WorldEval c = WorldEval::random(6, at::kCPU, tinyConfig());
    const auto listA = a.parameters();
    const auto listB = b.parameters();
    const auto listC = c.parameters();
    std::map<std::string, int> names;
    bool differs = false;
    for (std::size_t i = 0; i < listA.size(); ++i) {
        ++names[listA[i].name];
        EXPECT_TRUE(at::equal(*listA[i].slot, *listB[i].slot)) << listA[i].name;
        differs = differs || !at::equal(*listA[i].slot, *listC[i].slot);
    }
    EXPECT_EQ(names.size(), listA.size());
    EXPECT_TRUE(differs);
}

TEST(WorldEval, SlotsSurviveAMove) {
    WorldEval net = WorldEval::random(5, at::kCPU, tinyConfig());
    const auto before = net.parameters();
    WorldEval moved = std::move(net);
    EXPECT_EQ(moved.parameters().front().slot, before.front().slot);
}

TEST(WorldEval, EverySizeOfTheWorldWorks) {
    const WorldEval net = WorldEval::random(1, at::kCPU, tinyConfig());
    const c10::NoGradGuard noGrad;
    for (const std::int64_t height : {128, 192, 256}) {
        const std::int64_t width = height * 3 / 2;
        const FrameReading reading = net.frames(at::zeros({1, 3, 29, height, width}));
        EXPECT_EQ(
            reading.heat.sizes(),
            at::IntArrayRef({kSampledFrames, kScales, height / kHeatStride, width / kHeatStride}));
        EXPECT_EQ(reading.boxes.size(2), kBoxNumbers);
        EXPECT_EQ(reading.background.sizes(), at::IntArrayRef({1, world::kBackgroundCount}));
    }
    EXPECT_THROW(net.frames(at::zeros({1, 3, 29, 120, 180})), base::LogicError);
}

TEST(WorldEval, HalfPrecisionIsNearFullPrecision) {
    WorldEval full = WorldEval::random(3, at::kCPU, tinyConfig());
    WorldEval half = WorldEval::random(3, at::kCPU, tinyConfig());
    for (const models::Parameter& p : half.parameters()) {
        *p.slot = p.slot->to(at::kBFloat16);
    }
    const c10::NoGradGuard noGrad;
    const auto list = scenes(2);
    const at::Tensor clips = at::stack({clipOf(list[0], 96, 64), clipOf(list[1], 96, 64)});
    const WorldEvalTargets targets = targetsOf(list);
    const auto a = worldEvalForward(full, clips, targets.tracks);
    const auto b = worldEvalForward(half, clips, targets.tracks);
    EXPECT_EQ(b.frames.heat.scalar_type(), at::kFloat);
    EXPECT_LT((a.frames.background - b.frames.background).abs().max().item<double>(), 0.1);
    EXPECT_LT((a.objects.motion - b.objects.motion).abs().max().item<double>(), 0.15);
}

TEST(WorldEval, ObjectsAreReadAloneWhateverTheirOrder) {
    const WorldEval net = WorldEval::random(3, at::kCPU, tinyConfig());
    const c10::NoGradGuard noGrad;
    const auto list = scenes(1, 11);
    const FrameReading frames = net.frames(clipOf(list[0], 96, 64).unsqueeze(0));
    at::Tensor tracks = at::full({1, 3, kSampledFrames, kTrackNumbers}, 0.2);
    tracks.slice(3, 0, 1).fill_(1.0);
    tracks[0][1].slice(1, 1, 2).fill_(1.0);
    tracks[0][2].slice(1, 2, 3).fill_(0.8);
    const ObjectReading forward = net.objects(frames, tracks);
    const ObjectReading backward = net.objects(frames, tracks.flip({1}));
    EXPECT_LT((forward.colour - backward.colour.flip({1})).abs().max().item<double>(), 1e-5);
    EXPECT_LT((forward.relation - backward.relation.flip({1, 2})).abs().max().item<double>(), 1e-5);
    EXPECT_GT((forward.motion[0][0] - forward.motion[0][1]).abs().max().item<double>(), 1e-4);
}

TEST(WorldEval, SavedWeightsReadBackEqual) {
    const std::filesystem::path folder =
        std::filesystem::path(testing::TempDir()) / "world_eval_test";
    std::filesystem::create_directories(folder);
    WorldEval net = WorldEval::random(9, at::kCPU, tinyConfig());
    std::vector<tensor::NamedTensor> tensors;
    for (const models::Parameter& p : net.parameters()) {
        tensors.push_back({p.name, *p.slot});
    }
    ASSERT_TRUE(net.saveConfig(folder));
    ASSERT_TRUE(tensor::writeSafetensors(folder / "model.safetensors", tensors));
    auto back = WorldEval::load(folder, at::kFloat, at::kCPU);
    ASSERT_TRUE(back) << base::describe(back.error());
    EXPECT_EQ(back->config(), net.config());
    const auto original = net.parameters();
    const auto read = back->parameters();
    for (std::size_t i = 0; i < original.size(); ++i) {
        EXPECT_TRUE(at::equal(*original[i].slot, *read[i].slot)) << original[i].name;
    }
    std::filesystem::remove_all(folder);
    const auto missing = WorldEval::load(folder, at::kFloat, at::kCPU);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, base::ErrorCode::NotFound);
}

TEST(WorldEvalTargets, SampledFramesReachBothEnds) {
    EXPECT_EQ(sampledFrame(0, 29), 0);
    EXPECT_EQ(sampledFrame(3, 29), 12);
    EXPECT_EQ(sampledFrame(7, 29), 28);
    EXPECT_EQ(sampledFrame(7, 1), 0);
    EXPECT_EQ(sampledFrame(7, 9), 8);
}

TEST(WorldEvalTargets, TracksAgreeWithThePixelsOfTheTruth) {
    double apart = 0.0;
    double overlap = 0.0;
    int boxes = 0;
    for (const world::Scene& scene : scenes(40, 100)) {
        const std::vector<world::Scene> one = {scene};
        const at::Tensor tracks = targetsOf(one).tracks;
        const auto truth = world::truth(scene, 192, 128);
        for (std::size_t k = 0; k < std::min<std::size_t>(scene.objects.size(), kMaxObjects); ++k) {
            for (int i = 0; i < kSampledFrames; ++i) {
                const world::ObjectTruth& t =
                    truth[static_cast<std::size_t>(sampledFrame(i, world::kClipFrames))][k];
                const at::Tensor track = tracks[0][static_cast<std::int64_t>(k)][i];
                const auto number = [&](int j) { return track[j].item<double>(); };
                // What hangs together and lies in the frame is compared.
                if (number(0) < 0.5 || t.visibleFraction < 0.95) {
                    continue;
                }
                apart = std::max(
                    apart,
                    std::hypot(number(1) - t.centreX / 128.0, number(2) - t.centreY / 128.0));
                const double left = (number(1) - number(3)) * 128.0;
                const double top = (number(2) - number(4)) * 128.0;
                const double right = (number(1) + number(5)) * 128.0;
                const double bottom = (number(2) + number(6)) * 128.0;
                const double shared =
                    std::max(0.0, std::min(right, t.right) - std::max(left, t.left)) *
                    std::max(0.0, std::min(bottom, t.bottom) - std::max(top, t.top));
                overlap += shared / ((right - left) * (bottom - top) +
                                     (t.right - t.left) * (t.bottom - t.top) - shared);
                ++boxes;
            }
        }
    }
    ASSERT_GT(boxes, 200);
    EXPECT_LT(apart, 1e-3);
    EXPECT_GT(overlap / boxes, 0.8);
}

TEST(WorldEvalTargets, LabelsAreThoseOfTheScene) {
    world::Scene scene;
    scene.objects.resize(2);
    scene.objects[0].shapeClass = 3;
    scene.objects[0].colour = 4;
    scene.objects[0].motion = world::kRight;
    scene.objects[0].diameter = 0.6;
    scene.objects[1].shapeClass = 8;
    scene.objects[1].diameter = 0.6;
    scene.relation = 2;
    scene.background = 7;
    const std::vector<world::Scene> list = {scene};
    const WorldEvalTargets targets = targetsOf(list);
    EXPECT_EQ(targets.clipLabels[0][0].item<int>(), 7);
    EXPECT_EQ(targets.clipLabels[0][kClipLabels - 1].item<int>(), 2);
    EXPECT_EQ(targets.objectLabels[0][0][0].item<int>(), 3);
    EXPECT_EQ(targets.objectLabels[0][0][1].item<int>(), 4);
    EXPECT_EQ(targets.objectLabels[0][0][4].item<int>(), world::kRight);
    EXPECT_EQ(targets.objectLabels[0][1][0].item<int>(), 8);
    EXPECT_TRUE(at::equal(targets.objectLabels[0][2], at::full({kObjectLabels}, -1, at::kLong)));
    EXPECT_EQ(targets.tracks[0][2].abs().max().item<double>(), 0.0);
    // The runner's centre goes to the right.
    const at::Tensor x = targets.tracks[0][0].select(1, 1);
    EXPECT_TRUE((x.slice(0, 1) > x.slice(0, 0, -1)).all().item<bool>());
}

TEST(WorldEvalTargets, WhatPixelsCannotTellIsNotAsked) {
    world::Scene scene;
    scene.objects.resize(1);
    scene.objects[0].diameter = 0.6;
    const auto labels = [&] {
        const std::vector<world::Scene> list = {scene};
        return targetsOf(list).objectLabels[0][0];
    };
    EXPECT_EQ(labels()[1].item<int>(), 0);
    EXPECT_EQ(labels()[4].item<int>(), world::kStill);
    scene.style = 1;
    EXPECT_EQ(labels()[1].item<int>(), -1);
    scene.style = 0;
    scene.camera = world::kPanLeft;
    EXPECT_EQ(labels()[4].item<int>(), -1);
    EXPECT_EQ(labels()[3].item<int>(), 0);
    scene.objects[0].motion = world::kGrowing;
    EXPECT_EQ(labels()[3].item<int>(), -1);
}

TEST(WorldEvalTargets, PiecesOfAnExplosionAreNotSeenAndKeepThePlace) {
    world::Scene scene;
    scene.objects.resize(1);
    scene.objects[0].motion = world::kExploding;
    scene.objects[0].diameter = 0.8;
    const std::vector<world::Scene> list = {scene};
    const at::Tensor track = targetsOf(list).tracks[0][0];
    EXPECT_EQ(track[0][0].item<float>(), 1.0F);
    EXPECT_EQ(track[7][0].item<float>(), 0.0F);
    EXPECT_GT(track[7][3].item<float>(), 0.1F);
}

TEST(WorldEvalTargets, ShakenTracksStayNearAndLoseSomeFrames) {
    const at::Tensor tracks = at::full({64, kMaxObjects, kSampledFrames, kTrackNumbers}, 0.5);
    tracks.slice(3, 0, 1).fill_(1.0);
    const at::Tensor shaken = shakenTracks(tracks);
    const double kept = shaken.slice(3, 0, 1).mean().item<double>();
    EXPECT_GT(kept, 0.85);
    EXPECT_LT(kept, 0.98);
    EXPECT_LT((shaken.slice(3, 1) - tracks.slice(3, 1)).abs().mean().item<double>(), 0.06);
    EXPECT_FALSE(at::equal(shaken.slice(3, 1), tracks.slice(3, 1)));
}

TEST(WorldEvalLoss, PaintedMapsPeakAtTheCentresOfTheirScale) {
    world::Scene scene;
    scene.objects.resize(2);
    scene.objects[0].diameter = 0.6;
    scene.objects[0].x = 0.25;
    scene.objects[1].diameter = 1.4;
    scene.objects[1].x = 0.25;
    const std::vector<world::Scene> list = {scene};
    const WorldEvalTargets targets = targetsOf(list);
    const at::Tensor map = paintHeat(targets, 32, 48);
    ASSERT_EQ(map.sizes(), at::IntArrayRef({kSampledFrames, kScales, 32, 48}));
    // x = (0.25 + 1.5) / 2 = 0.875 heights = 28 cells.
    EXPECT_EQ(map[0][0][16][28].item<float>(), 1.0F);
    EXPECT_EQ(map[0][1][16][28].item<float>(), 1.0F);
    EXPECT_EQ(map.eq(1.0).sum().item<int>(), 2 * kSampledFrames);
    // The larger one's hill is wider.
    EXPECT_GT(map[0][1][16][31].item<float>(), map[0][0][16][31].item<float>());
    EXPECT_GT(map[0][0][16][29].item<float>(), 0.3F);
}

TEST(WorldEvalLoss, AClipWithNothingToldIsFiniteAndHasGradients) {
    WorldEval net = WorldEval::random(2, at::kCPU, tinyConfig());
    at::Tensor packed = at::zeros({1, kTargetNumbers});
    packed.slice(1, 0, kClipLabels + kMaxObjects * kObjectLabels).fill_(-1.0);
    const WorldEvalTargets targets = unpackTargets(packed);
    for (const models::Parameter& p : net.parameters()) {
        p.slot->requires_grad_(true);
    }
    const WorldEvalLoss loss = worldEvalLoss(
        worldEvalForward(net, at::zeros({1, 3, 29, 64, 96}), targets.tracks), targets);
    EXPECT_TRUE(std::isfinite(loss.total.item<double>()));
    loss.total.backward();
    for (const models::Parameter& p : net.parameters()) {
        if (p.slot->grad().defined()) {
            EXPECT_TRUE(p.slot->grad().isfinite().all().item<bool>()) << p.name;
        }
    }
}

TEST(WorldEvalLoss, EveryParameterIsReachedByTheGradient) {
    WorldEval net = WorldEval::random(2, at::kCPU, tinyConfig());
    for (const models::Parameter& p : net.parameters()) {
        p.slot->requires_grad_(true);
    }
    world::Scene scene;
    scene.objects.resize(2);
    for (world::Object& object : scene.objects) {
        object.shapeClass = world::kPersonClass;
        object.action = 1;
        object.diameter = 0.7;
    }
    scene.objects[0].x = -0.6;
    scene.relation = 0;
    const std::vector<world::Scene> list = {scene};
    const WorldEvalTargets targets = targetsOf(list);
    const at::Tensor clips = clipOf(scene, 96, 64).unsqueeze(0);
    worldEvalLoss(worldEvalForward(net, clips, targets.tracks), targets).total.backward();
    for (const models::Parameter& p : net.parameters()) {
        // A pair has no size that pixels tell.
        if (p.name.starts_with("object.size")) {
            continue;
        }
        ASSERT_TRUE(p.slot->grad().defined()) << p.name;
        EXPECT_GT(p.slot->grad().abs().max().item<double>(), 0.0) << p.name;
    }
}

TEST(WorldEvalLoss, TrainingOnAFewClipsLowersItAndLearnsThem) {
    WorldEval net = WorldEval::random(4, at::kCPU, tinyConfig());
    std::vector<at::Tensor> clips;
    const auto list = scenes(4, 40);
    for (const world::Scene& scene : list) {
        clips.push_back(clipOf(scene, 96, 64));
    }
    const at::Tensor batch = at::stack(clips);
    const WorldEvalTargets targets = targetsOf(list);
    Descent descent(net.parameters());
    double first = 0.0;
    double last = 0.0;
    for (int i = 0; i < 40; ++i) {
        const WorldEvalLoss loss =
            worldEvalLoss(worldEvalForward(net, batch, targets.tracks), targets);
        last = loss.total.item<double>();
        first = i == 0 ? last : first;
        descent.step(loss.total, 3e-3);
    }
    EXPECT_LT(last, 0.5 * first);
    const c10::NoGradGuard noGrad;
    for (const auto& [name, share] :
         worldEvalAccuracy(worldEvalForward(net, batch, targets.tracks), targets)) {
        if (name == "background" || name == "style") {
            EXPECT_EQ(share.item<double>(), 1.0) << name;
        }
    }
}

}  // namespace tessera::eval
