#include "ui/actions/key_cap.h"

#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QPainter>

namespace tessera::ui {
namespace {

constexpr int kPadding = 6;

int capHeight(const QFontMetrics& metrics) {
    return metrics.height() + 4;
}

void drawCap(QPainter& painter, const QRect& cap, const QString& keys, const QColor& ink) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(currentTheme().border, 1.0));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(
        QRectF(cap).adjusted(0.5, 0.5, -0.5, -0.5), measure::kRadius, measure::kRadius);
    painter.setPen(ink);
    painter.drawText(cap, Qt::AlignCenter, keys);
    painter.restore();
}

QFont capFont() {
    QFont font = numberFont();
    font.setPointSizeF(captionFont().pointSizeF());
    return font;
}

}  // namespace

int drawKeyCap(QPainter& painter, const QRect& row, const QString& keys, const QColor& ink) {
    if (keys.isEmpty()) {
        return row.right();
    }
    painter.save();
    painter.setFont(capFont());
    const QFontMetrics metrics = painter.fontMetrics();
    const int width = metrics.horizontalAdvance(keys) + 2 * kPadding;
    const int height = capHeight(metrics);
    const QRect cap(row.right() - width + 1, row.center().y() - height / 2 + 1, width, height);
    drawCap(painter, cap, keys, ink);
    painter.restore();
    return cap.left();
}

KeyCap::KeyCap(QWidget* parent) : QLabel(parent) {
    setFont(capFont());
    setAlignment(Qt::AlignCenter);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize KeyCap::sizeHint() const {
    const QFontMetrics metrics = fontMetrics();
    return {metrics.horizontalAdvance(text()) + 2 * kPadding, capHeight(metrics)};
}

QSize KeyCap::minimumSizeHint() const {
    return sizeHint();
}

void KeyCap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(font());
    drawCap(painter, rect(), text(), currentTheme().muted);
}

}  // namespace tessera::ui
