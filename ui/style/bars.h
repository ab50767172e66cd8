#pragma once

// How sliders, progress bars and scroll bars are drawn. GUI thread.

#include <QRect>
#include <QStyle>

class QPainter;
class QStyleOptionProgressBar;
class QStyleOptionSlider;
class QWidget;

namespace tessera::ui {

QRect sliderRect(const QStyleOptionSlider& option, QStyle::SubControl part);
QRect scrollBarRect(const QStyleOptionSlider& option, QStyle::SubControl part);

void drawSlider(QPainter& painter, const QStyleOptionSlider& option);
void drawScrollBar(QPainter& painter, const QStyleOptionSlider& option);
void drawProgressBar(QPainter& painter, const QStyleOptionProgressBar& option);

}  // namespace tessera::ui
