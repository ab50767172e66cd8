#include "core/base/check.h"
#include "core/eval/world_eval.h"
#include "core/eval/world_eval_weights.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

namespace tessera::eval {

namespace {

constexpr double kNormEpsilon = 1e-5;

// Differences between neighbouring frames are small numbers; this brings them near the size of the
// picture's own.
constexpr double kDifferenceScale = 3.0;

// The 3 x 3 points lie this share of the way from the centre to the sides of the box: inside the
// object rather than on its edge.
constexpr double kRoiReach = 0.7;

at::Tensor convolve(const Layer& layer, const at::Tensor& x, std::int64_t stride = 1) {
    return at::conv2d(x, layer.weight, layer.bias, stride, layer.weight.size(2) / 2);
}

at::Tensor linear(const Layer& layer, const at::Tensor& x) {
    return at::linear(x, layer.weight, layer.bias);
}

at::Tensor tokenNorm(const Layer& layer, const at::Tensor& x) {
    return at::layer_norm(x, {x.size(-1)}, layer.weight, layer.bias, kNormEpsilon);
}

// Over the channels of each cell alone: no statistics over space, so every picture size is treated
// alike. x is channels-last, so that both permutations are views.
at::Tensor channelNorm(const Layer& layer, const at::Tensor& x) {
    return tokenNorm(layer, x.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
}

at::Tensor residual(const ResidualBlock& block, const at::Tensor& x) {
    const at::Tensor inner = at::silu(convolve(block.first, at::silu(channelNorm(block.norm, x))));
    return x + convolve(block.second, inner);
}

// Pre-norm transformer layer over [batch, F, d].
at::Tensor temporal(const TemporalLayer& layer, const at::Tensor& tokens, std::int64_t heads) {
    const std::int64_t batch = tokens.size(0);
    const std::int64_t length = tokens.size(1);
    const std::int64_t width = tokens.size(2);
    const at::Tensor qkv = linear(layer.qkv, tokenNorm(layer.attentionNorm, tokens))
                               .view({batch, length, 3, heads, width / heads})
                               .permute({2, 0, 3, 1, 4});  // [3, batch, heads, F, d / heads]
    const at::Tensor mixed =
        at::scaled_dot_product_attention(qkv.select(0, 0), qkv.select(0, 1), qkv.select(0, 2))
            .transpose(1, 2)
            .reshape({batch, length, width});
    const at::Tensor attended = tokens + linear(layer.out, mixed);
    return attended +
           linear(layer.down, at::silu(linear(layer.up, tokenNorm(layer.mlpNorm, attended))));
}

// clips [B, 3, T, H, W] -> [B F, 9, H, W]: each sampled frame, what changes until the next frame,
// and what changed since the last. Slices only: no index tensor has to reach the device.
at::Tensor sampledFrames(const at::Tensor& clips, c10::ScalarType dtype) {
    const int total = static_cast<int>(clips.size(2));
    std::vector<at::Tensor> before;
    std::vector<at::Tensor> here;
    std::vector<at::Tensor> after;
    for (int i = 0; i < kSampledFrames; ++i) {
        const int frame = sampledFrame(i, total);
        before.push_back(clips.select(2, std::max(frame - 1, 0)));
        here.push_back(clips.select(2, frame));
        after.push_back(clips.select(2, std::min(frame + 1, total - 1)));
    }
    const at::Tensor now = at::stack(here, 1);  // [B, F, 3, H, W]
    const at::Tensor forward = (at::stack(after, 1) - now) * kDifferenceScale;
    const at::Tensor backward = (now - at::stack(before, 1)) * kDifferenceScale;
    return at::cat({now, forward, backward}, 2)
        .flatten(0, 1)
        .to(dtype)
        .contiguous(at::MemoryFormat::ChannelsLast);
}

// tracks [B, K, F, 7] -> [B, K, F, kKinematicNumbers]: where the object is, how large, and how both
// change from one sampled frame to the next and against the clip's mean.
at::Tensor kinematics(const at::Tensor& tracks) {
    const at::Tensor seen = tracks.slice(3, 0, 1);
    const at::Tensor centre = tracks.slice(3, 1, 3);
    const at::Tensor sides = tracks.slice(3, 3, kTrackNumbers);
    const at::Tensor extent = at::log(sides.sum(3, true) + 0.05);
    const at::Tensor state = at::cat({centre, extent}, 3);  // [B, K, F, 3]

    const at::Tensor count = seen.sum(2, true).clamp_min(1.0);
    const at::Tensor mean = (state * seen).sum(2, true) / count;
    const at::Tensor both = seen.slice(2, 1) * seen.slice(2, 0, -1);
    const at::Tensor change = (state.slice(2, 1) - state.slice(2, 0, -1)) * both;
    const at::Tensor none = at::zeros_like(state.slice(2, 0, 1));
    // An object moves about a tenth of the frame's height between two sampled frames; scaled to
    // about 1.
    const at::Tensor sinceLast = at::cat({none, change}, 2) * 20.0;
    const at::Tensor fromMean = (state - mean) * 10.0;
    const at::Tensor place = at::cat({centre - 0.5, sides * 2.0}, 3);
    return at::cat({seen, at::cat({place, fromMean}, 3) * seen, sinceLast}, 3);
}

// Features [B F, C, h, w] at the 3 x 3 points of each track: [B, K, F, 9 C]. Unseen frames are read
// at the place of the track too: what is left of an object tells how it went.
at::Tensor roiFeatures(const at::Tensor& features, const at::Tensor& tracks) {
    const std::int64_t batch = tracks.size(0);
    const std::int64_t count = tracks.size(1);
    const std::int64_t length = tracks.size(2);
    const double aspect =
        static_cast<double>(features.size(3)) / static_cast<double>(features.size(2));
    const at::Tensor byFrame = tracks.transpose(1, 2).flatten(0, 1);  // [B F, K, 7]
    const auto column = [&](std::int64_t i) { return byFrame.select(2, i); };
    const at::Tensor x = column(1);
    const at::Tensor y = column(2);
    const at::Tensor xs =
        at::stack({x - column(3) * kRoiReach, x, x + column(5) * kRoiReach}, 2);  // [B F, K, 3]
    const at::Tensor ys = at::stack({y - column(4) * kRoiReach, y, y + column(6) * kRoiReach}, 2);
    // grid_sampler counts from -1 to 1 over the whole picture.
    const at::Tensor points =
        at::stack({(xs * (2.0 / aspect) - 1.0).unsqueeze(2).expand({-1, -1, kRoiSide, -1}),
                   (ys * 2.0 - 1.0).unsqueeze(3).expand({-1, -1, -1, kRoiSide})},
                  4)
            .flatten(2, 3);  // [B F, K, 9, 2]
    constexpr std::int64_t kBilinear = 0;
    constexpr std::int64_t kZeroPadding = 0;
    const at::Tensor sampled =
        at::grid_sampler(features.to(at::kFloat), points, kBilinear, kZeroPadding, false);
    return sampled
        .permute({0, 2, 3, 1})  // [B F, K, 9, C]
        .reshape({batch, length, count, -1})
        .transpose(1, 2);
}

// Means over the frames where both are seen, of track i against track j: where j lies from i, and
// how much of each box the other covers. [B, K, K, kPairNumbers].
at::Tensor pairNumbers(const at::Tensor& tracks) {
    const at::Tensor first = tracks.unsqueeze(2);   // [B, K, 1, F, 7]
    const at::Tensor second = tracks.unsqueeze(1);  // [B, 1, K, F, 7]
    const auto number = [](const at::Tensor& t, std::int64_t i) { return t.select(4, i); };
    const auto overlap = [&](std::int64_t axis, std::int64_t low, std::int64_t high) {
        const at::Tensor begin = at::maximum(number(first, axis) - number(first, low),
                                             number(second, axis) - number(second, low));
        const at::Tensor end = at::minimum(number(first, axis) + number(first, high),
                                           number(second, axis) + number(second, high));
        return (end - begin).clamp_min(0.0);
    };
    const auto area = [&](const at::Tensor& t) {
        return (number(t, 3) + number(t, 5)) * (number(t, 4) + number(t, 6)) + 1e-4;
    };
    const at::Tensor shared = overlap(1, 3, 5) * overlap(2, 4, 6);
    const at::Tensor both = number(first, 0) * number(second, 0);
    const at::Tensor numbers = at::stack({(number(second, 1) - number(first, 1)) * 3.0,
                                          (number(second, 2) - number(first, 2)) * 3.0,
                                          shared / area(first),
                                          shared / area(second)},
                                         4);  // [B, K, K, F, 4]
    return (numbers * both.unsqueeze(4)).sum(3) / both.sum(3).clamp_min(1.0).unsqueeze(3);
}

}  // namespace

FrameReading WorldEval::frames(const at::Tensor& clips) const {
    const Weights& w = *m_weights;
    CHECK(clips.dim() == 5 && clips.size(1) == 3, clips.sizes());
    CHECK(clips.size(3) % 32 == 0 && clips.size(4) % 32 == 0, clips.sizes());
    const std::int64_t batch = clips.size(0);
    const std::int64_t width = w.config.tokenWidth;

    at::Tensor x = sampledFrames(clips, w.fuse.weight.scalar_type());
    const at::Tensor picture =
        at::avg_pool2d(x.slice(1, 0, kPictureChannels), {kHeatStride, kHeatStride});
    std::vector<at::Tensor> levels;
    std::vector<at::Tensor> means;
    for (std::size_t i = 0; i < w.stages.size(); ++i) {
        const TrunkStage& stage = w.stages[i];
        x = convolve(stage.down, x, 2);
        x = at::silu(i > 0 ? channelNorm(stage.norm, x) : x);
        for (const ResidualBlock& each : stage.blocks) {
            x = residual(each, x);
        }
        if (i > 0) {
            levels.push_back(x);
            means.push_back(x.mean({2, 3}));
        }
    }
    // Top down: each finer level plus what the coarser ones know.
    at::Tensor fused = convolve(w.stages.back().lateral, levels.back());
    for (std::size_t i = levels.size() - 1; i-- > 0;) {
        fused = convolve(w.stages[i + 1].lateral, levels[i]) +
                at::upsample_nearest2d(fused, {levels[i].size(2), levels[i].size(3)});
    }
    fused = at::silu(convolve(w.fuse, channelNorm(w.fuseNorm, fused)));  // [B F, C, H / 4, W / 4]

    FrameReading reading;
    // The picture itself goes along: colours need no depth of layers.
    reading.features = at::cat({fused, picture}, 1);
    const at::Tensor hidden = at::silu(convolve(w.headHidden, fused));
    reading.heat = convolve(w.heat, hidden).to(at::kFloat);
    reading.boxes = convolve(w.boxes, hidden).to(at::kFloat).unflatten(1, {kScales, kBoxNumbers});

    const at::Tensor layout =
        at::adaptive_avg_pool2d(fused, {kGridRows, kGridColumns}).flatten(1);  // [B F, 6 C]
    const at::Tensor tokens = (linear(w.pooled, at::cat(means, 1)) + linear(w.grid, layout))
                                  .view({batch, kSampledFrames, width}) +
                              w.framePosition;
    reading.context = temporal(w.contextLayer, tokens, w.config.heads);
    const at::Tensor clip = tokenNorm(w.clipNorm, reading.context.mean(1));
    reading.background = linear(w.background, clip).to(at::kFloat);
    reading.backgroundColour = linear(w.backgroundColour, clip).to(at::kFloat);
    reading.weather = linear(w.weather, clip).to(at::kFloat);
    reading.camera = linear(w.camera, clip).to(at::kFloat);
    reading.style = linear(w.style, clip).to(at::kFloat);
    return reading;
}

ObjectReading WorldEval::objects(const FrameReading& frames, const at::Tensor& tracks) const {
    const Weights& w = *m_weights;
    CHECK(tracks.dim() == 4 && tracks.size(2) == kSampledFrames && tracks.size(3) == kTrackNumbers,
          tracks.sizes());
    const std::int64_t batch = tracks.size(0);
    const std::int64_t count = tracks.size(1);
    const std::int64_t width = w.config.tokenWidth;
    const c10::ScalarType dtype = w.roi.weight.scalar_type();

    const at::Tensor looks = roiFeatures(convolve(w.roiReduce, frames.features), tracks).to(dtype);
    const at::Tensor moves = kinematics(tracks).to(dtype);  // [B, K, F, 13]
    at::Tensor tokens = linear(w.roi, looks) + linear(w.kinematics, moves) +
                        linear(w.context, frames.context).unsqueeze(1) +
                        w.objectPosition;  // [B, K, F, d]
    tokens = tokens.reshape({batch * count, kSampledFrames, width});
    for (const TemporalLayer& layer : w.objectLayers) {
        tokens = temporal(layer, tokens, w.config.heads);
    }
    const at::Tensor objects = tokenNorm(w.objectNorm, tokens.mean(1)).view({batch, count, width});
    // Most motions are plain in the track as a whole: two layers alone read all but the direction
    // of rotations, 89 % of the world's motions, after 300 steps.
    const at::Tensor path =
        at::silu(linear(w.pathSecond, at::silu(linear(w.pathFirst, moves.flatten(2)))));

    // And most colours in the picture itself, averaged over the frames where the object is seen.
    const at::Tensor seen = tracks.slice(3, 0, 1);
    const at::Tensor picture =
        frames.features.slice(1, w.config.fusedWidth, w.config.fusedWidth + kPictureChannels);
    const at::Tensor palette =
        (roiFeatures(picture, tracks) * seen).sum(2) / seen.sum(2).clamp_min(1.0);  // [B, K, 27]
    const at::Tensor hues = at::silu(linear(w.paletteFirst, palette.to(dtype)));

    ObjectReading reading;
    reading.shapeClass = linear(w.shapeClass, objects).to(at::kFloat);
    reading.colour = (linear(w.colour, objects) + linear(w.paletteColour, hues)).to(at::kFloat);
    reading.texture = linear(w.texture, objects).to(at::kFloat);
    reading.size = linear(w.size, objects).to(at::kFloat);
    reading.motion = (linear(w.motion, objects) + linear(w.pathMotion, path)).to(at::kFloat);
    reading.action = linear(w.action, objects).to(at::kFloat);
    const at::Tensor pairs = at::cat({objects.unsqueeze(2).expand({batch, count, count, width}),
                                      objects.unsqueeze(1).expand({batch, count, count, width}),
                                      pairNumbers(tracks).to(dtype)},
                                     3);
    reading.relation = linear(w.relation, at::silu(linear(w.relationHidden, pairs))).to(at::kFloat);
    return reading;
}

}  // namespace tessera::eval
