#pragma once

// How push buttons, tool buttons, check boxes and radio buttons are drawn and how large they are.
// GUI thread.

#include <QSize>

class QPainter;
class QStyle;
class QStyleOption;
class QStyleOptionButton;
class QStyleOptionToolButton;
class QWidget;

namespace tessera::ui {

// Between the words of a check box or radio button and the ring around them.
inline constexpr int kCheckRingRoom = 6;

QSize pushButtonSize(const QStyleOptionButton& option, QSize contents, const QWidget* widget);
QSize toolButtonSize(const QStyleOptionToolButton& option, QSize contents, const QWidget* widget);

void drawPushButton(QPainter& painter, const QStyleOptionButton& option, const QWidget* widget);
void drawPushButtonLabel(QPainter& painter,
                         const QStyleOptionButton& option,
                         const QWidget* widget);
void drawToolButton(QPainter& painter,
                    const QStyleOptionToolButton& option,
                    const QStyle& style,
                    const QWidget* widget);
void drawCheckBox(QPainter& painter, const QStyleOption& option);
void drawRadioButton(QPainter& painter, const QStyleOption& option);

}  // namespace tessera::ui
