#pragma once

// From what WorldEval sees to scores: readClips() finds the objects of each clip and describes
// them, judgeClip() compares a reading with what the caption stated, ScoreTable counts over many
// clips. Readings are plain values. readClips(): engine thread; the rest: any thread.
//
//     ScoreTable table;
//     for (batch) {
//         std::vector<ClipReading> readings = readClips(net, clips);
//         table.add(readings[i], caption.stated);
//     }
//     result.attributes = table.scores(ceilings);

#include "core/eval/result.h"
#include "core/eval/world_eval.h"
#include "core/world/caption.h"

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tessera::eval {

// One object in one sampled frame; lengths in frame heights as in world_eval_targets.h.
struct FrameBox {
    bool seen = false;
    double score = 0.0;  // of the map of centres, 0 to 1
    double x = 0.0, y = 0.0;
    double left = 0.0, top = 0.0, right = 0.0, bottom = 0.0;  // sides of the box, absolute
};

// One object followed through a clip, and what it is.
struct DetectedObject {
    int shapeClass = -1;
    double score = 0.0;  // mean over the frames where it was seen
    std::array<FrameBox, kSampledFrames> frames{};
    int colour = -1;
    int texture = -1;
    int size = -1;
    int motion = -1;
    int action = -1;
};

// Most objects reported for a clip: more than any caption counts, so that one too many shows.
inline constexpr int kMostDetections = 8;

struct ClipReading {
    std::vector<DetectedObject> objects;  // best first, at most kMostDetections
    // frontShare[i][j]: probability that object i is in front of object j rather than behind it.
    std::array<std::array<double, kMostDetections>, kMostDetections> frontShare{};
    int background = -1;
    int backgroundColour = -1;
    int weather = -1;
    int camera = -1;
    int style = -1;
};

// Peaks below this score are not objects.
inline constexpr double kLeastScore = 0.3;

// Links peaks of the maps of single frames into objects, not yet described: heat probabilities
// [F, kScales, h, w] and boxes [F, kScales, kBoxNumbers, h, w] of one clip, float32 on the CPU.
// Best first, at most kMostDetections; an object seen in one frame only, or whose box is nearly
// that of a better one, is dropped.
std::vector<DetectedObject> findObjects(const at::Tensor& heat, const at::Tensor& boxes);

// Rows of the tallest clips that the judge learns from (train/eval_method.cpp). In taller ones it
// would miss what is near, and small labels such as sizes.
inline constexpr std::int64_t kTallestRead = 192;

// Reads a batch of clips [B, 3, T, H, W] in [-1, 1] on the network's device; taller ones than
// kTallestRead are made smaller first.
std::vector<ClipReading> readClips(const WorldEval& net, const at::Tensor& clips);

// One stated attribute and whether the clip shows it.
struct Verdict {
    std::string attribute;
    bool correct = false;
    bool operator==(const Verdict&) const = default;
};

// Attributes, each present only when stated; those of objects once for each object that states
// them:
//   class         one kind of object stated: it is detected
//   both_objects  two or more objects stated: all are detected, as different objects
//   colour, texture, size, motion, action
//   count         as many detections of the class as stated
//   relation      of the first object to the second, in most frames where both are seen
//   scene, scene_colour, weather, camera, style
// Detections are given to stated objects by class first, then colour; an object whose class was not
// found takes what is left over, so that a wrong shape does not also cost its colour. Without any
// detection the attributes of the object are wrong.
std::vector<Verdict> judgeClip(const ClipReading& reading, const world::StatedSlots& stated);

// 95 % Wilson score interval of correct / count; {0, 1} when count is 0.
struct Interval {
    double low = 0.0;
    double high = 1.0;
};

Interval wilsonInterval(int correct, int count);

// Counts verdicts of many clips. Clips whose caption states a held-out pair are counted apart.
class ScoreTable {
public:
    void add(const ClipReading& reading, const world::StatedSlots& stated);

    // One entry for each attribute that was stated at least once, in the order above. `ceilings`
    // holds WorldEval's accuracy on unseen renders by attribute; absent ones stay 0.
    std::vector<AttributeScore> scores(const std::map<std::string, double>& ceilings = {}) const;

private:
    struct Tally {
        int correct = 0;
        int count = 0;
    };

    std::map<std::string, Tally> m_seen;
    std::map<std::string, Tally> m_heldOut;
};

}  // namespace tessera::eval
