#pragma once

// How far a running generation is: its five phases, what each took or is expected to take, and what
// is left. A plain value that measures with the clock; pauses do not count. GUI thread.

#include "core/engine/make_engine.h"
#include "core/pipeline/result.h"
#include "ui/models/job_progress.h"

#include <QElapsedTimer>
#include <QString>

#include <cstdint>
#include <optional>

namespace tessera::ui {

class Settings;

// "Load", "Encode text", "Denoise", "Decode", "Write file".
QString phaseWord(std::size_t phase);

// The estimate shared out to the phases as the last run on this machine spent its time. All zero
// until there was one.
PhaseSeconds expectedPhases(const Settings& settings, const engine::GenerationEstimate& estimate);
void rememberPhases(Settings& settings, const pipeline::GenerationResult& result);

class RunProgress {
public:
    void begin(const PhaseSeconds& expected);
    void enter(int phase);
    void step(std::int64_t step, std::int64_t of, std::optional<double> etaSeconds);
    void setPaused(bool on);
    void end();

    // As it would be in that phase, with the clock standing still: for pictures of the window.
    static RunProgress sample(const PhaseSeconds& expected,
                              const PhaseSeconds& spent,
                              int phase,
                              std::int64_t step,
                              std::int64_t of);

    int phase() const { return m_phase; }

    std::int64_t stepsDone() const { return m_step; }

    std::int64_t stepsInAll() const { return m_of; }

    // Steps of the denoising, also while a later phase runs.
    std::int64_t denoiseStep() const { return m_denoiseStep; }

    std::int64_t denoiseSteps() const { return m_denoiseSteps; }

    // Spent in that phase so far; 0 before it began.
    double spent(std::size_t phase) const;
    double spent() const;

    double expected(std::size_t phase) const { return m_expected[phase]; }

    // Of the whole job; empty while it cannot be said.
    std::optional<double> left() const;

    // Done, 0 to 1; empty before the first step.
    std::optional<double> share() const;

private:
    void settle();

    PhaseSeconds m_expected{};
    PhaseSeconds m_spent{};
    QElapsedTimer m_clock;  // since the last settle(); invalid while paused
    QElapsedTimer m_sinceStep;
    std::optional<double> m_eta;
    std::int64_t m_step = 0;
    std::int64_t m_of = 0;
    std::int64_t m_denoiseStep = 0;
    std::int64_t m_denoiseSteps = 0;
    int m_phase = -1;
};

}  // namespace tessera::ui
