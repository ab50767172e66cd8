#pragma once

// The clip being looked at and its time: which frames, which one now, playing or not. A plain model
// without a widget; ClipView shows it, TransportBar moves it. GUI thread.

#include "core/base/frames.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace tessera::ui {

class Player final : public QObject {
    Q_OBJECT

public:
    explicit Player(QObject* parent = nullptr);

    // Null = nothing. Keeps the position when the new clip has as many frames (previews of one
    // run).
    void setFrames(base::SharedFrames frames);

    const base::SharedFrames& frames() const { return m_frames; }

    int count() const;

    int position() const { return m_position; }  // from 0

    void setPosition(int position);  // clamped

    bool isPlaying() const { return m_isPlaying; }

    void setPlaying(bool on);

    void toggle() { setPlaying(!m_isPlaying); }

    void step(int by);  // stops playing; wraps when looping

    bool isLooping() const { return m_isLooping; }

    void setLooping(bool on);

    // Loop range, both ends included; -1 = the clip's own end.
    int loopIn() const { return m_loopIn; }

    int loopOut() const { return m_loopOut; }

    void setLoopIn(int position);
    void setLoopOut(int position);
    void clearLoopRange();

    double speed() const { return m_speed; }  // 1 = as recorded

    void setSpeed(double speed);

Q_SIGNALS:
    void framesChanged();
    void positionChanged(int position);
    void playingChanged(bool isPlaying);
    void settingsChanged();  // loop, range, speed

private:
    struct Range {
        int first = 0;
        int last = 0;
    };

    void tick();
    void moveTo(int position);
    void scheduleTick();
    double framesPerSecond() const;
    Range range() const;

    base::SharedFrames m_frames;
    QTimer m_timer;
    QElapsedTimer m_clock;
    double m_fraction = 0.0;  // of a frame that playing is ahead of m_position
    int m_position = 0;
    int m_loopIn = -1;
    int m_loopOut = -1;
    double m_speed = 1.0;
    bool m_isPlaying = false;
    bool m_isLooping = true;
};

}  // namespace tessera::ui
