#include "core/base/check.h"
#include "core/eval/scoring.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
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

// Two boxes that share this much are one thing under two names, or found twice. The world's nearest
// true neighbours, one object in front of another, share less than 0.2.
constexpr double kSameBox = 0.5;

// Two classes peak on one thing with boxes that are even more alike.
constexpr double kSameBoxOtherClass = 0.65;

// A thing whose shape is read differently in the next frame is still there: within this distance
// the class may change.
constexpr double kFarthestStepOtherClass = 0.2;

constexpr int kFewestFrames = 2;

using Votes = std::array<double, world::kClassCount>;

int winner(const Votes& votes) {
    return static_cast<int>(std::distance(votes.begin(), std::ranges::max_element(votes)));
}

struct Peak {
    int shapeClass = 0;
    FrameBox box;
    Votes votes{};  // scores of all classes that peak here
};

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

// Peaks of one frame, best first. Of two on nearly one box the better stays and keeps both votes.
std::vector<Peak> peaksOf(const at::Tensor& heat, const at::Tensor& boxes) {
    const std::int64_t rows = heat.size(1);
    const std::int64_t columns = heat.size(2);
    const float* scores = heat.const_data_ptr<float>();
    const float* numbers = boxes.const_data_ptr<float>();
    const std::int64_t cells = rows * columns;
    const double cell = 1.0 / static_cast<double>(rows);
    std::vector<Peak> found;
    for (std::int64_t c = 0; c < heat.size(0); ++c) {
        const float* map = scores + c * cells;
        for (std::int64_t i = 0; i < cells; ++i) {
            if (map[i] < static_cast<float>(kLeastScore) ||
                !isPeak(map, rows, columns, i / columns, i % columns)) {
                continue;
            }
            const auto number = [&](int k) { return static_cast<double>(numbers[k * cells + i]); };
            Peak peak;
            peak.shapeClass = static_cast<int>(c);
            peak.box.seen = true;
            peak.box.score = map[i];
            peak.box.x = (static_cast<double>(i % columns) + 0.5 + number(0)) * cell;
            peak.box.y = (static_cast<double>(i / columns) + 0.5 + number(1)) * cell;
            peak.box.left = peak.box.x - std::max(number(2), 0.0);
            peak.box.top = peak.box.y - std::max(number(3), 0.0);
            peak.box.right = peak.box.x + std::max(number(4), 0.0);
            peak.box.bottom = peak.box.y + std::max(number(5), 0.0);
            found.push_back(peak);
        }
    }
    std::ranges::stable_sort(found, std::greater{}, [](const Peak& p) { return p.box.score; });
    std::vector<Peak> kept;
    for (const Peak& peak : found) {
        const auto same = std::ranges::find_if(kept, [&](const Peak& better) {
            const double limit =
                better.shapeClass == peak.shapeClass ? kSameBox : kSameBoxOtherClass;
            return overlapShare(better.box, peak.box) > limit;
        });
        Peak& target = same == kept.end() ? kept.emplace_back(peak) : *same;
        double& vote = target.votes[static_cast<std::size_t>(peak.shapeClass)];
        vote = std::max(vote, peak.box.score);
    }
    return kept;
}

struct Track {
    DetectedObject object;
    Votes votes{};
    int lastFrame = 0;

    void take(const Peak& peak, int frame) {
        object.frames[static_cast<std::size_t>(frame)] = peak.box;
        lastFrame = frame;
        for (std::size_t c = 0; c < votes.size(); ++c) {
            votes[c] += peak.votes[c];
        }
        object.shapeClass = winner(votes);
    }

    const FrameBox& last() const { return object.frames[static_cast<std::size_t>(lastFrame)]; }
};

// Gives peaks of a frame to tracks, nearest pairs first, and marks them used.
void link(std::vector<Track>& tracks,
          const std::vector<Peak>& peaks,
          std::vector<bool>& used,
          int frame,
          bool sameClass) {
    while (true) {
        double nearest = sameClass ? kFarthestStep : kFarthestStepOtherClass;
        std::optional<std::pair<std::size_t, std::size_t>> best;
        for (std::size_t t = 0; t < tracks.size(); ++t) {
            if (tracks[t].lastFrame == frame) {
                continue;
            }
            for (std::size_t p = 0; p < peaks.size(); ++p) {
                const double apart = std::hypot(tracks[t].last().x - peaks[p].box.x,
                                                tracks[t].last().y - peaks[p].box.y);
                const bool fits = !sameClass || peaks[p].shapeClass == tracks[t].object.shapeClass;
                if (!used[p] && fits && apart < nearest) {
                    nearest = apart;
                    best = {t, p};
                }
            }
        }
        if (!best) {
            return;
        }
        tracks[best->first].take(peaks[best->second], frame);
        used[best->second] = true;
    }
}

// The peaks of a frame go to the tracks of their class, then to tracks nearby; the rest begin
// tracks.
void extend(std::vector<Track>& tracks, const std::vector<Peak>& peaks, int frame) {
    std::vector<bool> used(peaks.size(), false);
    if (frame > 0) {
        link(tracks, peaks, used, frame, true);
        link(tracks, peaks, used, frame, false);
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
    CHECK(heat.dim() == 4 && heat.size(0) == kSampledFrames && heat.size(1) == world::kClassCount,
          heat.sizes());
    CHECK(boxes.dim() == 4 && boxes.size(1) == kFrameRows && boxes.size(3) == heat.size(3),
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
            const auto sameClass = static_cast<std::size_t>(track.object.shapeClass);
            track.object.score = track.votes[sameClass] / seen;
            fillUnseen(track.object);
            candidates.push_back(track.object);
        }
    }
    std::ranges::stable_sort(candidates, std::greater{}, [](const DetectedObject& object) {
        return object.score * framesSeen(object);
    });
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
