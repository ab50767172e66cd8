#include "ui/models/job_progress.h"

#include <algorithm>
#include <numeric>

namespace tessera::ui {

namespace {

// Before anything was measured, the shares of a clip of the bundled model with 20 steps on two
// cores: they only divide the bar.
constexpr PhaseSeconds kUsual{0.03, 0.02, 0.80, 0.13, 0.02};

double fractionOf(const PhasePoint& point) {
    return point.of > 0
               ? std::clamp(
                     static_cast<double>(point.step) / static_cast<double>(point.of), 0.0, 1.0)
               : 0.0;
}

}  // namespace

double sum(const PhaseSeconds& seconds) {
    return std::accumulate(seconds.begin(), seconds.end(), 0.0);
}

int phaseOfWord(const QString& word) {
    const auto found = std::ranges::find_if(
        kPhaseNames, [&](const char* name) { return word == QLatin1String(name); });
    return found == kPhaseNames.end() ? -1 : static_cast<int>(found - kPhaseNames.begin());
}

double shareOfJob(const PhasePoint& point, const PhaseSeconds& expected) {
    const int phase = phaseOfWord(point.phase);
    if (point.phase.isEmpty() || (phase < 0 && point.of == 0)) {
        return -1.0;
    }
    if (phase < 0) {
        return fractionOf(point);
    }
    const PhaseSeconds& parts = sum(expected) > 0.0 ? expected : kUsual;
    const double before = std::accumulate(parts.begin(), parts.begin() + phase, 0.0);
    return (before + parts[static_cast<std::size_t>(phase)] * fractionOf(point)) / sum(parts);
}

std::optional<double> secondsLeft(const PhasePoint& point, const PhaseSeconds& expected) {
    const int phase = phaseOfWord(point.phase);
    if (phase < 0) {
        return point.etaSeconds;
    }
    const double now = expected[static_cast<std::size_t>(phase)] * (1.0 - fractionOf(point));
    const double left = std::accumulate(
        expected.begin() + phase + 1, expected.end(), point.etaSeconds.value_or(now));
    return point.etaSeconds || left > 0.0 ? std::optional(left) : std::nullopt;
}

PhaseSeconds corrected(const PhasePoint& point, PhaseSeconds expected) {
    const int phase = phaseOfWord(point.phase);
    const double left = 1.0 - fractionOf(point);
    if (phase >= 0 && point.etaSeconds && point.of > 0 && left > 0.0) {
        expected[static_cast<std::size_t>(phase)] = *point.etaSeconds / left;
    }
    return expected;
}

}  // namespace tessera::ui
