#pragma once

// How rows, headers, tabs, menus and the signs of trees are drawn. GUI thread.

#include <QSize>

class QPainter;
class QStyle;
class QStyleOption;
class QStyleOptionHeader;
class QStyleOptionMenuItem;
class QStyleOptionTab;
class QStyleOptionViewItem;
class QWidget;

namespace tessera::ui {

QSize headerSize(const QStyleOptionHeader& option);
QSize menuItemSize(const QStyleOptionMenuItem& option, QSize contents);
QSize menuBarItemSize(QSize contents, const QWidget* widget);
QSize tabSize(const QStyleOptionTab& option, QSize contents, const QWidget* widget);
QSize itemSize(QSize contents, const QWidget* widget);

void drawItemGround(QPainter& painter, const QStyleOptionViewItem& option, const QWidget* widget);
void drawBranch(QPainter& painter, const QStyleOption& option);
void drawHeaderSection(QPainter& painter, const QStyleOption& option);
void drawHeaderLabel(QPainter& painter, const QStyleOptionHeader& option);
void drawMenuItem(QPainter& painter, const QStyleOptionMenuItem& option);
void drawMenuBarItem(QPainter& painter, const QStyleOptionMenuItem& option);
void drawTab(QPainter& painter, const QStyleOptionTab& option);
void drawTabLabel(QPainter& painter,
                  const QStyleOptionTab& option,
                  const QStyle& style,
                  const QWidget* widget);

}  // namespace tessera::ui
