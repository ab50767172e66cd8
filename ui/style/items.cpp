#include "ui/style/items.h"

#include "ui/style/fonts.h"
#include "ui/style/paint.h"

#include <QAbstractItemView>
#include <QHeaderView>
#include <QStyleOptionViewItem>
#include <QTableView>
#include <QTreeView>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kCellInset = 6;
constexpr int kTabPadding = 12;
constexpr int kMenuBarPadding = 11;
constexpr double kNonText = 3.0;  // WCAG 2, 1.4.11

const QHeaderView* columnsOf(const QAbstractItemView& view) {
    if (const auto* table = qobject_cast<const QTableView*>(&view)) {
        return table->horizontalHeader();
    }
    const auto* tree = qobject_cast<const QTreeView*>(&view);
    return tree != nullptr ? tree->header() : nullptr;
}

bool isCurrent(const QAbstractItemView& view, const QModelIndex& index) {
    const QModelIndex current = view.currentIndex();
    const bool isRow = view.selectionBehavior() == QAbstractItemView::SelectRows;
    return isRow ? current.row() == index.row() && current.parent() == index.parent()
                 : current == index;
}

// The visible column next to this one, to the left or right; -1 when it is the last.
int neighbour(const QHeaderView& columns, int column, int step) {
    for (int at = columns.visualIndex(column) + step; at >= 0 && at < columns.count(); at += step) {
        const int logical = columns.logicalIndex(at);
        if (!columns.isSectionHidden(logical)) {
            return logical;
        }
    }
    return -1;
}

// The focus ring of the current item; where rows are chosen it runs around the whole row, a piece
// in each cell.
void drawItemRing(QPainter& painter, const QStyleOptionViewItem& option, const QWidget* widget) {
    const auto* view = qobject_cast<const QAbstractItemView*>(widget);
    if (view == nullptr || !view->hasFocus() || !isCurrent(*view, option.index)) {
        return;
    }
    if (view->window()->windowType() == Qt::Popup) {
        return;  // a list of choices has nothing else that could have the focus
    }
    const Theme& theme = currentTheme();
    const bool isSelected = has(option, QStyle::State_Selected);
    const bool isSeen = !isSelected || contrastRatio(theme.accent, theme.selection) >= kNonText;
    const QColor ink = isSeen ? theme.accent : theme.selectionText;
    const QHeaderView* columns = columnsOf(*view);
    if (columns == nullptr || view->selectionBehavior() != QAbstractItemView::SelectRows) {
        drawRing(painter, option.rect, ink);
        return;
    }
    const QRect box = option.rect;
    painter.fillRect(QRect(box.left(), box.top(), box.width(), 2), ink);
    painter.fillRect(QRect(box.left(), box.bottom() - 1, box.width(), 2), ink);
    const int column = option.index.column();
    if (neighbour(*columns, column, -1) < 0) {
        painter.fillRect(QRect(box.left(), box.top(), 2, box.height()), ink);
    }
    if (neighbour(*columns, column, 1) < 0) {
        painter.fillRect(QRect(box.right() - 1, box.top(), 2, box.height()), ink);
    }
}

}  // namespace

QSize headerSize(const QStyleOptionHeader& option) {
    const QFontMetrics metrics(titleFont());
    const QSize text = metrics.size(0, option.text);
    int width = text.width() + 2 * kCellInset;
    if (!option.icon.isNull()) {
        width += measure::kSmallIcon + measure::kGrid;
    }
    if (option.sortIndicator != QStyleOptionHeader::None) {
        width += measure::kSmallIcon;
    }
    return {width, std::max(measure::kTableRow, text.height() + 8)};
}

QSize itemSize(QSize contents, const QWidget* widget) {
    const int text = widget != nullptr ? widget->fontMetrics().height() + 8 : 0;
    return {contents.width(), std::max({contents.height(), measure::kTableRow, text})};
}

QSize tabSize(const QStyleOptionTab& option, QSize contents, const QWidget* widget) {
    const int height = controlHeight(widget);
    const bool isUpright =
        option.shape == QTabBar::RoundedWest || option.shape == QTabBar::RoundedEast;
    return isUpright ? QSize(height, contents.height() + 2 * kTabPadding)
                     : QSize(contents.width() + 2 * kTabPadding, height);
}

QSize menuBarItemSize(QSize contents, const QWidget* widget) {
    return {contents.width() + 2 * kMenuBarPadding, controlHeight(widget)};
}

void drawItemGround(QPainter& painter, const QStyleOptionViewItem& option, const QWidget* widget) {
    const Theme& theme = currentTheme();
    const bool isTable = qobject_cast<const QTableView*>(widget) != nullptr;
    if (has(option, QStyle::State_Selected)) {
        const bool isEnabled = has(option, QStyle::State_Enabled);
        painter.fillRect(option.rect, isEnabled ? theme.selection : theme.pressed);
    } else if (option.backgroundBrush.style() != Qt::NoBrush) {
        painter.fillRect(option.rect, option.backgroundBrush);
    } else if (!isTable && has(option, QStyle::State_MouseOver) &&
               has(option, QStyle::State_Enabled)) {
        painter.fillRect(option.rect, theme.hover);
    }
    drawItemRing(painter, option, widget);
}

void drawBranch(QPainter& painter, const QStyleOption& option) {
    if (!has(option, QStyle::State_Children)) {
        return;
    }
    const Theme& theme = currentTheme();
    const QString name = has(option, QStyle::State_Open) ? QStringLiteral("chevron-down")
                                                         : QStringLiteral("chevron-right");
    const bool isSelected = has(option, QStyle::State_Selected);
    drawIcon(painter,
             option.rect,
             name,
             measure::kSmallIcon,
             isSelected ? theme.selectionText : theme.icon);
}

void drawHeaderSection(QPainter& painter, const QStyleOption& option) {
    const Theme& theme = currentTheme();
    const bool isHovered = has(option, QStyle::State_MouseOver);
    const bool isPressed = has(option, QStyle::State_Sunken);
    const QColor ground = isPressed ? theme.pressed : isHovered ? theme.hover : theme.panel;
    painter.fillRect(option.rect, ground);
    drawEdge(painter, option.rect, Qt::BottomEdge, theme.border);
}

void drawHeaderLabel(QPainter& painter, const QStyleOptionHeader& option) {
    const Theme& theme = currentTheme();
    const PainterState state(painter);
    QRect room = option.rect.adjusted(kCellInset, 0, -kCellInset, 0);
    painter.setFont(titleFont());
    const QFontMetrics metrics = painter.fontMetrics();
    if (option.sortIndicator != QStyleOptionHeader::None) {
        // In Qt "SortDown" points at the larger values below.
        const bool isUp = option.sortIndicator == QStyleOptionHeader::SortUp;
        const bool isRight = (option.textAlignment & Qt::AlignRight) != 0;
        const int text = metrics.horizontalAdvance(option.text);
        const int last = room.right() - measure::kSmallIcon;
        const int left =
            isRight ? std::max(room.left(), last - text) : std::min(room.left() + text, last);
        const QRect sign(left, room.top(), measure::kSmallIcon, room.height());
        drawTriangle(painter, sign, !isUp, theme.muted);
        if (isRight) {
            room.setLeft(sign.right());
        } else {
            room.setRight(left);
        }
    }
    if (!option.icon.isNull()) {
        const QRect box(room.left(), room.top(), measure::kSmallIcon, room.height());
        option.icon.paint(&painter, box);
        room.setLeft(box.right() + 1 + measure::kGrid);
    }
    const bool isEnabled = has(option, QStyle::State_Enabled);
    painter.setPen(isEnabled ? theme.muted : theme.disabled);
    const QString text = metrics.elidedText(option.text, Qt::ElideRight, room.width());
    const int across = static_cast<int>(option.textAlignment & Qt::AlignHorizontal_Mask);
    painter.drawText(room, across | Qt::AlignVCenter | Qt::TextSingleLine, text);
}

void drawTab(QPainter& painter, const QStyleOptionTab& option) {
    const Theme& theme = currentTheme();
    const bool isSelected = has(option, QStyle::State_Selected);
    if (!isSelected && has(option, QStyle::State_MouseOver) && has(option, QStyle::State_Enabled)) {
        drawBox(painter, option.rect, theme.hover, {});
    }
    if (isSelected) {
        const bool isBelow = option.shape == QTabBar::RoundedSouth;
        QRect line = option.rect;
        line.setHeight(2);
        if (!isBelow) {
            line.moveBottom(option.rect.bottom());
        }
        painter.fillRect(line, theme.accent);
    }
    if (has(option, QStyle::State_HasFocus)) {
        drawRing(painter, option.rect, theme.accent);
    }
}

void drawTabLabel(QPainter& painter,
                  const QStyleOptionTab& option,
                  const QStyle& style,
                  const QWidget* widget) {
    const Theme& theme = currentTheme();
    QRect room = style.subElementRect(QStyle::SE_TabBarTabText, &option, widget);
    const PainterState state(painter);
    if (!option.icon.isNull()) {
        const QRect box(room.left() - measure::kSmallIcon - measure::kGrid,
                        room.top(),
                        measure::kSmallIcon,
                        room.height());
        option.icon.paint(&painter, box);
    }
    QColor ink = has(option, QStyle::State_Selected) ? theme.text : theme.muted;
    if (!has(option, QStyle::State_Enabled)) {
        ink = theme.disabled;
    }
    painter.setPen(ink);
    painter.drawText(
        room, Qt::AlignCenter | Qt::TextSingleLine | Qt::TextHideMnemonic, option.text);
}

}  // namespace tessera::ui
