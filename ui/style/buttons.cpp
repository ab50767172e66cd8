#include "ui/style/buttons.h"

#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/paint.h"

#include <QPainterPath>
#include <QStyleOptionButton>
#include <QWidget>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kPadding = 12;
constexpr int kSmallPadding = 9;
constexpr int kToolPadding = 5;
constexpr int kIconGap = 8;
constexpr int kCountedGap = 4;  // what QPushButton::sizeHint() counts between icon and text
constexpr int kMenuSign = 16;
constexpr int kUnderline = 2;
constexpr int kWorkspaceHeight = 36;

// A default button is filled unless it says that it is something else.
bool isFilled(const QStyleOptionButton& option, const QWidget* widget) {
    const Look look = lookOf(widget);
    return look == Look::Primary || look == Look::Filled ||
           (look == Look::Plain && option.features.testFlag(QStyleOptionButton::DefaultButton));
}

int buttonHeight(const QWidget* widget) {
    switch (lookOf(widget)) {
        case Look::Primary:
            return controlHeight(widget, measure::kPrimaryControl);
        case Look::Small:
            return smallControlHeight(widget);
        case Look::Workspace:
            return controlHeight(widget, kWorkspaceHeight);
        default:
            return controlHeight(widget);
    }
}

int paddingOf(Look look, bool hasText) {
    if (look == Look::Small) {
        return kSmallPadding;
    }
    return look == Look::Tool ? (hasText ? kIconGap : kToolPadding) : kPadding;
}

// Raised, hovered or pressed; without a valid colour where a flat button shows nothing.
QColor groundOf(const QStyleOption& option, bool isFlat) {
    const Theme& theme = currentTheme();
    if (!has(option, QStyle::State_Enabled)) {
        return isFlat ? QColor() : theme.panel;
    }
    if (has(option, QStyle::State_Sunken)) {
        return theme.pressed;
    }
    if (has(option, QStyle::State_On)) {
        return theme.selection;
    }
    if (has(option, QStyle::State_MouseOver)) {
        return theme.hover;
    }
    return isFlat ? QColor() : theme.raised;
}

void drawFilled(QPainter& painter, const QStyleOptionButton& option) {
    const Theme& theme = currentTheme();
    if (!has(option, QStyle::State_Enabled)) {
        drawBox(painter, option.rect, theme.panel, theme.border);
        return;
    }
    const bool isActive = (option.state & (QStyle::State_MouseOver | QStyle::State_Sunken)) != 0;
    const QColor fill = isActive ? theme.primaryHover : theme.primary;
    drawBox(painter, option.rect, fill, {});
    if (has(option, QStyle::State_HasFocus)) {
        // The ring and the fill are alike; a gap of the ground keeps them apart.
        drawRing(painter, option.rect, theme.accent);
        drawRing(painter, QRectF(option.rect).adjusted(2, 2, -2, -2), theme.panel, 1.0, 2.0);
    }
}

void drawWorkspaceButton(QPainter& painter, const QStyleOptionButton& option) {
    const Theme& theme = currentTheme();
    const bool isOn = has(option, QStyle::State_On);
    const bool isHovered =
        has(option, QStyle::State_MouseOver) && has(option, QStyle::State_Enabled);
    const PainterState state(painter);
    if (isOn || isHovered) {
        // Round at the top only: the button stands on the bar's lower edge.
        const QRectF box = option.rect;
        QPainterPath path;
        path.addRoundedRect(box.adjusted(0, 0, 0, measure::kWorkspaceRadius),
                            measure::kWorkspaceRadius,
                            measure::kWorkspaceRadius);
        painter.setClipRect(option.rect);
        painter.fillPath(path, isOn ? theme.raised : theme.hover);
    }
    if (isOn) {
        QRect line = option.rect;
        line.setTop(line.bottom() - kUnderline + 1);
        painter.fillRect(line, theme.accent);
    }
    if (has(option, QStyle::State_HasFocus)) {
        drawRing(painter, option.rect, theme.accent);
    }
}

struct Inks {
    QColor text;
    QColor icon;
};

Inks inksOf(const QStyleOptionButton& option, const QWidget* widget) {
    const Theme& theme = currentTheme();
    const bool isOn = has(option, QStyle::State_On);
    if (!has(option, QStyle::State_Enabled)) {
        return {theme.disabled, theme.disabled};
    }
    if (isFilled(option, widget)) {
        return {theme.primaryText, theme.primaryText};
    }
    if (lookOf(widget) == Look::Workspace) {
        return isOn ? Inks{theme.text, theme.accent} : Inks{theme.muted, theme.muted};
    }
    if (isOn && !has(option, QStyle::State_Sunken)) {
        return {theme.selectionText, theme.selectionText};
    }
    return {theme.text, theme.icon};
}

// An icon of ours takes the ink; a foreign one is drawn as it is.
void drawButtonIcon(QPainter& painter,
                    const QStyleOptionButton& option,
                    const QRect& box,
                    const QColor& ink) {
    const QString name = option.icon.name();
    if (!name.isEmpty() && hasIcon(name)) {
        drawIcon(painter, box, name, std::min(box.width(), box.height()), ink);
        return;
    }
    const bool isEnabled = has(option, QStyle::State_Enabled);
    option.icon.paint(&painter, box, Qt::AlignCenter, isEnabled ? QIcon::Normal : QIcon::Disabled);
}

}  // namespace

QSize pushButtonSize(const QStyleOptionButton& option, QSize contents, const QWidget* widget) {
    const Look look = lookOf(widget);
    const int height = buttonHeight(widget);
    if (option.text.isEmpty()) {
        return {std::max(option.iconSize.width() + 2 * kToolPadding, height), height};
    }
    int width = contents.width() + 2 * paddingOf(look, true);
    if (!option.icon.isNull()) {
        width += kIconGap - kCountedGap;
    }
    if (isFilled(option, widget) && widget != nullptr) {
        const QFontMetrics heavy(bold(widget->font()));
        width += std::max(0,
                          heavy.horizontalAdvance(option.text) -
                              option.fontMetrics.horizontalAdvance(option.text));
    }
    return {width, height};
}

QSize toolButtonSize(const QStyleOptionToolButton& option, QSize contents, const QWidget* widget) {
    const bool hasText = !option.text.isEmpty() && option.toolButtonStyle != Qt::ToolButtonIconOnly;
    const int padding = paddingOf(Look::Tool, hasText);
    const int height = std::max(controlHeight(widget), contents.height() + 2 * kToolPadding);
    return {std::max(contents.width() + 2 * padding, measure::kControl), height};
}

void drawPushButton(QPainter& painter, const QStyleOptionButton& option, const QWidget* widget) {
    const Theme& theme = currentTheme();
    const Look look = lookOf(widget);
    if (look == Look::Workspace) {
        drawWorkspaceButton(painter, option);
        return;
    }
    if (isFilled(option, widget)) {
        drawFilled(painter, option);
        return;
    }
    const bool isFlat = look == Look::Tool || option.features.testFlag(QStyleOptionButton::Flat);
    const QColor ground = groundOf(option, isFlat);
    const QColor line = has(option, QStyle::State_Enabled) ? theme.outline : theme.border;
    drawBox(painter, option.rect, ground, isFlat ? QColor() : line);
    if (has(option, QStyle::State_HasFocus)) {
        drawRing(painter, option.rect, theme.accent);
    }
}

void drawPushButtonLabel(QPainter& painter,
                         const QStyleOptionButton& option,
                         const QWidget* widget) {
    const Inks inks = inksOf(option, widget);
    const PainterState state(painter);
    if (isFilled(option, widget) && has(option, QStyle::State_Enabled)) {
        painter.setFont(bold(painter.font()));
    }
    QRect room = option.rect;
    if (option.features.testFlag(QStyleOptionButton::HasMenu)) {
        const QRect sign(room.right() - kMenuSign - 3, room.top(), kMenuSign, room.height());
        drawIcon(painter, sign, QStringLiteral("chevron-down"), kMenuSign, inks.icon);
        room.setRight(sign.left());
    }
    const bool hasIcon = !option.icon.isNull();
    const bool hasText = !option.text.isEmpty();
    constexpr int kFlags = Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextHideMnemonic;
    const int textWidth = hasText ? painter.fontMetrics().size(kFlags, option.text).width() : 0;
    const int iconRoom = hasIcon ? option.iconSize.width() + (hasText ? kIconGap : 0) : 0;
    int left = room.left() + std::max(2, (room.width() - textWidth - iconRoom) / 2);
    if (hasIcon) {
        const QRect box(QPoint(left, room.top() + (room.height() - option.iconSize.height()) / 2),
                        option.iconSize);
        drawButtonIcon(painter, option, box, inks.icon);
        left += iconRoom;
    }
    if (hasText) {
        painter.setPen(inks.text);
        painter.drawText(room.adjusted(left - room.left(), 0, -2, 0), kFlags, option.text);
    }
}

void drawToolButton(QPainter& painter,
                    const QStyleOptionToolButton& option,
                    const QStyle& style,
                    const QWidget* widget) {
    const Theme& theme = currentTheme();
    const QColor ground = groundOf(option, true);
    if (ground.isValid()) {
        drawBox(painter, option.rect, ground, {});
    }
    QStyleOptionToolButton label = option;
    label.rect =
        style.subControlRect(QStyle::CC_ToolButton, &option, QStyle::SC_ToolButton, widget);
    if (has(option, QStyle::State_On) && has(option, QStyle::State_Enabled)) {
        label.palette.setColor(QPalette::ButtonText, theme.selectionText);
    }
    style.drawControl(QStyle::CE_ToolButtonLabel, &label, &painter, widget);
    const QColor sign = has(option, QStyle::State_Enabled) ? theme.icon : theme.disabled;
    if (option.features.testFlag(QStyleOptionToolButton::MenuButtonPopup)) {
        const QRect menu =
            style.subControlRect(QStyle::CC_ToolButton, &option, QStyle::SC_ToolButtonMenu, widget);
        drawIcon(painter, menu, QStringLiteral("chevron-down"), 12, sign);
    } else if (option.features.testFlag(QStyleOptionToolButton::HasMenu)) {
        const QRect corner(option.rect.right() - 8, option.rect.bottom() - 7, 8, 6);
        drawTriangle(painter, corner, false, sign);
    }
    if (has(option, QStyle::State_HasFocus)) {
        drawRing(painter, option.rect, theme.accent);
    }
}

void drawCheckBox(QPainter& painter, const QStyleOption& option) {
    const Theme& theme = currentTheme();
    const bool isEnabled = has(option, QStyle::State_Enabled);
    const bool isPartly = has(option, QStyle::State_NoChange);
    const bool isOn = has(option, QStyle::State_On) || isPartly;
    QColor ink = isEnabled ? theme.primaryText : theme.disabled;
    QColor ground = isEnabled ? theme.base : theme.panel;
    if (isOn && isEnabled) {
        ground = theme.primary;
    } else if (isEnabled && has(option, QStyle::State_MouseOver)) {
        ground = theme.hover;
    }
    QColor line = isEnabled ? theme.plotAxis : theme.border;
    if (isOn && isEnabled) {
        line = theme.primary;
    }
    if (isEnabled && has(option, QStyle::State_Selected)) {
        // In a selected row: high contrast has one colour for selection and fill.
        ground = QColor();
        line = ink = theme.selectionText;
    }
    const QRectF box = option.rect;
    drawBox(painter, box, ground, line);
    if (!isOn) {
        return;
    }
    const PainterState state(painter);
    painter.setPen(QPen(ink, 2.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.translate(box.topLeft());
    painter.scale(box.width() / 16.0, box.height() / 16.0);
    if (isPartly) {
        painter.drawLine(QPointF(4.5, 8.0), QPointF(11.5, 8.0));
    } else {
        const QPointF tick[] = {{4.0, 8.3}, {6.9, 11.2}, {12.0, 5.2}};
        painter.drawPolyline(tick, 3);
    }
}

void drawRadioButton(QPainter& painter, const QStyleOption& option) {
    const Theme& theme = currentTheme();
    const bool isEnabled = has(option, QStyle::State_Enabled);
    const bool isOn = has(option, QStyle::State_On);
    QColor ground = isEnabled ? theme.base : theme.panel;
    QColor line = isEnabled ? theme.plotAxis : theme.border;
    if (isOn && isEnabled) {
        ground = theme.primary;
        line = theme.primary;
    } else if (isEnabled && has(option, QStyle::State_MouseOver)) {
        ground = theme.hover;
    }
    const QRectF box = option.rect;
    drawBox(painter, box, ground, line, box.width() / 2.0);
    if (isOn) {
        const PainterState state(painter);
        painter.setPen(Qt::NoPen);
        painter.setBrush(isEnabled ? theme.primaryText : theme.disabled);
        painter.drawEllipse(box.center(), box.width() * 0.19, box.height() * 0.19);
    }
}

}  // namespace tessera::ui
