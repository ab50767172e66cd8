#include "ui/event_clock.h"

#include <QMetaEnum>
#include <QThread>
#include <QTimerEvent>

#include <algorithm>
#include <cmath>

namespace tessera::ui {
namespace {

constexpr int kBeatMs = 10;
constexpr double kNanosecondsAMillisecond = 1e6;

QString describe(const char* type, const QString& name, QEvent::Type event) {
    const char* word = QMetaEnum::fromType<QEvent::Type>().valueToKey(event);
    QString text = QString::fromLatin1(type);
    if (!name.isEmpty()) {
        text += QLatin1Char(' ') + name;
    }
    return text + QLatin1Char(' ') +
           (word != nullptr ? QString::fromLatin1(word) : QString::number(event));
}

}  // namespace

void DurationHistogram::add(double milliseconds) {
    const double step = std::max(0.0, std::floor(milliseconds / kStepMs));
    const auto last = static_cast<double>(m_steps.size() - 1);
    ++m_steps[static_cast<std::size_t>(std::min(step, last))];
    ++m_count;
    m_over16 += milliseconds > 16.0 ? 1 : 0;
    m_over100 += milliseconds > 100.0 ? 1 : 0;
    m_max = std::max(m_max, milliseconds);
}

double DurationHistogram::quantile(double share) const {
    const double wanted = share * static_cast<double>(m_count);
    std::uint64_t seen = 0;
    for (std::size_t step = 0; step + 1 < m_steps.size(); ++step) {
        seen += m_steps[step];
        if (m_count > 0 && static_cast<double>(seen) >= wanted) {
            return std::min(m_max, static_cast<double>(step + 1) * kStepMs);
        }
    }
    return m_max;
}

QJsonObject DurationHistogram::json() const {
    return {{QStringLiteral("count"), static_cast<qint64>(m_count)},
            {QStringLiteral("p50_ms"), quantile(0.50)},
            {QStringLiteral("p99_ms"), quantile(0.99)},
            {QStringLiteral("max_ms"), m_max},
            {QStringLiteral("over_16_ms"), static_cast<qint64>(m_over16)},
            {QStringLiteral("over_100_ms"), static_cast<qint64>(m_over100)}};
}

TimedApplication::TimedApplication(int& argc, char** argv) : QApplication(argc, argv) {
    m_sinceReset.start();
}

TimedApplication* TimedApplication::instance() {
    return qobject_cast<TimedApplication*>(QCoreApplication::instance());
}

bool TimedApplication::notify(QObject* receiver, QEvent* event) {
    if (QThread::currentThread() != thread()) {
        return QApplication::notify(receiver, event);
    }
    const int level = QThread::currentThread()->loopLevel();
    if (!m_frames.empty() && m_frames.back().loopLevel == level) {
        return QApplication::notify(receiver, event);
    }
    for (Frame& outer : m_frames) {
        outer.hasOwnLoop = true;
    }
    // The receiver may be gone afterwards.
    const char* className = receiver->metaObject()->className();
    const QString name = receiver->objectName();
    const QEvent::Type type = event->type();
    m_frames.push_back({level, false});
    QElapsedTimer clock;
    clock.start();
    const bool isHandled = QApplication::notify(receiver, event);
    const double took = static_cast<double>(clock.nsecsElapsed()) / kNanosecondsAMillisecond;
    const bool hadOwnLoop = m_frames.back().hasOwnLoop;
    m_frames.pop_back();
    if (!hadOwnLoop) {
        if (took > m_events.max()) {
            m_slowest = describe(className, name, type);
        }
        m_events.add(took);
    }
    return isHandled;
}

void TimedApplication::setBeating(bool on) {
    if (on == m_beat.isActive()) {
        return;
    }
    if (on) {
        m_sinceBeat.start();
        m_beat.start(kBeatMs, Qt::PreciseTimer, this);
    } else {
        m_beat.stop();
    }
}

void TimedApplication::timerEvent(QTimerEvent* event) {
    if (event->timerId() != m_beat.timerId()) {
        QApplication::timerEvent(event);
        return;
    }
    const double since = static_cast<double>(m_sinceBeat.nsecsElapsed()) / kNanosecondsAMillisecond;
    m_sinceBeat.start();
    m_heartbeat.add(std::max(0.0, since - kBeatMs));
}

void TimedApplication::reset() {
    m_events.reset();
    m_heartbeat.reset();
    m_slowest.clear();
    m_sinceReset.start();
}

QJsonObject TimedApplication::json() const {
    return {{QStringLiteral("events"), m_events.json()},
            {QStringLiteral("heartbeat"), m_heartbeat.json()},
            {QStringLiteral("slowest"), m_slowest},
            {QStringLiteral("seconds"), static_cast<double>(m_sinceReset.elapsed()) / 1000.0}};
}

}  // namespace tessera::ui
