#include "ui/views/generation_run.h"

#include "ui/bridge/engine_client.h"

#include <variant>

namespace tessera::ui {

namespace {

constexpr int kClockMs = 200;

}  // namespace

QString runStateWord(RunState state) {
    switch (state) {
        case RunState::Idle:
            return QStringLiteral("idle");
        case RunState::Running:
            return QStringLiteral("running");
        case RunState::Paused:
            return QStringLiteral("paused");
        case RunState::Stopping:
            return QStringLiteral("stopping");
        case RunState::Finished:
            return QStringLiteral("finished");
        case RunState::Failed:
            return QStringLiteral("failed");
        case RunState::Cancelled:
            return QStringLiteral("cancelled");
    }
    return {};
}

GenerationRun::GenerationRun(EngineClient& engine, QObject* parent)
    : QObject(parent), m_engine(engine) {
    m_clock.setInterval(kClockMs);
    connect(&m_clock, &QTimer::timeout, this, &GenerationRun::changed);
    connect(&engine, &EngineClient::started, this, &GenerationRun::begin);
    followSteps();
    followEnds();
}

void GenerationRun::begin(jobs::JobId id) {
    const jobs::JobRequest* asked = m_engine.requestOf(id);
    const auto* request = asked ? std::get_if<pipeline::GenerationRequest>(asked) : nullptr;
    if (!request) {
        return;
    }
    m_id = id;
    m_request = *request;
    const Expected expected = m_expected[id];
    m_expected.erase(id);
    m_clipSize = request->width > 0 ? QSize(request->width, request->height) : expected.clip;
    m_preview.reset();
    m_error = {};
    m_progress.begin(expected.seconds);
    m_state = RunState::Running;
    m_clock.start();
    Q_EMIT changed();
}

void GenerationRun::followSteps() {
    connect(
        &m_engine, &EngineClient::stageEntered, this, [this](jobs::JobId id, const QString& phase) {
            if (id == m_id && isActive()) {
                m_progress.enter(phaseOfWord(phase));
                Q_EMIT changed();
            }
        });
    connect(&m_engine, &EngineClient::stepDone, this, [this](const jobs::StepDone& step) {
        if (step.stamp.job == m_id && isActive()) {
            m_progress.step(step.step, step.of, step.etaSeconds);
            Q_EMIT changed();
        }
    });
    connect(&m_engine,
            &EngineClient::previewReady,
            this,
            [this](jobs::JobId id, const base::SharedFrames& frames) {
                if (id == m_id && isActive()) {
                    m_preview = frames;
                    Q_EMIT previewed();
                }
            });
    const auto pauseTo = [this](jobs::JobId id, RunState state, bool memoryFreed) {
        if (id == m_id && (m_state == RunState::Running || m_state == RunState::Paused)) {
            m_progress.setPaused(state == RunState::Paused);
            m_state = state;
            m_memoryFreed = memoryFreed;
            Q_EMIT changed();
        }
    };
    connect(&m_engine, &EngineClient::paused, this, [pauseTo](jobs::JobId id, bool memoryFreed) {
        pauseTo(id, RunState::Paused, memoryFreed);
    });
    connect(&m_engine, &EngineClient::resumed, this, [pauseTo](jobs::JobId id) {
        pauseTo(id, RunState::Running, false);
    });
}

QSize GenerationRun::clipSize() const {
    return m_clipSize;
}

void GenerationRun::followEnds() {
    connect(&m_engine, &EngineClient::stopping, this, [this](jobs::JobId id) {
        if (id == m_id && isActive() && m_state != RunState::Stopping) {
            m_state = RunState::Stopping;
            Q_EMIT changed();
        }
    });
    connect(&m_engine, &EngineClient::replaced, this, [this](jobs::JobId before, jobs::JobId) {
        m_expected.erase(before);  // the estimate was for other values
    });
    connect(&m_engine,
            &EngineClient::finished,
            this,
            [this](jobs::JobId id, const jobs::JobResult& result) {
                const auto* clip = std::get_if<pipeline::GenerationResult>(&result);
                if (clip && id == m_id && isActive()) {
                    endWith(id, RunState::Finished);
                    Q_EMIT finished(*clip, m_request);
                }
            });
    connect(
        &m_engine, &EngineClient::failed, this, [this](jobs::JobId id, const base::Error& error) {
            if (id == m_id) {
                m_error = error;
                endWith(id, RunState::Failed);
            }
        });
    connect(&m_engine, &EngineClient::cancelled, this, [this](jobs::JobId id) {
        endWith(id, RunState::Cancelled);
    });
}

void GenerationRun::endWith(jobs::JobId id, RunState state) {
    if (id != m_id || !isActive()) {
        return;
    }
    m_progress.end();
    m_clock.stop();
    m_state = state;
    Q_EMIT changed();
}

// The client answers with stopping() at once and with cancelled() when it is true.
void GenerationRun::cancel() {
    if (isActive() && m_state != RunState::Stopping) {
        m_engine.cancel(m_id);
    }
}

void GenerationRun::togglePause() {
    if (m_state == RunState::Running) {
        m_engine.pause(m_id);
    } else if (m_state == RunState::Paused) {
        m_engine.resume(m_id);
    }
}

void GenerationRun::pauseAndFreeMemory() {
    if (m_state == RunState::Running || m_state == RunState::Paused) {
        m_engine.pause(m_id, jobs::PauseMemory::Free);
    }
}

void GenerationRun::finishEarly() {
    if (m_state == RunState::Running || m_state == RunState::Paused) {
        m_engine.finishEarly(m_id);
    }
}

void GenerationRun::dismiss() {
    if (!isActive() && m_state != RunState::Idle) {
        m_state = RunState::Idle;
        m_preview.reset();
        Q_EMIT changed();
    }
}

void GenerationRun::showSample(RunState state,
                               const pipeline::GenerationRequest& request,
                               const RunProgress& progress,
                               const base::SharedFrames& preview,
                               const base::Error& error) {
    m_clock.stop();
    m_state = state;
    m_request = request;
    m_clipSize = QSize(request.width, request.height);
    m_progress = progress;
    m_preview = preview;
    m_error = error;
    Q_EMIT changed();
}

}  // namespace tessera::ui
