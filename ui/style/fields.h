#pragma once

// How inputs are drawn: line edits, text edits, combo boxes, spin boxes, and the frames around
// views. GUI thread.

#include <QRect>
#include <QSize>
#include <QStyle>

class QPainter;
class QStyleOption;
class QStyleOptionComboBox;
class QStyleOptionFrame;
class QStyleOptionSpinBox;
class QWidget;

namespace tessera::ui {

QRect comboBoxRect(const QStyleOptionComboBox& option, QStyle::SubControl part);
QRect spinBoxRect(const QStyleOptionSpinBox& option, QStyle::SubControl part);
QSize comboBoxSize(QSize contents, const QWidget* widget);
QSize spinBoxSize(QSize contents, const QWidget* widget);

void drawLineEdit(QPainter& painter, const QStyleOptionFrame& option, const QWidget* widget);
void drawComboBox(QPainter& painter, const QStyleOptionComboBox& option, const QWidget* widget);
void drawComboBoxLabel(QPainter& painter, const QStyleOptionComboBox& option);
void drawSpinBox(QPainter& painter, const QStyleOptionSpinBox& option, const QWidget* widget);

// The frame of a text edit, of a view, or of a plain panel.
void drawViewFrame(QPainter& painter, const QStyleOption& option, const QWidget* widget);

// Width of that frame: wide enough for a focus ring where there can be one.
int viewFrameWidth(const QWidget* widget);

}  // namespace tessera::ui
