#include "ui/models/job_progress.h"

#include <algorithm>
#include <array>

namespace tessera::ui {

namespace {

struct PhaseShare {
    const char* phase;
    double share;  // of the whole job
};

// Shares of a clip of the bundled model with 20 steps on two cores: denoising dominates, decoding
// follows. They only divide the bar; times come from the engine.
constexpr std::array kShares{
    PhaseShare{"load", 0.03},
    PhaseShare{"encode", 0.02},
    PhaseShare{"denoise", 0.80},
    PhaseShare{"decode", 0.13},
    PhaseShare{"write", 0.02},
};

// A phase below this share says nothing about the length of the job.
constexpr double kTellingShare = 0.1;

struct Place {
    double before = 0.0;
    double share = 1.0;  // a phase that is not in the table is the whole job (training, scoring)
};

Place placeOf(const QString& phase) {
    Place place;
    for (const PhaseShare& known : kShares) {
        if (phase == QLatin1String(known.phase)) {
            place.share = known.share;
            return place;
        }
        place.before += known.share;
    }
    return {};
}

double fractionOf(const PhasePoint& point) {
    return point.of > 0
               ? std::clamp(
                     static_cast<double>(point.step) / static_cast<double>(point.of), 0.0, 1.0)
               : 0.0;
}

}  // namespace

double shareOfJob(const PhasePoint& point) {
    const Place place = placeOf(point.phase);
    if (point.phase.isEmpty() || (place.share == 1.0 && point.of == 0)) {
        return -1.0;
    }
    return place.before + place.share * fractionOf(point);
}

std::optional<double> guessTotal(const PhasePoint& point) {
    const double left = placeOf(point.phase).share * (1.0 - fractionOf(point));
    if (!point.etaSeconds || point.of == 0 || left < kTellingShare) {
        return std::nullopt;
    }
    return *point.etaSeconds / left;
}

std::optional<double> secondsLeft(const PhasePoint& point, double totalSeconds) {
    const Place place = placeOf(point.phase);
    const double after = std::max(0.0, 1.0 - place.before - place.share);
    if (point.etaSeconds && after == 0.0) {
        return *point.etaSeconds;
    }
    if (totalSeconds <= 0.0) {
        return std::nullopt;
    }
    return point.etaSeconds ? *point.etaSeconds + after * totalSeconds
                            : totalSeconds * (1.0 - std::max(0.0, shareOfJob(point)));
}

}  // namespace tessera::ui
