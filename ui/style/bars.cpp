#include "ui/style/bars.h"

#include "ui/style/paint.h"

#include <QPainterPath>
#include <QSlider>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kGroove = 4;
constexpr int kKnob = 14;
constexpr int kTick = 4;
constexpr int kTickGap = 3;
constexpr int kScrollKnob = 6;
constexpr int kMinScrollKnob = 24;
constexpr int kProgress = 8;
constexpr qreal kProgressRadius = 2.0;

QRect centred(const QRect& room, QSize size) {
    return {room.x() + (room.width() - size.width()) / 2,
            room.y() + (room.height() - size.height()) / 2,
            size.width(),
            size.height()};
}

QRect sliderKnob(const QStyleOptionSlider& option) {
    const bool isHorizontal = option.orientation == Qt::Horizontal;
    const int length = isHorizontal ? option.rect.width() : option.rect.height();
    const int at = QStyle::sliderPositionFromValue(option.minimum,
                                                   option.maximum,
                                                   option.sliderPosition,
                                                   std::max(0, length - kKnob),
                                                   option.upsideDown);
    QRect knob = centred(option.rect, {kKnob, kKnob});
    if (isHorizontal) {
        knob.moveLeft(option.rect.left() + at);
    } else {
        knob.moveTop(option.rect.top() + at);
    }
    return knob;
}

void drawTicks(QPainter& painter, const QStyleOptionSlider& option) {
    const int step = option.tickInterval > 0 ? option.tickInterval : option.pageStep;
    if (option.tickPosition == QSlider::NoTicks || step <= 0) {
        return;
    }
    const QRect knob = sliderKnob(option);
    const int room = option.rect.width() - kKnob;
    for (int value = option.minimum; value <= option.maximum; value += step) {
        const int x = option.rect.left() + kKnob / 2 +
                      QStyle::sliderPositionFromValue(
                          option.minimum, option.maximum, value, room, option.upsideDown);
        if (option.tickPosition & QSlider::TicksBelow) {
            painter.fillRect(QRect(x, knob.center().y() + kGroove + kTickGap, 1, kTick),
                             currentTheme().outline);
        }
        if (option.tickPosition & QSlider::TicksAbove) {
            painter.fillRect(QRect(x, knob.center().y() - kGroove - kTickGap - kTick, 1, kTick),
                             currentTheme().outline);
        }
    }
}

}  // namespace

QRect sliderRect(const QStyleOptionSlider& option, QStyle::SubControl part) {
    if (part == QStyle::SC_SliderHandle) {
        return sliderKnob(option);
    }
    const bool isHorizontal = option.orientation == Qt::Horizontal;
    return centred(
        option.rect,
        isHorizontal ? QSize(option.rect.width(), kGroove) : QSize(kGroove, option.rect.height()));
}

void drawSlider(QPainter& painter, const QStyleOptionSlider& option) {
    const Theme& theme = currentTheme();
    const bool isEnabled = has(option, QStyle::State_Enabled);
    const QRect groove = sliderRect(option, QStyle::SC_SliderGroove);
    const QRect knob = sliderKnob(option);
    const QColor ink = isEnabled ? theme.accent : theme.disabled;
    drawBox(painter, groove, theme.border, {}, kGroove / 2.0);
    QRect filled = groove;
    if (option.orientation == Qt::Horizontal) {
        if (option.upsideDown) {
            filled.setLeft(knob.center().x());
        } else {
            filled.setRight(knob.center().x());
        }
    } else if (option.upsideDown) {
        filled.setTop(knob.center().y());
    } else {
        filled.setBottom(knob.center().y());
    }
    drawBox(painter, filled, ink, {}, kGroove / 2.0);
    if (option.orientation == Qt::Horizontal) {
        drawTicks(painter, option);
    }
    QColor ground = theme.raised;
    if (!isEnabled) {
        ground = theme.panel;
    } else if (has(option, QStyle::State_Sunken)) {
        ground = theme.pressed;
    } else if (has(option, QStyle::State_MouseOver)) {
        ground = theme.hover;
    }
    drawBox(painter, knob, ground, {}, kKnob / 2.0);
    drawRing(painter, knob, ink, 2.0, (kKnob - 2) / 2.0);
    if (has(option, QStyle::State_HasFocus)) {
        const QRectF around = QRectF(knob).adjusted(-3, -3, 3, 3);
        drawRing(painter, around, theme.accent, 2.0, around.width() / 2.0);
    }
}

QRect scrollBarRect(const QStyleOptionSlider& option, QStyle::SubControl part) {
    const QRect box = option.rect;
    const bool isHorizontal = option.orientation == Qt::Horizontal;
    const int length = isHorizontal ? box.width() : box.height();
    int knob = length;
    const qint64 range = qint64{option.maximum} - option.minimum;
    if (range > 0) {
        knob = static_cast<int>(qint64{option.pageStep} * length / (range + option.pageStep));
        knob = std::clamp(knob, std::min(kMinScrollKnob, length), length);
    }
    const int at = QStyle::sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, length - knob, option.upsideDown);
    const auto slice = [&](int from, int count) {
        return isHorizontal ? QRect(box.left() + from, box.top(), count, box.height())
                            : QRect(box.left(), box.top() + from, box.width(), count);
    };
    switch (part) {
        case QStyle::SC_ScrollBarSlider:
            return slice(at, knob);
        case QStyle::SC_ScrollBarSubPage:
            return slice(0, at);
        case QStyle::SC_ScrollBarAddPage:
            return slice(at + knob, length - at - knob);
        case QStyle::SC_ScrollBarGroove:
            return box;
        default:
            return {};
    }
}

void drawScrollBar(QPainter& painter, const QStyleOptionSlider& option) {
    if (option.maximum <= option.minimum) {
        return;
    }
    const Theme& theme = currentTheme();
    const QRect room = scrollBarRect(option, QStyle::SC_ScrollBarSlider);
    const bool isHorizontal = option.orientation == Qt::Horizontal;
    const QRect knob = centred(room,
                               isHorizontal ? QSize(room.width() - 4, kScrollKnob)
                                            : QSize(kScrollKnob, room.height() - 4));
    const bool isActive = option.activeSubControls.testFlag(QStyle::SC_ScrollBarSlider) &&
                          (option.state & (QStyle::State_MouseOver | QStyle::State_Sunken)) != 0;
    drawBox(painter, knob, isActive ? theme.muted : theme.outline, {}, kScrollKnob / 2.0);
}

void drawProgressBar(QPainter& painter, const QStyleOptionProgressBar& option) {
    const Theme& theme = currentTheme();
    const bool isEnabled = has(option, QStyle::State_Enabled);
    const QRect box = centred(option.rect, {option.rect.width(), kProgress});
    drawBox(painter, box, theme.base, isEnabled ? theme.outline : theme.border, kProgressRadius);
    const qint64 range = qint64{option.maximum} - option.minimum;
    const qint64 done = qint64{option.progress} - option.minimum;
    if (range <= 0 || done <= 0) {
        return;  // nothing known: an empty bar, and words beside it
    }
    QRect filled = box;
    filled.setWidth(static_cast<int>(box.width() * std::min(done, range) / range));
    if (option.invertedAppearance) {
        filled.moveRight(box.right());
    }
    const PainterState state(painter);
    QPainterPath shape;
    shape.addRoundedRect(box, kProgressRadius, kProgressRadius);
    painter.setClipRect(filled);
    painter.fillPath(shape, isEnabled ? theme.accent : theme.disabled);
}

}  // namespace tessera::ui
