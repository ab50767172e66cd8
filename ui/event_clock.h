#pragma once

// How long the GUI thread takes for its events: an application that times every notify() and the
// lateness of a 10 ms heartbeat. Shown in the window state; the tests hold the window to its bars
// by it. GUI thread.

#include <QApplication>
#include <QBasicTimer>
#include <QElapsedTimer>
#include <QJsonObject>

#include <array>
#include <cstdint>
#include <vector>

namespace tessera::ui {

// Durations in steps of a quarter of a millisecond up to 128 ms, longer ones together.
class DurationHistogram {
public:
    void add(double milliseconds);

    void reset() { *this = DurationHistogram(); }

    std::uint64_t count() const { return m_count; }

    double max() const { return m_max; }

    // Upper end of the step that holds this share of all durations, at most max(); 0 when empty.
    double quantile(double share) const;

    QJsonObject json() const;  // count, p50, p99, max in ms, over_16_ms, over_100_ms

private:
    static constexpr double kStepMs = 0.25;

    std::array<std::uint64_t, 513> m_steps{};
    std::uint64_t m_count = 0;
    std::uint64_t m_over16 = 0;
    std::uint64_t m_over100 = 0;
    double m_max = 0.0;
};

class TimedApplication final : public QApplication {
    Q_OBJECT

public:
    // As QApplication; both live as long as the application.
    TimedApplication(int& argc, char** argv);

    bool notify(QObject* receiver, QEvent* event) override;

    // The heartbeat beats while jobs run: idle, the program should not wake up.
    void setBeating(bool on);

    void reset();
    QJsonObject json() const;  // events, heartbeat, slowest

    // The running application; null in tests that use another one.
    static TimedApplication* instance();

protected:
    void timerEvent(QTimerEvent* event) override;

private:
    // An event whose handling runs a loop of its own (a menu, a drag) is not late: what happens
    // inside is timed instead.
    struct Frame {
        int loopLevel = 0;
        bool hasOwnLoop = false;
    };

    DurationHistogram m_events;
    DurationHistogram m_heartbeat;
    std::vector<Frame> m_frames;
    QString m_slowest;
    QBasicTimer m_beat;
    QElapsedTimer m_sinceBeat;
    QElapsedTimer m_sinceReset;
};

}  // namespace tessera::ui
