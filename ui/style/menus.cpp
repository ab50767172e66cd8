#include "ui/style/items.h"
#include "ui/style/paint.h"

#include <QStyleOptionMenuItem>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kMenuLeft = 34;
constexpr int kMenuRight = 28;
constexpr int kShortcutGap = 24;
constexpr int kSeparator = 9;
constexpr int kSignLeft = 9;

// The sign at the left: the icon, or the mark of a chosen item.
void drawMenuSign(QPainter& painter, const QStyleOptionMenuItem& option, const QColor& ink) {
    const Theme& theme = currentTheme();
    const QRect box(option.rect.left() + kSignLeft,
                    option.rect.top() + (option.rect.height() - measure::kSmallIcon) / 2,
                    measure::kSmallIcon,
                    measure::kSmallIcon);
    const bool isSelected = has(option, QStyle::State_Selected);
    if (!option.icon.isNull()) {
        if (option.checked && !isSelected) {
            drawBox(painter, QRectF(box).adjusted(-4, -4, 4, 4), theme.selection, {});
        }
        QIcon::Mode mode = isSelected || option.checked ? QIcon::Selected : QIcon::Normal;
        if (!has(option, QStyle::State_Enabled)) {
            mode = QIcon::Disabled;
        }
        option.icon.paint(&painter, box, Qt::AlignCenter, mode);
        return;
    }
    if (!option.checked) {
        return;
    }
    const PainterState state(painter);
    if (option.checkType == QStyleOptionMenuItem::Exclusive) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        painter.drawEllipse(QRectF(box).center(), 3.5, 3.5);
        return;
    }
    painter.setPen(QPen(ink, 2.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.translate(box.topLeft());
    const QPointF tick[] = {{3.5, 8.3}, {6.6, 11.4}, {12.5, 4.8}};
    painter.drawPolyline(tick, 3);
}

}  // namespace

QSize menuItemSize(const QStyleOptionMenuItem& option, QSize contents) {
    if (option.menuItemType == QStyleOptionMenuItem::Separator) {
        return {contents.width(), kSeparator};
    }
    const int gap = option.text.contains(QLatin1Char('\t')) ? kShortcutGap : 0;
    const int height = std::max(measure::kTableRow, option.fontMetrics.height() + 9);
    return {contents.width() + kMenuLeft + kMenuRight + gap, height};
}

void drawMenuItem(QPainter& painter, const QStyleOptionMenuItem& option) {
    const Theme& theme = currentTheme();
    if (option.menuItemType == QStyleOptionMenuItem::Separator) {
        const QRect box = option.rect;
        painter.fillRect(QRect(box.left(), box.center().y(), box.width(), 1), theme.border);
        return;
    }
    const bool isEnabled = has(option, QStyle::State_Enabled);
    const bool isSelected = has(option, QStyle::State_Selected) && isEnabled;
    if (isSelected) {
        painter.fillRect(option.rect, theme.selection);
    } else if (has(option, QStyle::State_Selected)) {
        painter.fillRect(option.rect, theme.hover);
    }
    QColor ink = isSelected ? theme.selectionText : theme.text;
    QColor second = isSelected ? theme.selectionText : theme.muted;
    if (!isEnabled) {
        ink = second = theme.disabled;
    }
    drawMenuSign(painter, option, ink);
    const PainterState state(painter);
    painter.setFont(option.font);
    constexpr int kFlags = Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextHideMnemonic;
    const QRect room = option.rect.adjusted(kMenuLeft, 0, -kMenuRight, 0);
    painter.setPen(ink);
    painter.drawText(room, kFlags | Qt::AlignLeft, option.text.section(QLatin1Char('\t'), 0, 0));
    const QString keys = option.text.section(QLatin1Char('\t'), 1);
    if (!keys.isEmpty()) {
        painter.setPen(second);
        painter.drawText(room.adjusted(0, 0, kMenuRight - 12, 0), kFlags | Qt::AlignRight, keys);
    }
    if (option.menuItemType == QStyleOptionMenuItem::SubMenu) {
        const QRect box(option.rect.right() - 24, option.rect.top(), 20, option.rect.height());
        drawIcon(painter, box, QStringLiteral("chevron-right"), measure::kSmallIcon, ink);
    }
}

void drawMenuBarItem(QPainter& painter, const QStyleOptionMenuItem& option) {
    const Theme& theme = currentTheme();
    const bool isEnabled = has(option, QStyle::State_Enabled);
    const bool isOpen = has(option, QStyle::State_Sunken);
    painter.fillRect(option.rect, theme.window);
    drawEdge(painter, option.rect, Qt::BottomEdge, theme.border);
    if (has(option, QStyle::State_Selected) && isEnabled) {
        painter.fillRect(option.rect.adjusted(0, 0, 0, -1), isOpen ? theme.pressed : theme.hover);
    }
    const PainterState state(painter);
    painter.setPen(isEnabled ? theme.text : theme.disabled);
    painter.drawText(
        option.rect, Qt::AlignCenter | Qt::TextSingleLine | Qt::TextHideMnemonic, option.text);
}

}  // namespace tessera::ui
