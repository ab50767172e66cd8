#include "core/eval/scoring.h"

#include "core/base/check.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

namespace tessera::eval {

namespace {

// Indices into relationNames().
constexpr int kLeftOf = 0;
constexpr int kRightOf = 1;
constexpr int kAbove = 2;
constexpr int kBelow = 3;
constexpr int kInFrontOf = 4;
constexpr int kBehind = 5;
constexpr int kInside = 6;

// Order of the attributes in tables.
constexpr const char* kAttributes[] = {"class",
                                       "both_objects",
                                       "colour",
                                       "scene",
                                       "motion",
                                       "relation",
                                       "action",
                                       "count",
                                       "texture",
                                       "size",
                                       "scene_colour",
                                       "weather",
                                       "camera",
                                       "style"};

// For each stated object the detection given to it, -1 = none.
using Assignment = std::vector<int>;

// Class outweighs colour outweighs the detector's confidence.
double pairGain(const world::StatedObject& stated, const DetectedObject& found) {
    const double sameClass = stated.shapeClass >= 0 && stated.shapeClass == found.shapeClass;
    const double sameColour = stated.colour >= 0 && stated.colour == found.colour;
    return 100.0 * sameClass + 10.0 * sameColour + 1.0 + found.score;
}

// The assignment of largest gain; objects and detections are few, so all are tried.
class Matcher {
public:
    Matcher(const std::vector<world::StatedObject>& stated,
            const std::vector<DetectedObject>& found)
        : m_stated(stated), m_found(found), m_current(stated.size(), -1), m_best(m_current) {
        explore(0, 0.0);
    }

    const Assignment& best() const { return m_best; }

private:
    void explore(std::size_t object, double gain) {
        if (object == m_stated.size()) {
            if (gain > m_bestGain) {
                m_bestGain = gain;
                m_best = m_current;
            }
            return;
        }
        for (std::size_t i = 0; i < m_found.size(); ++i) {
            if (std::ranges::find(m_current, static_cast<int>(i)) == m_current.end()) {
                m_current[object] = static_cast<int>(i);
                explore(object + 1, gain + pairGain(m_stated[object], m_found[i]));
                m_current[object] = -1;
            }
        }
        explore(object + 1, gain);
    }

    const std::vector<world::StatedObject>& m_stated;
    const std::vector<DetectedObject>& m_found;
    Assignment m_current;
    Assignment m_best;
    double m_bestGain = -1.0;
};

// More stated objects than this are not of the world's grammar; trying all would take long.
constexpr std::size_t kMostStated = 4;

bool holdsInFrame(int relation, const FrameBox& a, const FrameBox& b) {
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const bool sideways = std::abs(dx) > std::abs(dy);
    const auto area = [](const FrameBox& box) {
        return (box.right - box.left) * (box.bottom - box.top);
    };
    switch (relation) {
        case kLeftOf:
            return sideways && dx > 0.0;
        case kRightOf:
            return sideways && dx < 0.0;
        case kAbove:
            return !sideways && dy > 0.0;
        case kBelow:
            return !sideways && dy < 0.0;
        case kInFrontOf:
        case kBehind:
            return std::min(a.right, b.right) > std::max(a.left, b.left) &&
                   std::min(a.bottom, b.bottom) > std::max(a.top, b.top);
        case kInside:
            return a.x > b.left && a.x < b.right && a.y > b.top && a.y < b.bottom &&
                   area(a) < area(b);
        default:
            return false;
    }
}

bool holds(int relation, const ClipReading& reading, std::size_t a, std::size_t b) {
    int shared = 0;
    int held = 0;
    for (std::size_t i = 0; i < kSampledFrames; ++i) {
        const FrameBox& first = reading.objects[a].frames[i];
        const FrameBox& second = reading.objects[b].frames[i];
        if (first.seen && second.seen) {
            ++shared;
            held += holdsInFrame(relation, first, second) ? 1 : 0;
        }
    }
    if (2 * held <= shared) {
        return false;
    }
    switch (relation) {
        case kInFrontOf:
            return reading.frontShare[a][b] > 0.5;
        case kBehind:
            return reading.frontShare[a][b] < 0.5;
        default:
            return true;
    }
}

int largest(const at::Tensor& logits) {
    return static_cast<int>(logits.argmax().item<std::int64_t>());
}

// clips [B, 3, T, H, W], taller ones made smaller by averaging; sides stay divisible by 32. Tracks
// are in frame heights, so nothing else changes.
at::Tensor asTrained(const at::Tensor& clips) {
    const std::int64_t height = clips.size(3), width = clips.size(4);
    if (height <= kTallestRead) {
        return clips;
    }
    const std::int64_t fitted =
        std::max<std::int64_t>(1, (width * kTallestRead / height + 16) / 32) * 32;
    const at::Tensor frames = clips.to(at::kFloat).transpose(1, 2).flatten(0, 1);
    return at::_upsample_bilinear2d_aa(frames, {kTallestRead, fitted}, /*align_corners=*/false)
        .unflatten(0, {clips.size(0), clips.size(2)})
        .transpose(1, 2);
}

// The detections of a batch as tracks [B, K, F, kTrackNumbers], padded to one number of objects.
at::Tensor packTracks(const std::vector<ClipReading>& readings) {
    std::size_t most = 1;
    for (const ClipReading& reading : readings) {
        most = std::max(most, reading.objects.size());
    }
    at::Tensor tracks = at::zeros({static_cast<std::int64_t>(readings.size()),
                                   static_cast<std::int64_t>(most),
                                   kSampledFrames,
                                   kTrackNumbers},
                                  at::kFloat);
    auto* numbers = tracks.mutable_data_ptr<float>();
    for (std::size_t b = 0; b < readings.size(); ++b) {
        for (std::size_t k = 0; k < readings[b].objects.size(); ++k) {
            float* at = numbers + (b * most + k) * kSampledFrames * kTrackNumbers;
            for (const FrameBox& box : readings[b].objects[k].frames) {
                for (const double value : {box.seen ? 1.0 : 0.0,
                                           box.x,
                                           box.y,
                                           box.x - box.left,
                                           box.y - box.top,
                                           box.right - box.x,
                                           box.bottom - box.y}) {
                    *at++ = static_cast<float>(value);
                }
            }
        }
    }
    return tracks;
}

}  // namespace

std::vector<ClipReading> readClips(const WorldEval& net, const at::Tensor& clips) {
    const c10::NoGradGuard noGrad;
    const FrameReading frames = net.frames(asTrained(clips));
    const std::int64_t batch = clips.size(0);
    const auto byClip = [&](const at::Tensor& maps) {
        return maps.to(at::kCPU).unflatten(0, {batch, kSampledFrames});
    };
    const at::Tensor heat = byClip(at::sigmoid(frames.heat));
    const at::Tensor boxes = byClip(frames.boxes);
    std::vector<ClipReading> readings(static_cast<std::size_t>(batch));
    for (std::int64_t b = 0; b < batch; ++b) {
        readings[static_cast<std::size_t>(b)].objects = findObjects(heat[b], boxes[b]);
    }
    const ObjectReading objects = net.objects(frames, packTracks(readings).to(clips.device()));
    const at::Tensor background = frames.background.argmax(1).to(at::kCPU);
    const at::Tensor backgroundColour = frames.backgroundColour.argmax(1).to(at::kCPU);
    const at::Tensor weather = frames.weather.argmax(1).to(at::kCPU);
    const at::Tensor camera = frames.camera.argmax(1).to(at::kCPU);
    const at::Tensor style = frames.style.argmax(1).to(at::kCPU);
    const at::Tensor shapeClass = objects.shapeClass.to(at::kCPU);
    const at::Tensor colour = objects.colour.to(at::kCPU);
    const at::Tensor texture = objects.texture.to(at::kCPU);
    const at::Tensor size = objects.size.to(at::kCPU);
    const at::Tensor motion = objects.motion.to(at::kCPU);
    const at::Tensor action = objects.action.to(at::kCPU);
    const at::Tensor front = at::softmax(objects.relation.slice(3, kInFrontOf, kBehind + 1), 3)
                                 .select(3, 0)
                                 .to(at::kCPU);
    for (std::int64_t b = 0; b < batch; ++b) {
        ClipReading& reading = readings[static_cast<std::size_t>(b)];
        reading.background = background[b].item<int>();
        reading.backgroundColour = backgroundColour[b].item<int>();
        reading.weather = weather[b].item<int>();
        reading.camera = camera[b].item<int>();
        reading.style = style[b].item<int>();
        for (std::size_t k = 0; k < reading.objects.size(); ++k) {
            const auto at = static_cast<std::int64_t>(k);
            DetectedObject& object = reading.objects[k];
            object.shapeClass = largest(shapeClass[b][at]);
            object.colour = largest(colour[b][at]);
            object.texture = largest(texture[b][at]);
            object.size = largest(size[b][at]);
            object.motion = largest(motion[b][at]);
            object.action = largest(action[b][at]);
            for (std::size_t other = 0; other < reading.objects.size(); ++other) {
                reading.frontShare[k][other] =
                    front[b][at][static_cast<std::int64_t>(other)].item<double>();
            }
        }
    }
    return readings;
}

std::vector<Verdict> judgeClip(const ClipReading& reading, const world::StatedSlots& stated) {
    std::vector<Verdict> verdicts;
    const auto add = [&](const char* attribute, bool correct) {
        verdicts.push_back({attribute, correct});
    };
    const auto addLabel = [&](const char* attribute, int asked, int found) {
        if (asked >= 0) {
            add(attribute, asked == found);
        }
    };

    std::vector<world::StatedObject> objects = stated.objects;
    objects.resize(std::min(objects.size(), kMostStated));
    const Matcher matcher(objects, reading.objects);
    const Assignment& given = matcher.best();
    const auto detection = [&](std::size_t i) -> const DetectedObject* {
        return given[i] >= 0 ? &reading.objects[static_cast<std::size_t>(given[i])] : nullptr;
    };
    const auto isFound = [&](std::size_t i) {
        return detection(i) != nullptr && detection(i)->shapeClass == objects[i].shapeClass;
    };

    const auto named = std::ranges::count_if(
        objects, [](const world::StatedObject& object) { return object.shapeClass >= 0; });
    if (named == 1 && objects.size() == 1) {
        add("class", isFound(0));
    } else if (named >= 2) {
        bool all = true;
        for (std::size_t i = 0; i < objects.size(); ++i) {
            all = all && (objects[i].shapeClass < 0 || isFound(i));
        }
        add("both_objects", all);
    }
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const DetectedObject none;
        const DetectedObject& found = detection(i) != nullptr ? *detection(i) : none;
        addLabel("colour", objects[i].colour, found.colour);
        addLabel("texture", objects[i].texture, found.texture);
        addLabel("size", objects[i].size, found.size);
        addLabel("motion", objects[i].motion, found.motion);
        addLabel("action", objects[i].action, found.action);
    }
    if (stated.count >= 0 && !objects.empty()) {
        const auto alike =
            std::ranges::count_if(reading.objects, [&](const DetectedObject& object) {
                return object.shapeClass == objects[0].shapeClass;
            });
        add("count", alike == stated.count);
    }
    if (stated.relation >= 0 && objects.size() >= 2) {
        add("relation",
            isFound(0) && isFound(1) &&
                holds(stated.relation,
                      reading,
                      static_cast<std::size_t>(given[0]),
                      static_cast<std::size_t>(given[1])));
    }
    addLabel("scene", stated.background, reading.background);
    addLabel("scene_colour", stated.backgroundColour, reading.backgroundColour);
    addLabel("weather", stated.weather, reading.weather);
    addLabel("camera", stated.camera, reading.camera);
    addLabel("style", stated.style, reading.style);
    return verdicts;
}

Interval wilsonInterval(int correct, int count) {
    CHECK(correct >= 0 && correct <= count, correct, count);
    if (count == 0) {
        return {};
    }
    // Wilson 1927: the shares p0 with |p - p0| <= z sqrt(p0 (1 - p0) / n).
    constexpr double kZ = 1.959963984540054;
    const double n = count;
    const double p = correct / n;
    const double centre = p + kZ * kZ / (2.0 * n);
    const double reach = kZ * std::sqrt(p * (1.0 - p) / n + kZ * kZ / (4.0 * n * n));
    const double scale = 1.0 + kZ * kZ / n;
    return {std::max(0.0, (centre - reach) / scale), std::min(1.0, (centre + reach) / scale)};
}

void ScoreTable::add(const ClipReading& reading, const world::StatedSlots& stated) {
    for (const Verdict& verdict : judgeClip(reading, stated)) {
        Tally& tally = (stated.heldOut ? m_heldOut : m_seen)[verdict.attribute];
        tally.correct += verdict.correct ? 1 : 0;
        ++tally.count;
    }
}

std::vector<AttributeScore> ScoreTable::scores(
    const std::map<std::string, double>& ceilings) const {
    std::vector<AttributeScore> scores;
    const auto tallyOf = [](const std::map<std::string, Tally>& from, const char* attribute) {
        const auto found = from.find(attribute);
        return found == from.end() ? Tally{} : found->second;
    };
    for (const char* attribute : kAttributes) {
        const Tally seen = tallyOf(m_seen, attribute);
        const Tally heldOut = tallyOf(m_heldOut, attribute);
        if (seen.count == 0 && heldOut.count == 0) {
            continue;
        }
        const Interval interval = wilsonInterval(seen.correct, seen.count);
        AttributeScore score;
        score.attribute = attribute;
        score.correct = seen.correct;
        score.count = seen.count;
        score.low = interval.low;
        score.high = interval.high;
        const auto ceiling = ceilings.find(attribute);
        score.ceiling = ceiling == ceilings.end() ? 0.0 : ceiling->second;
        if (heldOut.count > 0) {
            score.heldOut = static_cast<double>(heldOut.correct) / heldOut.count;
            score.heldOutCount = heldOut.count;
        }
        scores.push_back(score);
    }
    return scores;
}

}  // namespace tessera::eval
