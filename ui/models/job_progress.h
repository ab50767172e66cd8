#pragma once

// How far a whole job is, worked out from the phase it is in: the engine counts steps within a
// phase, a person wants one bar and one time. Pure functions; any thread.

#include <QString>

#include <cstdint>
#include <optional>

namespace tessera::ui {

// Where a job stands in its present phase.
struct PhasePoint {
    QString phase;
    std::int64_t step = 0;
    std::int64_t of = 0;               // 0 = not known
    std::optional<double> etaSeconds;  // left in this phase
};

// Share done of the whole job, 0 to 1; -1 when nothing is known yet.
double shareOfJob(const PhasePoint& point);

// Seconds of the whole job as this phase lets one guess; empty when it is too short to tell.
std::optional<double> guessTotal(const PhasePoint& point);

// Seconds left of the whole job. `totalSeconds` 0 = not known.
std::optional<double> secondsLeft(const PhasePoint& point, double totalSeconds);

}  // namespace tessera::ui
