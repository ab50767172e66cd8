#include "ui/views/star_row.h"

#include "ui/style/style.h"
#include "ui/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tessera::ui {

namespace {

constexpr int kStars = 5;
constexpr int kStep = 24;  // also a target large enough to hit

QPainterPath star(const QPointF& centre, double radius) {
    constexpr int kPoints = 10;
    constexpr double kInner = 0.42;
    QPainterPath path;
    for (int i = 0; i < kPoints; ++i) {
        const double angle = std::numbers::pi * (2.0 * i / kPoints - 0.5);
        const double reach = i % 2 == 0 ? radius : radius * kInner;
        const QPointF point(centre.x() + reach * std::cos(angle),
                            centre.y() + reach * std::sin(angle));
        i == 0 ? path.moveTo(point) : path.lineTo(point);
    }
    path.closeSubpath();
    return path;
}

}  // namespace

StarRow::StarRow(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setRating(0);
}

void StarRow::setRating(int rating) {
    m_rating = std::clamp(rating, 0, kStars);
    setAccessibleName(m_rating == 0 ? tr("Rating: none")
                                    : tr("Rating: %1 of %2").arg(m_rating).arg(kStars));
    update();
}

QSize StarRow::sizeHint() const {
    return {kStars * kStep + 4, kStep + 4};
}

QSize StarRow::minimumSizeHint() const {
    return sizeHint();
}

void StarRow::paintEvent(QPaintEvent*) {
    const Theme& colours = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor ink = isEnabled() ? colours.icon : colours.disabled;
    for (int i = 0; i < kStars; ++i) {
        const QPointF centre(2 + kStep * i + kStep / 2.0, height() / 2.0 + 0.5);
        const bool isOn = i < (m_hovered > 0 ? m_hovered : m_rating);
        painter.setPen(QPen(isOn && isEnabled() ? colours.accent : ink, 1.5));
        painter.setBrush(isOn && isEnabled() ? QBrush(colours.accent) : QBrush());
        painter.drawPath(star(centre, 8.0));
    }
    if (hasFocus()) {
        painter.setPen(QPen(colours.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(1, 1, -1, -1), measure::kRadius, measure::kRadius);
    }
}

int StarRow::starAt(int x) const {
    return std::clamp((x - 2) / kStep + 1, 1, kStars);
}

// The star that is the rating already takes it away.
void StarRow::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        const int star = starAt(qRound(event->position().x()));
        rate(star == m_rating ? 0 : star);
    }
}

void StarRow::mouseMoveEvent(QMouseEvent* event) {
    m_hovered = isEnabled() ? starAt(qRound(event->position().x())) : 0;
    update();
}

void StarRow::leaveEvent(QEvent*) {
    m_hovered = 0;
    update();
}

void StarRow::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (key >= Qt::Key_0 && key <= Qt::Key_5) {
        rate(key - Qt::Key_0);
    } else if (key == Qt::Key_Left || key == Qt::Key_Right) {
        rate(std::clamp(m_rating + (key == Qt::Key_Right ? 1 : -1), 0, kStars));
    } else {
        QWidget::keyPressEvent(event);
    }
}

void StarRow::rate(int rating) {
    m_hovered = 0;
    if (rating != m_rating) {
        setRating(rating);
        Q_EMIT rated(m_rating);
    }
}

}  // namespace tessera::ui
