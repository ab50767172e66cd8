#pragma once

// What the parts of the style share: what a widget says about itself, boxes, rings and small signs.
// GUI thread.

#include "ui/style/style.h"
#include "ui/theme.h"

#include <QColor>
#include <QPainter>
#include <QRect>
#include <QStyleOption>

namespace tessera::ui {

enum class Look { Plain, Primary, Filled, Small, Tool, Workspace };

Look lookOf(const QWidget* widget);
bool isFaulty(const QWidget* widget);

// The ground that the widget asked for; invalid when it asked for none.
QColor surfaceOf(const QWidget* widget);

inline bool has(const QStyleOption& option, QStyle::StateFlag flag) {
    return option.state.testFlag(flag);
}

// Saves the painter and turns antialiasing on, for as long as it lives.
class PainterState final {
public:
    explicit PainterState(QPainter& painter) : m_painter(painter) {
        m_painter.save();
        m_painter.setRenderHint(QPainter::Antialiasing);
    }

    ~PainterState() { m_painter.restore(); }

    PainterState(const PainterState&) = delete;
    PainterState& operator=(const PainterState&) = delete;

private:
    QPainter& m_painter;
};

// A rounded box; an invalid colour leaves that part out.
void drawBox(QPainter& painter,
             const QRectF& box,
             const QColor& fill,
             const QColor& line,
             qreal radius = measure::kRadius);

// A line of `width` just inside of the box.
void drawRing(QPainter& painter,
              const QRectF& box,
              const QColor& colour,
              qreal width = 2.0,
              qreal radius = measure::kRadius);

// The outline of an input: its focus ring, and inside of that its error.
void drawFieldFrame(QPainter& painter, const QStyleOption& option, const QWidget* widget);

// Ground and outline of an input.
void drawField(QPainter& painter,
               const QStyleOption& option,
               const QWidget* widget,
               const QColor& ground);

// An icon of the set in one colour, centred in the box.
void drawIcon(
    QPainter& painter, const QRect& box, const QString& name, int size, const QColor& colour);

// A filled triangle, 7 × 4, centred in the box.
void drawTriangle(QPainter& painter, const QRect& box, bool isUp, const QColor& colour);

// A line of one pixel along an edge of the box.
void drawEdge(QPainter& painter, const QRect& box, Qt::Edge edge, const QColor& colour);

}  // namespace tessera::ui
