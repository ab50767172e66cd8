#include "ui/style/fonts.h"

#include <QApplication>
#include <QFontDatabase>

namespace tessera::ui {
namespace {

constexpr double kPixelsPerPoint = 96.0 / 72.0;

// A user's font may be given in pixels instead of points.
QFont larger(QFont font, double points) {
    if (font.pointSizeF() > 0.0) {
        font.setPointSizeF(font.pointSizeF() + points);
    } else {
        font.setPixelSize(font.pixelSize() + qRound(points * kPixelsPerPoint));
    }
    return font;
}

// The fixed font in the size of the UI font.
QFont fixedFont() {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    const QFont body = bodyFont();
    if (body.pointSizeF() > 0.0) {
        font.setPointSizeF(body.pointSizeF());
    } else {
        font.setPixelSize(body.pixelSize());
    }
    return font;
}

}  // namespace

QFont bodyFont() {
    return QApplication::font();
}

QFont titleFont() {
    QFont font = larger(bodyFont(), -1.0);
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont tableFont() {
    return larger(bodyFont(), -1.0);
}

QFont captionFont() {
    return larger(bodyFont(), -1.5);
}

QFont numberFont() {
    return larger(fixedFont(), -1.0);
}

QFont bigNumberFont() {
    return larger(fixedFont(), 3.0);
}

QFont bold(QFont font) {
    font.setBold(true);
    return font;
}

}  // namespace tessera::ui
