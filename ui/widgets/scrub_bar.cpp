#include "ui/widgets/scrub_bar.h"

#include "ui/theme.h"
#include "ui/widgets/player.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr int kKnob = 14;
constexpr int kGroove = 4;
constexpr int kTickTop = 6;       // below the middle of the groove
constexpr int kMajorEvery = 4;    // frames; the temporal step of the video VAE
constexpr int kClosestTicks = 4;  // pixels; nearer ones would be a grey band

}  // namespace

ScrubBar::ScrubBar(Player& player, QWidget* parent) : QAbstractSlider(parent), m_player(player) {
    setOrientation(Qt::Horizontal);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Frame"));
    setSingleStep(1);
    setPageStep(kMajorEvery);
    connect(&player, &Player::framesChanged, this, &ScrubBar::follow);
    connect(&player, &Player::positionChanged, this, &ScrubBar::follow);
    connect(this, &QAbstractSlider::valueChanged, this, [this](int frame) {
        if (frame != m_player.position()) {
            m_player.setPosition(frame);
        }
    });
    follow();
}

void ScrubBar::follow() {
    const QSignalBlocker quiet(this);
    setRange(0, std::max(0, m_player.count() - 1));
    setValue(m_player.position());
    update();
}

QSize ScrubBar::sizeHint() const {
    return {320, 28};
}

QSize ScrubBar::minimumSizeHint() const {
    return {96, 28};
}

QRect ScrubBar::groove() const {
    return {kKnob / 2 - 4, (height() - kGroove) / 2, width() - kKnob + 8, kGroove};
}

int ScrubBar::xOf(int frame) const {
    const QRect line = groove();
    return maximum() == 0 ? line.left() : line.left() + (line.width() - 1) * frame / maximum();
}

int ScrubBar::frameAt(int x) const {
    const QRect line = groove();
    const double share = static_cast<double>(x - line.left()) / std::max(1, line.width() - 1);
    return std::clamp(qRound(share * maximum()), 0, maximum());
}

void ScrubBar::drawTicks(QPainter& painter) const {
    const int count = maximum() + 1;
    const double apart = static_cast<double>(groove().width()) / std::max(1, maximum());
    const int top = height() / 2 + kTickTop;
    for (int frame = 0; frame < count; ++frame) {
        const bool isMajor = frame % kMajorEvery == 0;
        if (isMajor || apart >= kClosestTicks) {
            painter.fillRect(QRect(xOf(frame), top, 1, isMajor ? 4 : 2), currentTheme().outline);
        }
    }
}

void ScrubBar::paintEvent(QPaintEvent*) {
    const Theme& colours = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect line = groove();
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.border);
    painter.drawRoundedRect(line, 2, 2);
    if (!isEnabled()) {
        return;
    }
    drawTicks(painter);
    if (m_player.loopIn() >= 0 || m_player.loopOut() >= 0) {
        const int from = xOf(std::max(0, m_player.loopIn()));
        const int to = xOf(m_player.loopOut() < 0 ? maximum() : m_player.loopOut());
        painter.fillRect(QRect(from, line.top() - 6, 2, kGroove + 12), colours.accent);
        painter.fillRect(QRect(to, line.top() - 6, 2, kGroove + 12), colours.accent);
    }
    painter.setBrush(colours.accent);
    painter.drawRoundedRect(QRect(line.topLeft(), QPoint(xOf(value()), line.bottom())), 2, 2);
    const QPointF middle(xOf(value()) + 0.5, height() / 2.0);
    if (hasFocus()) {
        painter.setPen(QPen(colours.accent, 2.0));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(middle, kKnob / 2.0 + 3.0, kKnob / 2.0 + 3.0);
    }
    painter.setPen(QPen(colours.accent, 2.0));
    painter.setBrush(colours.raised);
    painter.drawEllipse(middle, kKnob / 2.0 - 1.0, kKnob / 2.0 - 1.0);
}

void ScrubBar::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        return;
    }
    m_playsAfterDrag = m_player.isPlaying();
    m_player.setPlaying(false);
    setSliderDown(true);
    setValue(frameAt(event->pos().x()));
}

void ScrubBar::mouseMoveEvent(QMouseEvent* event) {
    if (isSliderDown()) {
        setValue(frameAt(event->pos().x()));
    }
}

void ScrubBar::mouseReleaseEvent(QMouseEvent*) {
    if (isSliderDown()) {
        setSliderDown(false);
        m_player.setPlaying(m_playsAfterDrag);
    }
}

}  // namespace tessera::ui
