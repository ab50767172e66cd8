#pragma once

// The generation that the Generate workspace shows: the running one, or the one that ended last.
// Follows the engine client's signals, whoever submitted the job. GUI thread.

#include "core/base/error.h"
#include "core/jobs/event.h"
#include "ui/views/run_progress.h"

#include <QObject>
#include <QSize>
#include <QTimer>

#include <map>

namespace tessera::ui {

class EngineClient;

enum class RunState { Idle, Running, Paused, Stopping, Finished, Failed, Cancelled };

QString runStateWord(RunState state);  // "idle", "running", ... for the state dump

class GenerationRun final : public QObject {
    Q_OBJECT

public:
    // `engine` outlives this.
    explicit GenerationRun(EngineClient& engine, QObject* parent = nullptr);

    RunState state() const { return m_state; }

    bool isActive() const {
        return m_state == RunState::Running || m_state == RunState::Paused ||
               m_state == RunState::Stopping;
    }

    jobs::JobId id() const { return m_id; }

    const pipeline::GenerationRequest& request() const { return m_request; }

    const RunProgress& progress() const { return m_progress; }

    const base::Error& error() const { return m_error; }

    const base::SharedFrames& preview() const { return m_preview; }

    // What is known of a job before it starts, from its estimate.
    struct Expected {
        PhaseSeconds seconds{};
        QSize clip;
    };

    void expect(jobs::JobId id, const Expected& expected) { m_expected[id] = expected; }

    // Of the finished clip; empty when it is not known.
    QSize clipSize() const;

    void cancel();
    void togglePause();

    // Holds the job, or keeps it held, and gives its model's memory back.
    void pauseAndFreeMemory();

    bool isMemoryFreed() const { return m_state == RunState::Paused && m_memoryFreed; }

    void finishEarly();

    // Forget what ended: the fields are the next job.
    void dismiss();

    // A state without a job behind it: for pictures of the window.
    void showSample(RunState state,
                    const pipeline::GenerationRequest& request,
                    const RunProgress& progress,
                    const base::SharedFrames& preview,
                    const base::Error& error);

Q_SIGNALS:
    void changed();  // state, phase, step
    void previewed();
    void finished(const tessera::pipeline::GenerationResult& result,
                  const tessera::pipeline::GenerationRequest& asked);

private:
    void begin(jobs::JobId id);
    void endWith(jobs::JobId id, RunState state);
    void followSteps();
    void followEnds();

    EngineClient& m_engine;
    QTimer m_clock;
    RunProgress m_progress;
    std::map<jobs::JobId, Expected> m_expected;
    QSize m_clipSize;
    pipeline::GenerationRequest m_request;
    base::Error m_error;
    base::SharedFrames m_preview;
    jobs::JobId m_id{};
    RunState m_state = RunState::Idle;
    bool m_memoryFreed = false;  // of a paused job
};

}  // namespace tessera::ui
