#include "core/eval/world_eval_targets.h"

#include "core/base/check.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

namespace tessera::eval {

namespace {

// The truth is asked at this size and divided by its height; boxes are exact to a pixel of it.
constexpr int kTruthWidth = 384;
constexpr int kTruthHeight = 256;
constexpr double kAspect = 1.5;

// Less of an object than this is not asked of the detector: a sliver has no class.
constexpr double kLeastVisible = 0.3;

// In styles without colours of their own the colour of an object cannot be told.
bool hasColours(int style) {
    static const std::vector<bool> known = [] {
        std::vector<bool> list;
        for (const std::string_view name : world::styleNames()) {
            const auto holds = [&](std::string_view word) {
                return name.find(word) != std::string_view::npos;
            };
            list.push_back(!holds("black") && !holds("sepia") && !holds("vintage") &&
                           !holds("sketch"));
        }
        return list;
    }();
    return style < 0 || known.at(static_cast<std::size_t>(style));
}

// Fills one row from left to right.
class RowWriter {
public:
    explicit RowWriter(std::span<float> row) : m_row(row) {}

    void label(int value) { number(value); }

    void number(double value) { m_row[m_next++] = static_cast<float>(value); }

    std::size_t written() const { return m_next; }

private:
    std::span<float> m_row;
    std::size_t m_next = 0;
};

void writeTrack(RowWriter& row, const world::ObjectTruth& truth) {
    const double x = std::clamp(truth.centreX / kTruthHeight, 0.0, kAspect);
    const double y = std::clamp(truth.centreY / kTruthHeight, 0.0, 1.0);
    const bool seen = truth.right > truth.left && truth.visibleFraction >= kLeastVisible;
    row.number(seen ? 1.0 : 0.0);
    row.number(x);
    row.number(y);
    row.number(seen ? std::max(x - truth.left / kTruthHeight, 0.0) : 0.0);
    row.number(seen ? std::max(y - truth.top / kTruthHeight, 0.0) : 0.0);
    row.number(seen ? std::max(truth.right / kTruthHeight - x, 0.0) : 0.0);
    row.number(seen ? std::max(truth.bottom / kTruthHeight - y, 0.0) : 0.0);
}

}  // namespace

int sampledFrame(int i, int frames) {
    return (i * (frames - 1) + (kSampledFrames - 1) / 2) / (kSampledFrames - 1);
}

void writeTargets(const world::Scene& scene, std::span<float> row) {
    CHECK(row.size() == static_cast<std::size_t>(kTargetNumbers), row.size());
    const auto truth = world::truth(scene, kTruthWidth, kTruthHeight);
    const bool coloured = hasColours(scene.style);

    RowWriter writer(row);
    writer.label(scene.background);
    writer.label(scene.weather);
    writer.label(scene.camera);
    writer.label(scene.style);
    writer.label(scene.relation);
    const std::size_t count = std::min<std::size_t>(scene.objects.size(), kMaxObjects);
    for (std::size_t k = 0; k < kMaxObjects; ++k) {
        if (k >= count) {
            for (int i = 0; i < kObjectLabels; ++i) {
                writer.label(-1);
            }
            continue;
        }
        const world::Object& object = scene.objects[k];
        writer.label(object.shapeClass);
        writer.label(coloured ? object.colour : -1);
        writer.label(object.texture);
        writer.label(object.size);
        writer.label(object.motion);
        writer.label(object.action);
    }
    for (std::size_t k = 0; k < kMaxObjects; ++k) {
        for (int i = 0; i < kSampledFrames; ++i) {
            const auto frame = static_cast<std::size_t>(sampledFrame(i, world::kClipFrames));
            writeTrack(writer, k < count ? truth[frame][k] : world::ObjectTruth{});
        }
    }
    CHECK(writer.written() == row.size(), writer.written());
}

at::Tensor makeTargets(std::span<const world::Scene> scenes) {
    at::Tensor packed =
        at::empty({static_cast<std::int64_t>(scenes.size()), kTargetNumbers}, at::kFloat);
    float* numbers = packed.mutable_data_ptr<float>();
    for (std::size_t i = 0; i < scenes.size(); ++i) {
        writeTargets(scenes[i], std::span(numbers + i * kTargetNumbers, kTargetNumbers));
    }
    return packed;
}

WorldEvalTargets unpackTargets(const at::Tensor& packed) {
    CHECK(packed.dim() == 2 && packed.size(1) == kTargetNumbers, packed.sizes());
    const std::int64_t batch = packed.size(0);
    constexpr std::int64_t kLabelsEnd = kClipLabels + kMaxObjects * kObjectLabels;
    WorldEvalTargets targets;
    targets.clipLabels = packed.slice(1, 0, kClipLabels).to(at::kLong);
    targets.objectLabels = packed.slice(1, kClipLabels, kLabelsEnd)
                               .to(at::kLong)
                               .reshape({batch, kMaxObjects, kObjectLabels});
    targets.tracks = packed.slice(1, kLabelsEnd)
                         .to(at::kFloat)
                         .reshape({batch, kMaxObjects, kSampledFrames, kTrackNumbers});
    return targets;
}

at::Tensor shakenTracks(const at::Tensor& tracks) {
    // About what the detector itself is off by: a third of a cell at 128 rows, a tenth of a side,
    // one frame in fifteen missed.
    constexpr double kCentreNoise = 0.01;
    constexpr double kSideNoise = 0.1;
    constexpr double kMissed = 1.0 / 15.0;
    const at::Tensor seen =
        tracks.slice(3, 0, 1) * (at::rand_like(tracks.slice(3, 0, 1)) > kMissed);
    const at::Tensor centre = tracks.slice(3, 1, 3);
    const at::Tensor sides = tracks.slice(3, 3);
    const at::Tensor shaken = at::cat({seen,
                                       centre + at::randn_like(centre) * kCentreNoise,
                                       sides * at::exp(at::randn_like(sides) * kSideNoise)},
                                      3);
    return shaken;
}

}  // namespace tessera::eval
