#include "ui/widgets/icon_sign.h"

#include "ui/style/icons.h"

#include <QPainter>

namespace tessera::ui {

IconSign::IconSign(const QString& name, int size, QColor Theme::*colour, QWidget* parent)
    : QWidget(parent), m_name(name), m_size(size), m_colour(colour) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize IconSign::sizeHint() const {
    return {m_size, m_size};
}

QSize IconSign::minimumSizeHint() const {
    return sizeHint();
}

void IconSign::paintEvent(QPaintEvent*) {
    const Theme& theme = currentTheme();
    const QColor& colour = isEnabled() ? theme.*m_colour : theme.disabled;
    QPainter painter(this);
    painter.drawPixmap((width() - m_size) / 2,
                       (height() - m_size) / 2,
                       iconPixmap(m_name, m_size, colour, painter.device()->devicePixelRatio()));
}

}  // namespace tessera::ui
