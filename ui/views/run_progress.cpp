#include "ui/views/run_progress.h"

#include "ui/settings.h"

#include <QCoreApplication>
#include <QVariant>

#include <algorithm>

namespace tessera::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(RunProgress)
};

QString memoryKey(const char* part) {
    return QStringLiteral("machine/phase-") + QLatin1String(part);
}

double pixelsOf(const pipeline::GenerationRequest& request) {
    return static_cast<double>(request.width) * request.height * request.videoFrames;
}

}  // namespace

QString phaseWord(std::size_t phase) {
    switch (phase) {
        case 0:
            return Words::tr("Load");
        case 1:
            return Words::tr("Encode text");
        case 2:
            return Words::tr("Denoise");
        case 3:
            return Words::tr("Decode");
        default:
            return Words::tr("Write file");
    }
}

// Decoding and writing grow with the pixels, loading and the text do not; the rest of the estimate
// is denoising.
PhaseSeconds expectedPhases(const Settings& settings, const engine::GenerationEstimate& estimate) {
    PhaseSeconds expected{};
    const double pixels = settings.value(memoryKey("pixels"), 0.0).toDouble();
    if (pixels <= 0.0 || estimate.seconds <= 0.0) {
        return expected;
    }
    const double growth = pixelsOf(estimate.effective) / pixels;
    for (std::size_t phase = 0; phase < kPhaseCount; ++phase) {
        const double before = settings.value(memoryKey(kPhaseNames[phase]), 0.0).toDouble();
        expected[phase] = phase < kDenoise ? before : before * growth;
    }
    expected[kDenoise] = 0.0;
    const double others = sum(expected);
    constexpr double kMostOthers = 0.8;  // an odd run must not leave nothing for the denoising
    if (others > kMostOthers * estimate.seconds) {
        for (double& seconds : expected) {
            seconds *= kMostOthers * estimate.seconds / others;
        }
    }
    expected[kDenoise] = estimate.seconds - sum(expected);
    return expected;
}

void rememberPhases(Settings& settings, const pipeline::GenerationResult& result) {
    const double pixels = pixelsOf(result.effective);
    if (pixels <= 0.0 || result.times.empty()) {
        return;
    }
    settings.setValue(memoryKey("pixels"), pixels);
    for (const pipeline::PhaseTime& time : result.times) {
        settings.setValue(memoryKey(kPhaseNames[static_cast<std::size_t>(time.phase)]),
                          time.seconds);
    }
}

void RunProgress::begin(const PhaseSeconds& expected) {
    *this = RunProgress();
    m_expected = expected;
    m_clock.start();
}

void RunProgress::settle() {
    if (m_clock.isValid() && m_phase >= 0) {
        m_spent[static_cast<std::size_t>(m_phase)] +=
            static_cast<double>(m_clock.nsecsElapsed()) * 1e-9;
    }
    if (m_clock.isValid()) {
        m_clock.restart();
    }
}

void RunProgress::enter(int phase) {
    settle();
    m_phase = phase;
    m_step = 0;
    m_of = 0;
    m_eta.reset();
    m_sinceStep.invalidate();
}

void RunProgress::step(std::int64_t step, std::int64_t of, std::optional<double> etaSeconds) {
    settle();
    m_step = step;
    m_of = of;
    m_eta = etaSeconds;
    m_sinceStep.start();
    if (m_phase == static_cast<int>(kDenoise)) {
        m_denoiseStep = step;
        m_denoiseSteps = of;
    }
}

void RunProgress::setPaused(bool on) {
    if (on) {
        settle();
        m_clock.invalidate();
        m_sinceStep.invalidate();
    } else if (!m_clock.isValid()) {
        m_clock.start();
    }
}

void RunProgress::end() {
    settle();
    m_clock.invalidate();
}

RunProgress RunProgress::sample(const PhaseSeconds& expected,
                                const PhaseSeconds& spent,
                                int phase,
                                std::int64_t step,
                                std::int64_t of) {
    RunProgress progress;
    progress.m_expected = expected;
    progress.m_spent = spent;
    progress.m_phase = phase;
    progress.m_step = step;
    progress.m_of = of;
    progress.m_denoiseStep = step;
    progress.m_denoiseSteps = of;
    return progress;
}

double RunProgress::spent(std::size_t phase) const {
    const bool isNow = m_phase == static_cast<int>(phase) && m_clock.isValid();
    return m_spent[phase] + (isNow ? static_cast<double>(m_clock.nsecsElapsed()) * 1e-9 : 0.0);
}

double RunProgress::spent() const {
    double all = 0.0;
    for (std::size_t phase = 0; phase < kPhaseCount; ++phase) {
        all += spent(phase);
    }
    return all;
}

std::optional<double> RunProgress::left() const {
    if (m_phase < 0) {
        return {};
    }
    const auto now = static_cast<std::size_t>(m_phase);
    double left = 0.0;
    if (m_eta) {
        const double since =
            m_sinceStep.isValid() ? static_cast<double>(m_sinceStep.nsecsElapsed()) * 1e-9 : 0.0;
        left = std::max(0.0, *m_eta - since);
    } else if (m_expected[now] > 0.0) {
        left = std::max(0.0, m_expected[now] - spent(now));
    } else {
        return {};
    }
    for (std::size_t later = now + 1; later < kPhaseCount; ++later) {
        left += m_expected[later];
    }
    return left;
}

std::optional<double> RunProgress::share() const {
    if (const auto rest = left(); rest && sum(m_expected) > 0.0) {
        const double all = spent() + *rest;
        return all > 0.0 ? std::clamp(spent() / all, 0.0, 1.0) : 0.0;
    }
    if (m_phase > static_cast<int>(kDenoise)) {
        return 1.0;
    }
    if (m_denoiseSteps > 0) {
        return static_cast<double>(m_denoiseStep) / static_cast<double>(m_denoiseSteps);
    }
    return {};
}

}  // namespace tessera::ui
