#include "ui/widgets/player.h"

#include <algorithm>
#include <cmath>

namespace tessera::ui {

namespace {

constexpr double kFallbackFps = 8.0;
constexpr double kSlowest = 0.05;
constexpr double kFastest = 16.0;
// Above this rate frames are passed over instead of painted.
constexpr int kShortestTickMs = 8;

}  // namespace

Player::Player(QObject* parent) : QObject(parent) {
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Player::tick);
}

void Player::setFrames(base::SharedFrames frames) {
    const int before = count();
    m_frames = std::move(frames);
    if (count() != before) {
        m_loopIn = -1;
        m_loopOut = -1;
        m_fraction = 0.0;
    }
    Q_EMIT framesChanged();
    if (count() != before) {
        m_position = 0;
        Q_EMIT positionChanged(0);
        Q_EMIT settingsChanged();
    }
    if (count() == 0) {
        setPlaying(false);
    } else if (m_isPlaying && !m_timer.isActive()) {
        scheduleTick();
    }
}

int Player::count() const {
    return m_frames ? m_frames->frames : 0;
}

void Player::setPosition(int position) {
    m_fraction = 0.0;
    m_clock.restart();
    moveTo(std::clamp(position, 0, std::max(0, count() - 1)));
    if (m_isPlaying) {
        scheduleTick();
    }
}

void Player::moveTo(int position) {
    if (position != m_position) {
        m_position = position;
        Q_EMIT positionChanged(position);
    }
}

Player::Range Player::range() const {
    const int end = std::max(0, count() - 1);
    const int first = m_loopIn < 0 ? 0 : std::min(m_loopIn, end);
    const int last = m_loopOut < 0 ? end : std::min(m_loopOut, end);
    return first <= last ? Range{first, last} : Range{last, first};
}

void Player::setPlaying(bool on) {
    on = on && count() > 0;
    if (on == m_isPlaying) {
        return;
    }
    m_isPlaying = on;
    if (on) {
        const Range bounds = range();
        if (!m_isLooping && m_position >= bounds.last) {
            moveTo(bounds.first);
        }
        m_fraction = 0.0;
        m_clock.restart();
        scheduleTick();
    } else {
        m_timer.stop();
    }
    Q_EMIT playingChanged(on);
}

void Player::step(int by) {
    setPlaying(false);
    if (count() == 0) {
        return;
    }
    const Range bounds = range();
    const int length = bounds.last - bounds.first + 1;
    int wanted = m_position + by;
    if (m_isLooping && m_position >= bounds.first && m_position <= bounds.last) {
        wanted = bounds.first + ((wanted - bounds.first) % length + length) % length;
    }
    setPosition(wanted);
}

void Player::setLooping(bool on) {
    if (on != m_isLooping) {
        m_isLooping = on;
        Q_EMIT settingsChanged();
    }
}

void Player::setLoopIn(int position) {
    m_loopIn = position < 0 ? -1 : std::min(position, std::max(0, count() - 1));
    if (m_loopIn >= 0 && m_loopOut >= 0 && m_loopIn > m_loopOut) {
        m_loopOut = -1;
    }
    Q_EMIT settingsChanged();
}

void Player::setLoopOut(int position) {
    m_loopOut = position < 0 ? -1 : std::min(position, std::max(0, count() - 1));
    if (m_loopIn >= 0 && m_loopOut >= 0 && m_loopIn > m_loopOut) {
        m_loopIn = -1;
    }
    Q_EMIT settingsChanged();
}

void Player::clearLoopRange() {
    m_loopIn = -1;
    m_loopOut = -1;
    Q_EMIT settingsChanged();
}

void Player::setSpeed(double speed) {
    speed = std::clamp(speed, kSlowest, kFastest);
    if (speed == m_speed) {
        return;
    }
    if (m_isPlaying) {
        tick();  // what has passed, passed at the old speed
    }
    m_speed = speed;
    if (m_isPlaying) {
        scheduleTick();
    }
    Q_EMIT settingsChanged();
}

double Player::framesPerSecond() const {
    const double recorded = m_frames && m_frames->fps > 0.0 ? m_frames->fps : kFallbackFps;
    return recorded * m_speed;
}

// Due exactly when the next frame is: the error of one tick is made good by the next.
void Player::scheduleTick() {
    const double milliseconds = (1.0 - m_fraction) / framesPerSecond() * 1000.0;
    m_timer.start(std::max(kShortestTickMs, static_cast<int>(std::ceil(milliseconds))));
}

void Player::tick() {
    m_fraction += static_cast<double>(m_clock.nsecsElapsed()) * 1e-9 * framesPerSecond();
    m_clock.restart();
    const double whole = std::floor(m_fraction);
    m_fraction -= whole;
    const Range bounds = range();
    const int length = bounds.last - bounds.first + 1;
    // After a suspended machine many seconds may have passed.
    const int frames = static_cast<int>(std::fmod(whole, m_isLooping ? length : 1e9));
    int next = m_position + frames;
    if (next > bounds.last || next < bounds.first) {
        if (!m_isLooping) {
            moveTo(bounds.last);
            setPlaying(false);
            return;
        }
        next = bounds.first + ((next - bounds.first) % length + length) % length;
    }
    moveTo(next);
    if (m_isPlaying) {
        scheduleTick();
    }
}

}  // namespace tessera::ui
