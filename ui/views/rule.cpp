#include "ui/views/rule.h"

#include "ui/theme.h"

#include <QPainter>

namespace tessera::ui {

Rule::Rule(Qt::Orientation orientation, QWidget* parent) : QWidget(parent) {
    if (orientation == Qt::Horizontal) {
        setFixedHeight(1);
    } else {
        setFixedWidth(1);
    }
}

void Rule::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), currentTheme().border);
}

}  // namespace tessera::ui
