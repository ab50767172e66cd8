#include "ui/style/paint.h"

#include "ui/style/icons.h"

#include <QPaintDevice>
#include <QPainterPath>
#include <QVariant>
#include <QWidget>

namespace tessera::ui {

Look lookOf(const QWidget* widget) {
    const QVariant value = widget != nullptr ? widget->property("look") : QVariant();
    if (!value.isValid()) {
        return Look::Plain;
    }
    const QString word = value.toString();
    if (word == QLatin1String("primary")) {
        return Look::Primary;
    }
    if (word == QLatin1String("filled")) {
        return Look::Filled;
    }
    if (word == QLatin1String("small")) {
        return Look::Small;
    }
    if (word == QLatin1String("tool")) {
        return Look::Tool;
    }
    return word == QLatin1String("workspace") ? Look::Workspace : Look::Plain;
}

bool isFaulty(const QWidget* widget) {
    return widget != nullptr && widget->property("fault").toBool();
}

QColor surfaceOf(const QWidget* widget) {
    const QString word = widget != nullptr ? widget->property("surface").toString() : QString();
    const Theme& theme = currentTheme();
    if (word == QLatin1String("panel")) {
        return theme.panel;
    }
    if (word == QLatin1String("canvas")) {
        return theme.canvas;
    }
    if (word == QLatin1String("base")) {
        return theme.base;
    }
    return word == QLatin1String("window") ? theme.window : QColor();
}

void drawBox(
    QPainter& painter, const QRectF& box, const QColor& fill, const QColor& line, qreal radius) {
    const PainterState state(painter);
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter.setPen(line.isValid() ? QPen(line, 1.0) : QPen(Qt::NoPen));
    const qreal inset = line.isValid() ? 0.5 : 0.0;
    painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius);
}

void drawRing(
    QPainter& painter, const QRectF& box, const QColor& colour, qreal width, qreal radius) {
    const PainterState state(painter);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colour, width));
    const qreal inset = width / 2.0;
    painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius);
}

void drawFieldFrame(QPainter& painter, const QStyleOption& option, const QWidget* widget) {
    const Theme& theme = currentTheme();
    const bool isFocused = has(option, QStyle::State_HasFocus);
    const bool isFault = isFaulty(widget) && has(option, QStyle::State_Enabled);
    if (isFocused) {
        drawRing(painter, option.rect, theme.accent);
    }
    if (isFault) {
        const int inset = isFocused ? 2 : 0;
        const QRectF inside = QRectF(option.rect).adjusted(inset, inset, -inset, -inset);
        drawRing(
            painter, inside, theme.error, isFocused ? 1.0 : 2.0, isFocused ? 1 : measure::kRadius);
    }
    if (!isFocused && !isFault) {
        const bool isEnabled = has(option, QStyle::State_Enabled);
        drawBox(painter, option.rect, {}, isEnabled ? theme.outline : theme.border);
    }
}

void drawField(QPainter& painter,
               const QStyleOption& option,
               const QWidget* widget,
               const QColor& ground) {
    const bool isEnabled = has(option, QStyle::State_Enabled);
    drawBox(painter, option.rect, isEnabled ? ground : currentTheme().panel, {});
    drawFieldFrame(painter, option, widget);
}

void drawIcon(
    QPainter& painter, const QRect& box, const QString& name, int size, const QColor& colour) {
    const qreal ratio = painter.device()->devicePixelRatio();
    painter.drawPixmap(box.x() + (box.width() - size) / 2,
                       box.y() + (box.height() - size) / 2,
                       iconPixmap(name, size, colour, ratio));
}

void drawTriangle(QPainter& painter, const QRect& box, bool isUp, const QColor& colour) {
    const PainterState state(painter);
    const QPointF centre = QRectF(box).center();
    const qreal base = isUp ? 2.0 : -2.0;
    QPainterPath triangle(centre + QPointF(-3.5, base));
    triangle.lineTo(centre + QPointF(3.5, base));
    triangle.lineTo(centre + QPointF(0.0, -base));
    triangle.closeSubpath();
    painter.fillPath(triangle, colour);
}

void drawEdge(QPainter& painter, const QRect& box, Qt::Edge edge, const QColor& colour) {
    QRect line = box;
    switch (edge) {
        case Qt::TopEdge:
            line.setHeight(1);
            break;
        case Qt::BottomEdge:
            line.setTop(box.bottom());
            break;
        case Qt::LeftEdge:
            line.setWidth(1);
            break;
        case Qt::RightEdge:
            line.setLeft(box.right());
            break;
    }
    painter.fillRect(line, colour);
}

}  // namespace tessera::ui
