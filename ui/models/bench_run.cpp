#include "ui/models/bench_run.h"

#include "ui/bridge/engine_client.h"

#include <variant>

namespace tessera::ui {

QString benchStateWord(BenchState state) {
    switch (state) {
        case BenchState::Idle:
            return QStringLiteral("idle");
        case BenchState::Waiting:
            return QStringLiteral("waiting");
        case BenchState::Running:
            return QStringLiteral("running");
        case BenchState::Stopping:
            return QStringLiteral("stopping");
        case BenchState::Done:
            return QStringLiteral("done");
        case BenchState::Failed:
            return QStringLiteral("failed");
        case BenchState::Cancelled:
            return QStringLiteral("cancelled");
    }
    return {};
}

BenchRun::BenchRun(EngineClient& engine, QObject* parent) : QObject(parent), m_engine(engine) {
    followJob();
}

bool BenchRun::isActive() const {
    return m_state == BenchState::Waiting || m_state == BenchState::Running ||
           m_state == BenchState::Stopping;
}

double BenchRun::secondsSpent() const {
    constexpr double kMilliseconds = 1000.0;
    return isActive() && m_clock.isValid() ? static_cast<double>(m_clock.elapsed()) / kMilliseconds
                                           : m_spent;
}

void BenchRun::start(const bench::BenchRequest& request) {
    m_request = request;
    m_done = 0;
    m_of = 0;
    m_spent = 0.0;
    m_secondsLeft.reset();
    m_clock.invalidate();
    m_error = {};
    const auto id = m_engine.submit(request);
    if (id) {
        m_id = *id;
        m_state = BenchState::Waiting;
    } else {
        m_error = id.error();
        m_state = BenchState::Failed;
    }
    Q_EMIT changed();
}

void BenchRun::followJob() {
    connect(&m_engine, &EngineClient::started, this, [this](jobs::JobId id) {
        if (id == m_id && isActive()) {
            m_state = BenchState::Running;
            m_clock.start();
            Q_EMIT changed();
        }
    });
    connect(&m_engine, &EngineClient::stepDone, this, [this](const jobs::StepDone& step) {
        if (step.stamp.job == m_id && isActive()) {
            m_done = step.step;
            m_of = step.of;
            m_secondsLeft = step.etaSeconds;
            Q_EMIT changed();
        }
    });
    connect(&m_engine, &EngineClient::stopping, this, [this](jobs::JobId id) {
        if (id == m_id && isActive()) {
            m_state = BenchState::Stopping;
            Q_EMIT changed();
        }
    });
    connect(&m_engine,
            &EngineClient::finished,
            this,
            [this](jobs::JobId id, const jobs::JobResult& result) {
                const auto* rows = std::get_if<bench::BenchResult>(&result);
                if (rows != nullptr && id == m_id && isActive()) {
                    end(BenchState::Done);
                    Q_EMIT finished(*rows);
                }
            });
    connect(
        &m_engine, &EngineClient::failed, this, [this](jobs::JobId id, const base::Error& error) {
            if (id == m_id && isActive()) {
                m_error = error;
                end(BenchState::Failed);
            }
        });
    connect(&m_engine, &EngineClient::cancelled, this, [this](jobs::JobId id) {
        if (id == m_id && isActive()) {
            end(BenchState::Cancelled);
        }
    });
}

void BenchRun::end(BenchState state) {
    m_spent = secondsSpent();
    m_state = state;
    Q_EMIT changed();
}

void BenchRun::cancel() {
    if (isActive() && m_state != BenchState::Stopping) {
        m_engine.cancel(m_id);
    }
}

void BenchRun::dismiss() {
    if (!isActive() && m_state != BenchState::Idle) {
        m_state = BenchState::Idle;
        Q_EMIT changed();
    }
}

void BenchRun::showSample(BenchState state,
                          std::int64_t done,
                          std::int64_t of,
                          const base::Error& error) {
    constexpr double kSampleSpent = 14.2;
    constexpr double kSampleLeft = 23.5;
    m_id = {};
    m_clock.invalidate();
    m_state = state;
    m_done = done;
    m_of = of;
    m_spent = kSampleSpent;
    m_secondsLeft =
        state == BenchState::Running && done > 0 ? std::optional(kSampleLeft) : std::nullopt;
    m_error = error;
    Q_EMIT changed();
}

}  // namespace tessera::ui
