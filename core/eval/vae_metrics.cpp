#include "core/eval/vae_metrics.h"

#include "core/base/check.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace tessera::eval {

namespace {

constexpr double kPeak = 255.0;
constexpr double kEqualFramesDb = 100.0;

void checkPair(const at::Tensor& original, const at::Tensor& decoded) {
    CHECK(original.dim() == 5 && original.size(1) == 3, original.sizes());
    CHECK(original.sizes() == decoded.sizes(), original.sizes(), decoded.sizes());
}

// [-1, 1] -> 0, 1, ..., 255 as float32.
at::Tensor levels(const at::Tensor& clip) {
    return ((clip.to(at::kFloat) + 1.0) * (kPeak / 2.0)).round().clamp(0.0, kPeak);
}

at::Tensor decibels(const at::Tensor& meanSquare) {
    const double least = kPeak * kPeak / std::pow(10.0, kEqualFramesDb / 10.0);
    return at::log10(kPeak * kPeak / meanSquare.to(at::kDouble).clamp_min(least)) * 10.0;
}

// [3, T, H, W] levels -> [T, 1, H, W] luma around 0: variances of numbers near 0 keep their digits.
at::Tensor centredLuma(const at::Tensor& clip) {
    return (clip[0] * 0.299 + clip[1] * 0.587 + clip[2] * 0.114 - kPeak / 2.0).unsqueeze(1);
}

// Gaussian of 11 taps, deviation 1.5, along rows and then columns; only whole windows.
at::Tensor blurred(const at::Tensor& x) {
    constexpr int kTaps = 11;
    constexpr double kDeviation = 1.5;
    constexpr int kMiddle = kTaps / 2;
    std::vector<float> taps;
    double sum = 0.0;
    for (int i = 0; i < kTaps; ++i) {
        const double at = static_cast<double>(i - kMiddle) / kDeviation;
        sum += std::exp(-0.5 * at * at);
    }
    for (int i = 0; i < kTaps; ++i) {
        const double at = static_cast<double>(i - kMiddle) / kDeviation;
        taps.push_back(static_cast<float>(std::exp(-0.5 * at * at) / sum));
    }
    const at::Tensor kernel = at::tensor(at::ArrayRef<float>(taps)).to(x.device());
    return at::conv2d(at::conv2d(x, kernel.view({1, 1, kTaps, 1})), kernel.view({1, 1, 1, kTaps}));
}

}  // namespace

at::Tensor psnr(const at::Tensor& original, const at::Tensor& decoded) {
    checkPair(original, decoded);
    const at::Tensor square = (levels(original) - levels(decoded)).square();
    return decibels(square.mean({1, 3, 4})).mean(1);
}

at::Tensor ssim(const at::Tensor& original, const at::Tensor& decoded) {
    checkPair(original, decoded);
    constexpr double kC1 = 0.01 * kPeak * 0.01 * kPeak;
    constexpr double kC2 = 0.03 * kPeak * 0.03 * kPeak;
    std::vector<at::Tensor> values;
    for (std::int64_t i = 0; i < original.size(0); ++i) {
        const at::Tensor x = centredLuma(levels(original[i]));
        const at::Tensor y = centredLuma(levels(decoded[i]));
        const at::Tensor meanX = blurred(x);
        const at::Tensor meanY = blurred(y);
        const at::Tensor varianceX = blurred(x.square()) - meanX.square();
        const at::Tensor varianceY = blurred(y.square()) - meanY.square();
        const at::Tensor covariance = blurred(x * y) - meanX * meanY;
        const at::Tensor brightX = meanX + kPeak / 2.0;
        const at::Tensor brightY = meanY + kPeak / 2.0;
        const at::Tensor similarity =
            ((2.0 * brightX * brightY + kC1) * (2.0 * covariance + kC2)) /
            ((brightX.square() + brightY.square() + kC1) * (varianceX + varianceY + kC2));
        values.push_back(similarity.mean(at::kDouble));
    }
    return at::stack(values);
}

at::Tensor regionPsnr(const at::Tensor& original,
                      const at::Tensor& decoded,
                      const at::Tensor& region) {
    checkPair(original, decoded);
    CHECK(region.dim() == 4 && region.size(0) == original.size(0) &&
              region.sizes().slice(1) == original.sizes().slice(2),
          region.sizes(),
          original.sizes());
    const at::Tensor square = (levels(original) - levels(decoded)).square();
    const at::Tensor inside = (square * region.unsqueeze(1)).to(at::kDouble).sum({1, 2, 3, 4});
    const at::Tensor count = region.to(at::kDouble).sum({1, 2, 3}) * 3.0;
    const at::Tensor none = at::full_like(count, std::numeric_limits<double>::quiet_NaN());
    return at::where(count > 0.0, decibels(inside / count.clamp_min(1.0)), none);
}

at::Tensor flickerDifference(const at::Tensor& original, const at::Tensor& decoded) {
    checkPair(original, decoded);
    CHECK(original.size(2) >= 2, original.size(2));
    const auto change = [](const at::Tensor& clip) {
        const at::Tensor frames = levels(clip);
        return (frames.slice(2, 1) - frames.slice(2, 0, -1))
                   .abs()
                   .to(at::kDouble)
                   .mean({1, 2, 3, 4}) /
               kPeak;
    };
    return change(decoded) - change(original);
}

at::Tensor movingRegion(const at::Tensor& ids, const at::Tensor& moving, int radius) {
    CHECK(ids.dim() == 4 && moving.dim() == 2 && ids.size(0) == moving.size(0),
          ids.sizes(),
          moving.sizes());
    CHECK(radius >= 0, radius);
    at::Tensor inside = at::zeros_like(ids, at::kBool);
    for (std::int64_t i = 0; i < moving.size(1); ++i) {
        const at::Tensor moves = moving.select(1, i).to(ids.device()).view({-1, 1, 1, 1});
        inside = inside.logical_or(ids.eq(i + 1).logical_and(moves));
    }
    const at::Tensor grown = at::max_pool2d(
        inside.to(at::kFloat), {2 * radius + 1, 2 * radius + 1}, {1, 1}, {radius, radius});
    return grown > 0.5;
}

at::Tensor movingObjects(std::span<const world::Scene> scenes) {
    std::size_t most = 0;
    for (const world::Scene& scene : scenes) {
        most = std::max(most, scene.objects.size());
    }
    at::Tensor moving = at::zeros(
        {static_cast<std::int64_t>(scenes.size()), static_cast<std::int64_t>(most)}, at::kBool);
    bool* flags = moving.mutable_data_ptr<bool>();
    for (std::size_t s = 0; s < scenes.size(); ++s) {
        for (std::size_t i = 0; i < scenes[s].objects.size(); ++i) {
            const world::Object& object = scenes[s].objects[i];
            // Index 0 is "still" and "static".
            flags[s * most + i] = object.motion != 0 || object.action >= 0 || scenes[s].camera != 0;
        }
    }
    return moving;
}

}  // namespace tessera::eval
