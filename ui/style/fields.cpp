#include "ui/style/fields.h"

#include "ui/style/icons.h"
#include "ui/style/paint.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QPlainTextEdit>
#include <QStyleOptionComboBox>
#include <QTextEdit>

namespace tessera::ui {
namespace {

constexpr int kTextInset = 9;
constexpr int kArrowRoom = 28;
constexpr int kSpinButtons = 20;

bool isTextEdit(const QWidget* widget) {
    return qobject_cast<const QPlainTextEdit*>(widget) != nullptr ||
           qobject_cast<const QTextEdit*>(widget) != nullptr;
}

bool isPopup(const QWidget* widget) {
    return widget != nullptr && widget->windowType() == Qt::Popup;
}

void drawStep(QPainter& painter,
              const QStyleOptionSpinBox& option,
              QStyle::SubControl part,
              QAbstractSpinBox::StepEnabledFlag step) {
    const Theme& theme = currentTheme();
    const QRect box = spinBoxRect(option, part);
    const bool canStep = has(option, QStyle::State_Enabled) && option.stepEnabled.testFlag(step);
    if (canStep && option.activeSubControls.testFlag(part)) {
        const bool isPressed = has(option, QStyle::State_Sunken);
        painter.fillRect(box, isPressed ? theme.pressed : theme.hover);
    }
    drawTriangle(
        painter, box, part == QStyle::SC_SpinBoxUp, canStep ? theme.muted : theme.disabled);
}

}  // namespace

QRect comboBoxRect(const QStyleOptionComboBox& option, QStyle::SubControl part) {
    const QRect box = option.rect;
    QRect result = box;
    switch (part) {
        case QStyle::SC_ComboBoxArrow:
            result.setLeft(box.right() - kArrowRoom + 1);
            break;
        case QStyle::SC_ComboBoxEditField:
            // The line edit of an editable one brings its own margins.
            result.adjust(option.editable ? 1 : kTextInset, 2, -kArrowRoom, -2);
            break;
        default:
            break;
    }
    return QStyle::visualRect(option.direction, box, result);
}

QRect spinBoxRect(const QStyleOptionSpinBox& option, QStyle::SubControl part) {
    const QRect box = option.rect;
    const bool hasButtons = option.buttonSymbols != QAbstractSpinBox::NoButtons;
    const int buttons = hasButtons ? kSpinButtons : 0;
    const int left = box.right() - kSpinButtons;
    const int middle = box.top() + box.height() / 2;
    QRect result = box;
    switch (part) {
        case QStyle::SC_SpinBoxUp:
            result = hasButtons
                         ? QRect(QPoint(left, box.top() + 2), QPoint(box.right() - 2, middle - 1))
                         : QRect();
            break;
        case QStyle::SC_SpinBoxDown:
            result = hasButtons ? QRect(QPoint(left, middle + 1),
                                        QPoint(box.right() - 2, box.bottom() - 2))
                                : QRect();
            break;
        case QStyle::SC_SpinBoxEditField:
            result.adjust(1, 2, -buttons - 2, -2);
            break;
        default:
            break;
    }
    return QStyle::visualRect(option.direction, box, result);
}

QSize comboBoxSize(QSize contents, const QWidget* widget) {
    return {contents.width() + kTextInset + kArrowRoom, controlHeight(widget)};
}

QSize spinBoxSize(QSize contents, const QWidget* widget) {
    return {contents.width() + 2 * kTextInset + kSpinButtons, controlHeight(widget)};
}

void drawLineEdit(QPainter& painter, const QStyleOptionFrame& option, const QWidget* widget) {
    // The one inside of a spin box or combo box lies on its owner's ground.
    if (option.lineWidth > 0) {
        drawField(painter, option, widget, currentTheme().base);
    }
}

void drawComboBox(QPainter& painter, const QStyleOptionComboBox& option, const QWidget* widget) {
    const Theme& theme = currentTheme();
    const bool isEnabled = has(option, QStyle::State_Enabled);
    QColor ground = option.editable ? theme.base : theme.raised;
    if (!option.editable && has(option, QStyle::State_MouseOver)) {
        ground = theme.hover;
    }
    if (option.frame) {
        drawField(painter, option, widget, ground);
    }
    const QRect arrow = comboBoxRect(option, QStyle::SC_ComboBoxArrow);
    drawIcon(painter,
             arrow,
             QStringLiteral("chevron-down"),
             measure::kSmallIcon,
             isEnabled ? theme.muted : theme.disabled);
}

void drawComboBoxLabel(QPainter& painter, const QStyleOptionComboBox& option) {
    if (option.editable) {
        return;
    }
    const Theme& theme = currentTheme();
    const bool isEnabled = has(option, QStyle::State_Enabled);
    const PainterState state(painter);
    QRect room = comboBoxRect(option, QStyle::SC_ComboBoxEditField);
    if (!option.currentIcon.isNull()) {
        const QRect box(room.left(), room.top(), option.iconSize.width(), room.height());
        option.currentIcon.paint(
            &painter, box, Qt::AlignCenter, isEnabled ? QIcon::Normal : QIcon::Disabled);
        room.setLeft(box.right() + 1 + measure::kLabelGap);
    }
    painter.setPen(isEnabled ? theme.text : theme.disabled);
    const QString text =
        painter.fontMetrics().elidedText(option.currentText, Qt::ElideRight, room.width());
    painter.drawText(room, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, text);
}

void drawSpinBox(QPainter& painter, const QStyleOptionSpinBox& option, const QWidget* widget) {
    const Theme& theme = currentTheme();
    if (!option.frame) {
        return;
    }
    drawBox(
        painter, option.rect, has(option, QStyle::State_Enabled) ? theme.base : theme.panel, {});
    if (option.buttonSymbols != QAbstractSpinBox::NoButtons) {
        const QRect up = spinBoxRect(option, QStyle::SC_SpinBoxUp);
        const QRect down = spinBoxRect(option, QStyle::SC_SpinBoxDown);
        drawStep(painter, option, QStyle::SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled);
        drawStep(painter, option, QStyle::SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled);
        painter.fillRect(QRect(up.left() - 1, up.top() - 1, 1, option.rect.height() - 2),
                         theme.border);
        painter.fillRect(QRect(up.left(), down.top() - 1, up.width(), 1), theme.border);
    }
    drawFieldFrame(painter, option, widget);
}

void drawViewFrame(QPainter& painter, const QStyleOption& option, const QWidget* widget) {
    const Theme& theme = currentTheme();
    if (isTextEdit(widget)) {
        drawField(painter, option, widget, theme.base);
        return;
    }
    if (isPopup(widget)) {
        painter.fillRect(option.rect, theme.base);
        drawBox(painter, option.rect, {}, theme.outline, 0.0);
        return;
    }
    if (qobject_cast<const QAbstractItemView*>(widget) != nullptr) {
        drawBox(painter, option.rect, theme.base, {});
        const bool isMarked = has(option, QStyle::State_HasFocus) || isFaulty(widget);
        if (isMarked) {
            drawFieldFrame(painter, option, widget);
        } else {
            drawBox(painter, option.rect, {}, theme.border);
        }
        return;
    }
    drawBox(painter, option.rect, {}, theme.border, 0.0);
}

int viewFrameWidth(const QWidget* widget) {
    const bool takesFocus =
        isTextEdit(widget) || qobject_cast<const QAbstractItemView*>(widget) != nullptr;
    return takesFocus ? 2 : 1;
}

}  // namespace tessera::ui
