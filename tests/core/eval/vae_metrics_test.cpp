#include "core/eval/vae_metrics.h"

#include "core/world/scene.h"

#include <ATen/ATen.h>

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::eval {

namespace {

// A level of 0..255 as a value in [-1, 1].
double value(double level) {
    return level / 127.5 - 1.0;
}

at::Tensor flat(double level, std::int64_t batch = 1, std::int64_t frames = 2) {
    return at::full({batch, 3, frames, 24, 24}, value(level), at::kFloat);
}

// A fixed pattern in all its cells.
at::Tensor pattern() {
    const at::Tensor cells = at::arange(3 * 4 * 24 * 36, at::kFloat);
    return (at::sin(cells * 0.37) * 0.6).view({1, 3, 4, 24, 36});
}

}  // namespace

TEST(Psnr, AConstantErrorOfTenLevels) {
    EXPECT_NEAR(psnr(flat(100), flat(110)).item<double>(), 20.0 * std::log10(255.0 / 10.0), 1e-9);
}

TEST(Psnr, IsTheMeanOverFramesOfEachFramesOwn) {
    at::Tensor decoded = flat(100);
    decoded.select(2, 1).fill_(value(101));
    const double first = 100.0;  // an equal frame
    const double second = 20.0 * std::log10(255.0);
    EXPECT_NEAR(psnr(flat(100), decoded).item<double>(), 0.5 * (first + second), 1e-6);
}

TEST(Psnr, RoundsToLevelsAndClamps) {
    EXPECT_EQ(psnr(flat(100.3), flat(99.8)).item<double>(), 100.0);
    EXPECT_EQ(psnr(flat(255.0), at::full({1, 3, 2, 24, 24}, 1.4, at::kFloat)).item<double>(),
              100.0);
}

TEST(Psnr, GivesOneNumberAClip) {
    const at::Tensor decoded = at::cat({flat(101), flat(110)});
    const at::Tensor values = psnr(flat(100, 2), decoded);
    ASSERT_EQ(values.sizes(), at::IntArrayRef({2}));
    EXPECT_GT(values[0].item<double>(), values[1].item<double>());
}

TEST(Ssim, EqualClipsHaveOne) {
    EXPECT_NEAR(ssim(pattern(), pattern()).item<double>(), 1.0, 1e-6);
}

// Without variance only the first factor is left: (2 a b + C1) / (a^2 + b^2 + C1).
TEST(Ssim, FlatClipsAgreeWithTheFormula) {
    const double c1 = 2.55 * 2.55;
    const double expected = (2.0 * 100 * 140 + c1) / (100.0 * 100 + 140.0 * 140 + c1);
    EXPECT_NEAR(ssim(flat(100), flat(140)).item<double>(), expected, 1e-5);
}

// Against a plain float64 evaluation of the definition at every window.
TEST(Ssim, AgreesWithADirectEvaluation) {
    const at::Tensor original = pattern();
    const at::Tensor decoded = original * 0.8 + 0.05;
    const auto luma = [](const at::Tensor& clip) {
        const at::Tensor levels =
            ((clip.to(at::kFloat) + 1.0) * 127.5).round().clamp(0.0, 255.0).to(at::kDouble);
        return (levels[0][0] * 0.299 + levels[0][1] * 0.587 + levels[0][2] * 0.114).contiguous();
    };
    const at::Tensor x = luma(original);
    const at::Tensor y = luma(decoded);
    std::vector<double> taps;
    double total = 0.0;
    for (int i = -5; i <= 5; ++i) {
        taps.push_back(std::exp(-i * i / 4.5));
        total += taps.back();
    }
    double sum = 0.0;
    int count = 0;
    const double* px = x.const_data_ptr<double>();
    const double* py = y.const_data_ptr<double>();
    for (int t = 0; t < 4; ++t) {
        for (int r = 0; r + 11 <= 24; ++r) {
            for (int c = 0; c + 11 <= 36; ++c) {
                double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
                for (int i = 0; i < 11; ++i) {
                    for (int j = 0; j < 11; ++j) {
                        const double w = taps[static_cast<std::size_t>(i)] *
                                         taps[static_cast<std::size_t>(j)] / (total * total);
                        const int at = (t * 24 + r + i) * 36 + c + j;
                        mx += w * px[at];
                        my += w * py[at];
                        xx += w * px[at] * px[at];
                        yy += w * py[at] * py[at];
                        xy += w * px[at] * py[at];
                    }
                }
                const double c1 = 6.5025;
                const double c2 = 58.5225;
                sum += (2 * mx * my + c1) * (2 * (xy - mx * my) + c2) /
                       ((mx * mx + my * my + c1) * (xx - mx * mx + yy - my * my + c2));
                ++count;
            }
        }
    }
    EXPECT_NEAR(ssim(original, decoded).item<double>(), sum / count, 1e-4);
}

TEST(RegionPsnr, CountsOnlyTheRegion) {
    at::Tensor decoded = flat(100);
    decoded.slice(3, 0, 12).fill_(value(120));
    at::Tensor region = at::zeros({1, 2, 24, 24}, at::kBool);
    region.slice(2, 0, 6).fill_(true);
    EXPECT_NEAR(regionPsnr(flat(100), decoded, region).item<double>(),
                20.0 * std::log10(255.0 / 20.0),
                1e-9);
    region.zero_();
    region.slice(2, 6, 18).fill_(true);  // half of it off by 20
    EXPECT_NEAR(regionPsnr(flat(100), decoded, region).item<double>(),
                10.0 * std::log10(255.0 * 255.0 / 200.0),
                1e-9);
    EXPECT_TRUE(std::isnan(
        regionPsnr(flat(100), decoded, at::zeros({1, 2, 24, 24}, at::kBool)).item<double>()));
}

TEST(FlickerDifference, IsTheExtraChangeFromFrameToFrame) {
    const at::Tensor still = flat(100, 1, 4);
    at::Tensor decoded = flat(100, 1, 4);
    decoded.select(2, 1).fill_(value(105));
    decoded.select(2, 3).fill_(value(105));
    EXPECT_NEAR(flickerDifference(still, decoded).item<double>(), 5.0 / 255.0, 1e-9);
    EXPECT_NEAR(flickerDifference(decoded, still).item<double>(), -5.0 / 255.0, 1e-9);
    EXPECT_EQ(flickerDifference(decoded, decoded).item<double>(), 0.0);
}

TEST(MovingRegion, IsTheMovingObjectsGrownByTheRadius) {
    at::Tensor ids = at::zeros({1, 1, 20, 20}, at::kByte);
    ids[0][0][10][10] = 2;
    ids[0][0][2][2] = 1;
    const at::Tensor moving = at::tensor({0, 1}, at::kLong).to(at::kBool).view({1, 2});
    const at::Tensor region = movingRegion(ids, moving, 4);
    EXPECT_EQ(region.sum().item<std::int64_t>(), 81);
    EXPECT_TRUE(region[0][0][6][14].item<bool>());
    EXPECT_FALSE(region[0][0][5][10].item<bool>());
    EXPECT_FALSE(region[0][0][2][2].item<bool>());
}

TEST(MovingObjects, AreThoseThatMoveOrActAndAllUnderAMovingCamera) {
    world::Scene still;
    still.objects.resize(3);
    still.objects[1].motion = 2;
    still.objects[2].action = 0;
    world::Scene panned;
    panned.objects.resize(1);
    panned.camera = 1;
    const std::vector<world::Scene> scenes = {still, panned};
    const at::Tensor moving = movingObjects(scenes);
    ASSERT_EQ(moving.sizes(), at::IntArrayRef({2, 3}));
    EXPECT_FALSE(moving[0][0].item<bool>());
    EXPECT_TRUE(moving[0][1].item<bool>());
    EXPECT_TRUE(moving[0][2].item<bool>());
    EXPECT_TRUE(moving[1][0].item<bool>());
    EXPECT_FALSE(moving[1][1].item<bool>());
}

}  // namespace tessera::eval
