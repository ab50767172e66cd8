#include "ui/widgets/canvas_frame.h"

#include "ui/theme.h"

#include <QPainter>

namespace tessera::ui {

void CanvasFrame::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), currentTheme().panel);
    painter.setPen(currentTheme().border);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace tessera::ui
