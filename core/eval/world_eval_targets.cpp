#include "core/eval/world_eval_targets.h"

#include "core/base/check.h"
#include "core/world/background.h"
#include "core/world/item_raster.h"
#include "core/world/pose.h"
#include "core/world/shapes.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <vector>

namespace tessera::eval {

namespace {

constexpr double kAspect = 1.5;

// Less of an object than this inside the frame is not asked of the detector: a sliver has no class.
constexpr double kLeastInside = 0.3;

// Progress of exploding or falling apart beyond which the pieces have no class any more.
constexpr double kWholeUntil = 0.08;

// What a style leaves to be seen.
bool showsColour(int style) {
    return style == world::kNormalStyle || style == world::kPixelArt || style == world::kNeon;
}

bool showsTexture(int style) {
    return style == world::kNormalStyle || style == world::kBlackAndWhite || style == world::kSepia;
}

bool showsSize(const world::Scene& scene, const world::Object& object) {
    const bool changes = object.motion == world::kGrowing || object.motion == world::kShrinking;
    const bool zooms = scene.camera == world::kZoomIn || scene.camera == world::kZoomOut;
    return scene.objects.size() == 1 && object.action < 0 && !changes && !zooms;
}

// Under a moving camera nothing stands still in the frame.
bool showsMotion(const world::Scene& scene, const world::Object& object) {
    return object.motion != world::kStill || scene.camera == world::kStaticCamera;
}

bool showsBackgroundColour(const world::Scene& scene) {
    return world::isTinted(scene.background) &&
           (scene.style == world::kNormalStyle || scene.style == world::kPixelArt);
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

using Track = std::array<float, kTrackNumbers>;

// Where the object is in a frame, from its pose and the bounds of its shape: what world::truth()
// counts in pixels, but a thousand times cheaper; neighbours never hide an object wholly.
Track trackAt(const world::Scene& scene, const world::Object& object, double t) {
    const world::Pose pose = world::poseAt(object, t);
    const world::CameraPose camera = world::cameraAt(scene, t);
    const world::Bounds& bounds = world::shapeOf(object.shapeClass).bounds;
    const double radius = 0.5 * object.diameter * pose.scale * camera.zoom;
    const double cosine = std::cos(pose.angle);
    const double sine = std::sin(pose.angle);
    double left = 0.0;
    double top = 0.0;
    double right = 0.0;
    double bottom = 0.0;
    for (const double cornerX : {bounds.left, bounds.right}) {
        for (const double cornerY : {bounds.top, bounds.bottom}) {
            const double x = pose.mirrored ? -cornerX : cornerX;
            const double turnedX = (x * cosine - cornerY * sine) * radius;
            const double turnedY = (x * sine + cornerY * cosine) * radius;
            left = std::min(left, turnedX);
            right = std::max(right, turnedX);
            top = std::min(top, turnedY);
            bottom = std::max(bottom, turnedY);
        }
    }
    // Frame units run from -1.5 to 1.5 and from -1 to 1; frame heights from 0 to 1.5 and to 1.
    const double centreX = ((pose.x - camera.x) * camera.zoom + kAspect) / 2.0;
    const double centreY = ((pose.y - camera.y) * camera.zoom + 1.0) / 2.0;
    const double x = std::clamp(centreX, 0.0, kAspect);
    const double y = std::clamp(centreY, 0.0, 1.0);
    const double boxLeft = std::clamp(centreX + left / 2.0, 0.0, kAspect);
    const double boxRight = std::clamp(centreX + right / 2.0, 0.0, kAspect);
    const double boxTop = std::clamp(centreY + top / 2.0, 0.0, 1.0);
    const double boxBottom = std::clamp(centreY + bottom / 2.0, 0.0, 1.0);
    const double whole = (right - left) * (bottom - top) / 4.0;
    const bool seen = (boxRight - boxLeft) * (boxBottom - boxTop) >= kLeastInside * whole &&
                      pose.broken < kWholeUntil;
    const auto side = [](double length) { return static_cast<float>(std::max(length, 0.0)); };
    return {seen ? 1.0F : 0.0F,
            static_cast<float>(x),
            static_cast<float>(y),
            side(x - boxLeft),
            side(y - boxTop),
            side(boxRight - x),
            side(boxBottom - y)};
}

// Frames where the object is not seen repeat the nearest frame where it is: the one before, or else
// the first.
void fillUnseen(std::array<Track, kSampledFrames>& tracks) {
    const auto isSeen = [](const Track& track) { return track[0] > 0.5F; };
    const auto first = std::ranges::find_if(tracks, isSeen);
    if (first == tracks.end()) {
        return;
    }
    for (auto track = tracks.begin(); track != tracks.end(); ++track) {
        if (!isSeen(*track)) {
            *track = track < first ? *first : *std::prev(track);
            (*track)[0] = 0.0F;
        }
    }
}

}  // namespace

int sampledFrame(int i, int frames) {
    return (i * (frames - 1) + (kSampledFrames - 1) / 2) / (kSampledFrames - 1);
}

void writeTargets(const world::Scene& scene, std::span<float> row) {
    CHECK(row.size() == static_cast<std::size_t>(kTargetNumbers), row.size());

    RowWriter writer(row);
    writer.label(scene.background);
    writer.label(showsBackgroundColour(scene) ? scene.backgroundColour : -1);
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
        writer.label(showsColour(scene.style) ? object.colour : -1);
        writer.label(showsTexture(scene.style) ? object.texture : -1);
        writer.label(showsSize(scene, object) ? object.size : -1);
        writer.label(showsMotion(scene, object) ? object.motion : -1);
        writer.label(object.action);
    }
    for (std::size_t k = 0; k < kMaxObjects; ++k) {
        std::array<Track, kSampledFrames> tracks{};
        if (k < count) {
            for (int i = 0; i < kSampledFrames; ++i) {
                tracks[static_cast<std::size_t>(i)] = trackAt(
                    scene, scene.objects[k], world::timeOf(sampledFrame(i, world::kClipFrames)));
            }
            fillUnseen(tracks);
        }
        for (const Track& track : tracks) {
            for (const float number : track) {
                writer.number(number);
            }
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
    return at::cat({seen,
                    centre + at::randn_like(centre) * kCentreNoise,
                    sides * at::exp(at::randn_like(sides) * kSideNoise)},
                   3);
}

}  // namespace tessera::eval
