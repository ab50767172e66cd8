#pragma once

// One measurement from its start to its end, as the Bench workspace follows it: the job, how far it
// is, and how it ended. GUI thread.

#include "core/base/error.h"
#include "core/bench/request.h"
#include "core/bench/result.h"
#include "core/jobs/job.h"

#include <QElapsedTimer>
#include <QObject>

#include <cstdint>
#include <optional>

namespace tessera::ui {

class EngineClient;

enum class BenchState { Idle, Waiting, Running, Stopping, Done, Failed, Cancelled };

QString benchStateWord(BenchState state);  // "idle", "waiting", ...

class BenchRun final : public QObject {
    Q_OBJECT

public:
    explicit BenchRun(EngineClient& engine, QObject* parent = nullptr);

    BenchState state() const { return m_state; }

    bool isActive() const;

    // What it was asked for; of the last one after its end.
    const bench::BenchRequest& request() const { return m_request; }

    std::int64_t runsDone() const { return m_done; }

    std::int64_t runsInAll() const { return m_of; }  // 0 = not known yet

    std::optional<double> secondsLeft() const { return m_secondsLeft; }

    double secondsSpent() const;

    const base::Error& error() const { return m_error; }  // when Failed

    // Failed at once when the engine takes no job.
    void start(const bench::BenchRequest& request);
    void cancel();

    // Back to Idle after an end.
    void dismiss();

    // As it would be in that state: for pictures of the window.
    void showSample(BenchState state, std::int64_t done, std::int64_t of, const base::Error& error);

Q_SIGNALS:
    void changed();
    void finished(const tessera::bench::BenchResult& result);

private:
    void followJob();
    void end(BenchState state);

    EngineClient& m_engine;
    bench::BenchRequest m_request;
    jobs::JobId m_id{};
    BenchState m_state = BenchState::Idle;
    std::int64_t m_done = 0;
    std::int64_t m_of = 0;
    std::optional<double> m_secondsLeft;
    QElapsedTimer m_clock;
    double m_spent = 0.0;
    base::Error m_error;
};

}  // namespace tessera::ui
