#pragma once

// How far a whole job is, worked out from the phase it is in: the engine counts steps within a
// phase, a person wants one bar and one time. Pure functions; any thread.

#include <QString>

#include <array>
#include <cstdint>
#include <optional>

namespace tessera::ui {

inline constexpr std::size_t kPhaseCount = 5;
inline constexpr std::size_t kDenoise = 2;

// As events name them.
inline constexpr std::array<const char*, kPhaseCount> kPhaseNames{
    "load", "encode", "denoise", "decode", "write"};

// Seconds of each phase of a clip, from load to write; 0 = not known.
using PhaseSeconds = std::array<double, kPhaseCount>;

double sum(const PhaseSeconds& seconds);

// By the word of the event ("denoise"); -1 for another one: such a phase is the whole job
// (training, scoring).
int phaseOfWord(const QString& word);

// Where a job stands in its present phase.
struct PhasePoint {
    QString phase;
    std::int64_t step = 0;
    std::int64_t of = 0;               // 0 = not known
    std::optional<double> etaSeconds;  // left in this phase
};

// Share done of the whole job, 0 to 1, by what each phase is expected to take; -1 when nothing is
// known yet.
double shareOfJob(const PhasePoint& point, const PhaseSeconds& expected);

// Seconds left of the whole job: of this phase, and what the later ones are expected to take. Empty
// where neither is known.
std::optional<double> secondsLeft(const PhasePoint& point, const PhaseSeconds& expected);

// `expected` with the seconds of the present phase as its pace tells them.
PhaseSeconds corrected(const PhasePoint& point, PhaseSeconds expected);

}  // namespace tessera::ui
