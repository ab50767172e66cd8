#include "ui/style/bars.h"
#include "ui/style/buttons.h"
#include "ui/style/fields.h"
#include "ui/style/fonts.h"
#include "ui/style/items.h"
#include "ui/style/paint.h"
#include "ui/style/style.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QFrame>
#include <QPushButton>
#include <QRadioButton>
#include <QSlider>
#include <QStyleOptionFrame>
#include <QTabBar>
#include <QToolButton>

namespace tessera::ui {
namespace {

void drawSurface(QPainter& painter, const QStyleOption& option, const QWidget* widget) {
    QColor ground = surfaceOf(widget);
    if (!ground.isValid() && qobject_cast<const QDialog*>(widget) != nullptr) {
        ground = currentTheme().panel;
    }
    if (ground.isValid()) {
        painter.fillRect(option.rect, ground);
    }
}

void drawTip(QPainter& painter, const QStyleOption& option) {
    const Theme& theme = currentTheme();
    painter.fillRect(option.rect, theme.tooltip);
    drawBox(painter, option.rect, {}, theme.outline, 0.0);
}

void drawSeparator(QPainter& painter, const QStyleOption& option) {
    const QRect box = option.rect;
    if (has(option, QStyle::State_Horizontal)) {
        painter.fillRect(QRect(box.center().x(), box.top() + 4, 1, box.height() - 8),
                         currentTheme().border);
    } else {
        painter.fillRect(QRect(box.left() + 4, box.center().y(), box.width() - 8, 1),
                         currentTheme().border);
    }
}

void drawArrow(QPainter& painter, const QStyleOption& option, const char* name) {
    const bool isEnabled = has(option, QStyle::State_Enabled);
    const Theme& theme = currentTheme();
    drawIcon(painter,
             option.rect,
             QString::fromLatin1(name),
             measure::kSmallIcon,
             isEnabled ? theme.icon : theme.disabled);
}

// What Fusion draws and this style leaves out.
bool isLeftOut(QStyle::PrimitiveElement element) {
    switch (element) {
        case QStyle::PE_IndicatorDockWidgetResizeHandle:
        case QStyle::PE_PanelMenuBar:
        case QStyle::PE_PanelToolBar:
        case QStyle::PE_IndicatorToolBarHandle:
        case QStyle::PE_FrameStatusBarItem:
        case QStyle::PE_FrameButtonBevel:
        case QStyle::PE_FrameDefaultButton:
        case QStyle::PE_PanelScrollAreaCorner:
        case QStyle::PE_FrameTabBarBase:
        case QStyle::PE_IndicatorHeaderArrow:
            return true;
        default:
            return false;
    }
}

bool isLeftOut(QStyle::ControlElement element) {
    switch (element) {
        case QStyle::CE_ToolBar:
        case QStyle::CE_Splitter:
        case QStyle::CE_SizeGrip:
        case QStyle::CE_ProgressBarLabel:
        case QStyle::CE_MenuEmptyArea:
        case QStyle::CE_MenuHMargin:
        case QStyle::CE_MenuVMargin:
        case QStyle::CE_MenuTearoff:
            return true;
        default:
            return false;
    }
}

// Lines of QFrame; other frames go to the primitives.
bool drawShapedFrame(QPainter& painter, const QStyleOption& option) {
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(&option);
    if (frame == nullptr) {
        return false;
    }
    const QRect box = option.rect;
    switch (frame->frameShape) {
        case QFrame::HLine:
            painter.fillRect(QRect(box.left(), box.center().y(), box.width(), 1),
                             currentTheme().border);
            return true;
        case QFrame::VLine:
            painter.fillRect(QRect(box.center().x(), box.top(), 1, box.height()),
                             currentTheme().border);
            return true;
        default:
            return false;
    }
}

bool drawMenuPart(QPainter& painter, QStyle::PrimitiveElement element, const QStyleOption& option) {
    const Theme& theme = currentTheme();
    switch (element) {
        case QStyle::PE_PanelMenu:
            painter.fillRect(option.rect, theme.panel);
            return true;
        case QStyle::PE_FrameMenu:
            drawBox(painter, option.rect, {}, theme.outline, 0.0);
            return true;
        case QStyle::PE_PanelStatusBar:
        case QStyle::PE_FrameTabWidget:
            drawEdge(painter, option.rect, Qt::TopEdge, theme.border);
            return true;
        case QStyle::PE_FrameDockWidget:
            drawBox(painter, option.rect, {}, theme.border, 0.0);
            return true;
        case QStyle::PE_FrameGroupBox:
            drawBox(painter, option.rect, {}, theme.border);
            return true;
        case QStyle::PE_IndicatorToolBarSeparator:
            drawSeparator(painter, option);
            return true;
        case QStyle::PE_PanelTipLabel:
            drawTip(painter, option);
            return true;
        default:
            return false;
    }
}

bool drawSign(QPainter& painter, QStyle::PrimitiveElement element, const QStyleOption& option) {
    switch (element) {
        case QStyle::PE_IndicatorCheckBox:
        case QStyle::PE_IndicatorItemViewItemCheck:
            drawCheckBox(painter, option);
            return true;
        case QStyle::PE_IndicatorRadioButton:
            drawRadioButton(painter, option);
            return true;
        case QStyle::PE_IndicatorBranch:
            drawBranch(painter, option);
            return true;
        case QStyle::PE_IndicatorArrowDown:
            drawArrow(painter, option, "chevron-down");
            return true;
        case QStyle::PE_IndicatorArrowRight:
            drawArrow(painter, option, "chevron-right");
            return true;
        case QStyle::PE_IndicatorTabClose:
            drawArrow(painter, option, "dock-close");
            return true;
        default:
            return false;
    }
}

// Rows, push buttons, combo boxes, tabs and sliders have their ring from their own drawing.
bool drawsOwnRing(const QWidget* widget) {
    return qobject_cast<const QAbstractItemView*>(widget) != nullptr ||
           qobject_cast<const QPushButton*>(widget) != nullptr ||
           qobject_cast<const QToolButton*>(widget) != nullptr ||
           qobject_cast<const QComboBox*>(widget) != nullptr ||
           qobject_cast<const QTabBar*>(widget) != nullptr ||
           qobject_cast<const QSlider*>(widget) != nullptr;
}

// Qt puts the ring of a check box tightly around its words.
QRect ringRect(const QStyleOption& option, const QWidget* widget) {
    const bool isCheck = qobject_cast<const QCheckBox*>(widget) != nullptr ||
                         qobject_cast<const QRadioButton*>(widget) != nullptr;
    return isCheck ? option.rect.adjusted(-kCheckRingRoom / 2, -2, kCheckRingRoom, 2)
                         .intersected(widget->rect())
                   : option.rect;
}

// The ground of a row: alternating, or selected where the row has no item.
void drawRow(QPainter& painter, const QStyleOptionViewItem& option) {
    const Theme& theme = currentTheme();
    if (has(option, QStyle::State_Selected)) {
        const bool isEnabled = has(option, QStyle::State_Enabled);
        painter.fillRect(option.rect, isEnabled ? theme.selection : theme.pressed);
    } else if (option.features.testFlag(QStyleOptionViewItem::Alternate)) {
        painter.fillRect(option.rect, theme.alternate);
    }
}

}  // namespace

void Style::drawPrimitive(PrimitiveElement element,
                          const QStyleOption* option,
                          QPainter* painter,
                          const QWidget* widget) const {
    if (isLeftOut(element) || drawMenuPart(*painter, element, *option) ||
        drawSign(*painter, element, *option)) {
        return;
    }
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
    const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
    if (element == PE_Widget) {
        drawSurface(*painter, *option, widget);
    } else if (element == PE_PanelButtonCommand && button != nullptr) {
        drawPushButton(*painter, *button, widget);
    } else if (element == PE_PanelLineEdit && frame != nullptr) {
        drawLineEdit(*painter, *frame, widget);
    } else if (element == PE_FrameLineEdit) {
        drawFieldFrame(*painter, *option, widget);
    } else if (element == PE_Frame) {
        drawViewFrame(*painter, *option, widget);
    } else if (element == PE_PanelItemViewItem && item != nullptr) {
        drawItemGround(*painter, *item, widget);
    } else if (element == PE_PanelItemViewRow && item != nullptr) {
        drawRow(*painter, *item);
    } else if (element == PE_FrameFocusRect) {
        if (!drawsOwnRing(widget)) {
            drawRing(*painter, ringRect(*option, widget), currentTheme().accent);
        }
    } else {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawControl(ControlElement element,
                        const QStyleOption* option,
                        QPainter* painter,
                        const QWidget* widget) const {
    if (isLeftOut(element) || (element == CE_ShapedFrame && drawShapedFrame(*painter, *option))) {
        return;
    }
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
    const auto* menu = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
    const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option);
    const auto* progress = qstyleoption_cast<const QStyleOptionProgressBar*>(option);
    if (element == CE_PushButtonBevel && button != nullptr) {
        drawPushButton(*painter, *button, widget);
    } else if (element == CE_PushButtonLabel && button != nullptr) {
        drawPushButtonLabel(*painter, *button, widget);
    } else if (element == CE_ComboBoxLabel && combo != nullptr) {
        drawComboBoxLabel(*painter, *combo);
    } else if (element == CE_HeaderSection || element == CE_HeaderEmptyArea) {
        drawHeaderSection(*painter, *option);
    } else if (element == CE_Header && header != nullptr) {
        // As a whole: Qt would place the label by margins of its own.
        drawHeaderSection(*painter, *header);
        drawHeaderLabel(*painter, *header);
    } else if (element == CE_HeaderLabel && header != nullptr) {
        drawHeaderLabel(*painter, *header);
    } else if (element == CE_MenuItem && menu != nullptr) {
        drawMenuItem(*painter, *menu);
    } else if (element == CE_MenuBarItem && menu != nullptr) {
        drawMenuBarItem(*painter, *menu);
    } else if (element == CE_MenuBarEmptyArea) {
        painter->fillRect(option->rect, currentTheme().window);
        drawEdge(*painter, option->rect, Qt::BottomEdge, currentTheme().border);
    } else if (element == CE_TabBarTabShape && tab != nullptr) {
        drawTab(*painter, *tab);
    } else if (element == CE_TabBarTabLabel && tab != nullptr) {
        drawTabLabel(*painter, *tab, *this, widget);
    } else if (element == CE_ProgressBar && progress != nullptr) {
        drawProgressBar(*painter, *progress);
    } else if (element == CE_RubberBand) {
        QColor fill = currentTheme().accent;
        fill.setAlpha(40);
        drawBox(*painter, option->rect, fill, currentTheme().accent, 0.0);
    } else {
        QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void Style::drawComplexControl(ComplexControl control,
                               const QStyleOptionComplex* option,
                               QPainter* painter,
                               const QWidget* widget) const {
    const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option);
    const auto* tool = qstyleoption_cast<const QStyleOptionToolButton*>(option);
    if (control == CC_Slider && slider != nullptr) {
        drawSlider(*painter, *slider);
    } else if (control == CC_ScrollBar && slider != nullptr) {
        drawScrollBar(*painter, *slider);
    } else if (control == CC_ComboBox && combo != nullptr) {
        drawComboBox(*painter, *combo, widget);
    } else if (control == CC_SpinBox && spin != nullptr) {
        drawSpinBox(*painter, *spin, widget);
    } else if (control == CC_ToolButton && tool != nullptr) {
        drawToolButton(*painter, *tool, *this, widget);
    } else {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

QRect Style::subControlRect(ComplexControl control,
                            const QStyleOptionComplex* option,
                            SubControl part,
                            const QWidget* widget) const {
    const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option);
    const bool isSliderPart = part == SC_SliderHandle || part == SC_SliderGroove;
    if (control == CC_Slider && slider != nullptr && isSliderPart) {
        return sliderRect(*slider, part);
    }
    if (control == CC_ScrollBar && slider != nullptr) {
        return scrollBarRect(*slider, part);
    }
    if (control == CC_ComboBox && combo != nullptr) {
        return comboBoxRect(*combo, part);
    }
    if (control == CC_SpinBox && spin != nullptr) {
        return spinBoxRect(*spin, part);
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

}  // namespace tessera::ui
