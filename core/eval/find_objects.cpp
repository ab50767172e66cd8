#include "core/base/check.h"
#include "core/eval/scoring.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

namespace tessera::eval {

namespace {

// Between two sampled frames, half a second, nothing in the world goes further than a third of the
// frame's height (the orbits); beyond this it is another object.
constexpr double kFarthestStep = 0.5;

// A box of twice the size is as unlikely to be the same object as one this far away: what lies
// inside something keeps its own track.
constexpr double kDoublingStep = 0.3;

// Two boxes that share this much are one thing found twice. The world's nearest true neighbours,
// one object in front of another, share less than 0.2.
constexpr double kSameBox = 0.5;

constexpr int kFewestFrames = 2;

double overlapShare(const FrameBox& a, const FrameBox& b) {
    const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
    const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
    if (width <= 0.0 || height <= 0.0) {
        return 0.0;
    }
    const double shared = width * height;
    const double all =
        (a.right - a.left) * (a.bottom - a.top) + (b.right - b.left) * (b.bottom - b.top) - shared;
    return all > 0.0 ? shared / all : 0.0;
}

// A cell whose score is at least that of its eight neighbours and more than that of those before
// it, so that a plateau gives one peak.
bool isPeak(
    const float* map, std::int64_t rows, std::int64_t columns, std::int64_t y, std::int64_t x) {
    const float score = map[y * columns + x];
    for (std::int64_t ny = std::max<std::int64_t>(y - 1, 0); ny <= std::min(y + 1, rows - 1);
         ++ny) {
        for (std::int64_t nx = std::max<std::int64_t>(x - 1, 0); nx <= std::min(x + 1, columns - 1);
             ++nx) {
            const bool before = ny < y || (ny == y && nx < x);
            const float other = map[ny * columns + nx];
            if ((ny != y || nx != x) && (before ? other >= score : other > score)) {
                return false;
            }
        }
    }
    return true;
}

// Peaks of one frame, best first; of two on nearly one box the better stays. heat [kScales, h, w],
// boxes [kScales, kBoxNumbers, h, w].
std::vector<FrameBox> peaksOf(const at::Tensor& heat, const at::Tensor& boxes) {
    const std::int64_t rows = heat.size(1);
    const std::int64_t columns = heat.size(2);
    const std::int64_t cells = rows * columns;
    const double cell = 1.0 / static_cast<double>(rows);
    std::vector<FrameBox> found;
    for (int scale = 0; scale < kScales; ++scale) {
        const float* map = heat.const_data_ptr<float>() + scale * cells;
        const float* numbers =
            boxes.const_data_ptr<float>() + static_cast<std::int64_t>(scale) * kBoxNumbers * cells;
        for (std::int64_t i = 0; i < cells; ++i) {
            if (map[i] < static_cast<float>(kLeastScore) ||
                !isPeak(map, rows, columns, i / columns, i % columns)) {
                continue;
            }
            const auto number = [&](int k) { return static_cast<double>(numbers[k * cells + i]); };
            const std::int64_t row = i / columns;
            FrameBox box;
            box.seen = true;
            box.score = map[i];
            box.x = (static_cast<double>(i % columns) + 0.5 + number(0)) * cell;
            box.y = (static_cast<double>(row) + 0.5 + number(1)) * cell;
            box.left = box.x - std::max(number(2), 0.0);
            box.top = box.y - std::max(number(3), 0.0);
            box.right = box.x + std::max(number(4), 0.0);
            box.bottom = box.y + std::max(number(5), 0.0);
            found.push_back(box);
        }
    }
    std::ranges::stable_sort(found, std::greater{}, &FrameBox::score);
    std::vector<FrameBox> kept;
    for (const FrameBox& box : found) {
        const bool again = std::ranges::any_of(
            kept, [&](const FrameBox& better) { return overlapShare(better, box) > kSameBox; });
        if (!again) {
            kept.push_back(box);
        }
    }
    return kept;
}

struct Track {
    DetectedObject object;
    int lastFrame = 0;

    void take(const FrameBox& box, int frame) {
        object.frames[static_cast<std::size_t>(frame)] = box;
        lastFrame = frame;
    }

    const FrameBox& last() const { return object.frames[static_cast<std::size_t>(lastFrame)]; }
};

double sizeOf(const FrameBox& box) {
    constexpr double kLeastSize = 0.02;
    return std::max(std::sqrt((box.right - box.left) * (box.bottom - box.top)), kLeastSize);
}

double distance(const FrameBox& a, const FrameBox& b) {
    return std::hypot(a.x - b.x, a.y - b.y) +
           kDoublingStep * std::abs(std::log2(sizeOf(a) / sizeOf(b)));
}

// The peaks of a frame go to the tracks, nearest pairs first; the rest begin tracks.
void extend(std::vector<Track>& tracks, const std::vector<FrameBox>& peaks, int frame) {
    std::vector<bool> used(peaks.size(), false);
    const std::size_t known = tracks.size();
    while (true) {
        double nearest = kFarthestStep;
        std::optional<std::pair<std::size_t, std::size_t>> best;
        for (std::size_t t = 0; t < known; ++t) {
            for (std::size_t p = 0; p < peaks.size(); ++p) {
                const bool open = !used[p] && tracks[t].lastFrame != frame;
                const double apart = distance(tracks[t].last(), peaks[p]);
                if (open && apart < nearest) {
                    nearest = apart;
                    best = {t, p};
                }
            }
        }
        if (!best) {
            break;
        }
        tracks[best->first].take(peaks[best->second], frame);
        used[best->second] = true;
    }
    for (std::size_t p = 0; p < peaks.size(); ++p) {
        if (!used[p]) {
            tracks.emplace_back().take(peaks[p], frame);
        }
    }
}

int framesSeen(const DetectedObject& object) {
    return static_cast<int>(
        std::ranges::count_if(object.frames, [](const FrameBox& box) { return box.seen; }));
}

double scoreSum(const DetectedObject& object) {
    double sum = 0.0;
    for (const FrameBox& box : object.frames) {
        sum += box.score;
    }
    return sum;
}

// Unseen frames take the place of the nearest seen one before, else after.
void fillUnseen(DetectedObject& object) {
    const auto copyPlace = [](FrameBox& to, const FrameBox& from) {
        to = from;
        to.seen = false;
        to.score = 0.0;
    };
    const auto first =
        std::ranges::find_if(object.frames, [](const FrameBox& b) { return b.seen; });
    for (auto box = object.frames.begin(); box != object.frames.end(); ++box) {
        if (!box->seen) {
            copyPlace(*box, box < first ? *first : *std::prev(box));
        }
    }
}

double meanOverlap(const DetectedObject& a, const DetectedObject& b) {
    double sum = 0.0;
    int count = 0;
    for (std::size_t i = 0; i < a.frames.size(); ++i) {
        if (a.frames[i].seen || b.frames[i].seen) {
            sum += overlapShare(a.frames[i], b.frames[i]);
            ++count;
        }
    }
    return count > 0 ? sum / count : 0.0;
}

}  // namespace

std::vector<DetectedObject> findObjects(const at::Tensor& heat, const at::Tensor& boxes) {
    CHECK(heat.dim() == 4 && heat.size(0) == kSampledFrames && heat.size(1) == kScales,
          heat.sizes());
    CHECK(boxes.dim() == 5 && boxes.size(2) == kBoxNumbers && boxes.size(4) == heat.size(3),
          boxes.sizes());
    std::vector<Track> tracks;
    const at::Tensor maps = heat.contiguous();
    const at::Tensor numbers = boxes.contiguous();
    for (int frame = 0; frame < kSampledFrames; ++frame) {
        extend(tracks, peaksOf(maps[frame], numbers[frame]), frame);
    }
    std::vector<DetectedObject> candidates;
    for (Track& track : tracks) {
        const int seen = framesSeen(track.object);
        if (seen >= kFewestFrames) {
            track.object.score = scoreSum(track.object) / seen;
            fillUnseen(track.object);
            candidates.push_back(track.object);
        }
    }
    std::ranges::stable_sort(candidates, std::greater{}, scoreSum);
    std::vector<DetectedObject> kept;
    for (const DetectedObject& candidate : candidates) {
        const bool again = std::ranges::any_of(kept, [&](const DetectedObject& better) {
            return meanOverlap(better, candidate) > kSameBox;
        });
        if (!again && kept.size() < static_cast<std::size_t>(kMostDetections)) {
            kept.push_back(candidate);
        }
    }
    return kept;
}

}  // namespace tessera::eval
