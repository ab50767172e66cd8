#include "ui/style/style.h"

#include "ui/style/buttons.h"
#include "ui/style/fields.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/items.h"
#include "ui/style/paint.h"
#include "ui/style/polish.h"

#include <QApplication>
#include <QFrame>
#include <QIcon>
#include <QLineEdit>

#include <algorithm>
#include <optional>

namespace tessera::ui {
namespace {

constexpr int kTextRoom = 10;
constexpr int kSmallTextRoom = 6;

// Fusion's room for bevels, shifts and frames that this style does not draw.
bool isNothing(QStyle::PixelMetric metric) {
    switch (metric) {
        case QStyle::PM_ScrollView_ScrollBarSpacing:
        case QStyle::PM_ScrollView_ScrollBarOverlap:
        case QStyle::PM_MenuHMargin:
        case QStyle::PM_MenuBarPanelWidth:
        case QStyle::PM_MenuBarItemSpacing:
        case QStyle::PM_MenuBarHMargin:
        case QStyle::PM_MenuBarVMargin:
        case QStyle::PM_ButtonShiftHorizontal:
        case QStyle::PM_ButtonShiftVertical:
        case QStyle::PM_ButtonDefaultIndicator:
        case QStyle::PM_TabBarBaseHeight:
        case QStyle::PM_TabBarBaseOverlap:
        case QStyle::PM_TabBarTabShiftHorizontal:
        case QStyle::PM_TabBarTabShiftVertical:
        case QStyle::PM_ToolBarFrameWidth:
            return true;
        default:
            return false;
    }
}

std::optional<int> metricOf(QStyle::PixelMetric metric, const QWidget* widget) {
    switch (metric) {
        case QStyle::PM_ToolBarIconSize:
            return measure::kIcon;
        case QStyle::PM_ButtonIconSize:
        case QStyle::PM_SmallIconSize:
        case QStyle::PM_ListViewIconSize:
        case QStyle::PM_TabBarIconSize:
        case QStyle::PM_LineEditIconSize:
            return measure::kSmallIcon;
        case QStyle::PM_IndicatorWidth:
        case QStyle::PM_IndicatorHeight:
        case QStyle::PM_ExclusiveIndicatorWidth:
        case QStyle::PM_ExclusiveIndicatorHeight:
            return 16;
        case QStyle::PM_CheckBoxLabelSpacing:
        case QStyle::PM_RadioButtonLabelSpacing:
            return measure::kLabelGap;
        case QStyle::PM_SliderThickness:
        case QStyle::PM_SliderControlThickness:
            return 20;
        case QStyle::PM_SliderLength:
            return 14;
        case QStyle::PM_SplitterWidth:
        case QStyle::PM_DockWidgetSeparatorExtent:
            return measure::kGrid;
        case QStyle::PM_ScrollBarExtent:
            return 12;
        case QStyle::PM_ScrollBarSliderMin:
            return 24;
        case QStyle::PM_DefaultFrameWidth:
            return qobject_cast<const QLineEdit*>(widget) != nullptr ? 1 : viewFrameWidth(widget);
        case QStyle::PM_MenuButtonIndicator:
            return measure::kSmallIcon;
        case QStyle::PM_FocusFrameHMargin:
            return 5;  // a pixel is added to it: the text of a cell starts at 6
        case QStyle::PM_HeaderMargin:
        case QStyle::PM_ToolTipLabelFrameWidth:
            return 6;
        case QStyle::PM_TreeViewIndentation:
            return 20;
        case QStyle::PM_MenuVMargin:
            return measure::kGrid;
        case QStyle::PM_MenuPanelWidth:
        case QStyle::PM_DockWidgetFrameWidth:
            return 1;
        default:
            return isNothing(metric) ? std::optional<int>(0) : std::nullopt;
    }
}

// Names of our icons for those that Qt itself asks for; empty = Qt's own.
QString standardIconName(QStyle::StandardPixmap icon) {
    switch (icon) {
        case QStyle::SP_TitleBarCloseButton:
        case QStyle::SP_DockWidgetCloseButton:
        case QStyle::SP_LineEditClearButton:
        case QStyle::SP_TabCloseButton:
            return QStringLiteral("dock-close");
        case QStyle::SP_TitleBarNormalButton:
        case QStyle::SP_TitleBarMaxButton:
            return QStringLiteral("dock-float");
        case QStyle::SP_MessageBoxInformation:
            return QStringLiteral("state-info");
        case QStyle::SP_MessageBoxWarning:
            return QStringLiteral("state-warning");
        case QStyle::SP_MessageBoxCritical:
            return QStringLiteral("state-error");
        case QStyle::SP_MessageBoxQuestion:
            return QStringLiteral("help");
        case QStyle::SP_ToolBarHorizontalExtensionButton:
        case QStyle::SP_ToolBarVerticalExtensionButton:
            return QStringLiteral("more");
        default:
            return {};
    }
}

}  // namespace

Style::Style() : QProxyStyle(QStringLiteral("Fusion")) {}

int Style::pixelMetric(PixelMetric metric,
                       const QStyleOption* option,
                       const QWidget* widget) const {
    const std::optional<int> own = metricOf(metric, widget);
    return own ? *own : QProxyStyle::pixelMetric(metric, option, widget);
}

int Style::styleHint(StyleHint hint,
                     const QStyleOption* option,
                     const QWidget* widget,
                     QStyleHintReturn* data) const {
    switch (hint) {
        case SH_Widget_Animation_Duration:
        case SH_Widget_Animate:
        case SH_EtchDisabledText:
        case SH_DitherDisabledText:
        case SH_ComboBox_Popup:
        case SH_DialogButtonBox_ButtonsHaveIcons:
        case SH_UnderlineShortcut:
        case SH_Menu_FlashTriggeredItem:
        case SH_Menu_FadeOutOnHide:
        case SH_ItemView_ChangeHighlightOnFocus:
        case SH_ScrollBar_Transient:
        case SH_ItemView_PaintAlternatingRowColorsForEmptyArea:
            return 0;
        case SH_ItemView_ShowDecorationSelected:
        case SH_Menu_MouseTracking:
        case SH_MenuBar_MouseTracking:
            return 1;
        case SH_Slider_AbsoluteSetButtons:
            return Qt::LeftButton;
        case SH_ToolTipLabel_Opacity:
            return 255;
        case SH_ComboBox_PopupFrameStyle:
            return QFrame::StyledPanel | QFrame::Plain;
        case SH_Table_GridLineColor:
            return static_cast<int>(currentTheme().border.rgb());
        default:
            return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize Style::sizeFromContents(ContentsType type,
                              const QStyleOption* option,
                              const QSize& contents,
                              const QWidget* widget) const {
    switch (type) {
        case CT_PushButton:
            if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
                return pushButtonSize(*button, contents, widget);
            }
            break;
        case CT_ToolButton:
            if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
                return toolButtonSize(*button, contents, widget);
            }
            break;
        case CT_LineEdit:
            return {contents.width() + 2, controlHeight(widget)};
        case CT_ComboBox:
            return comboBoxSize(contents, widget);
        case CT_SpinBox:
            return spinBoxSize(contents, widget);
        case CT_ProgressBar:
            return {contents.width(), 8};
        case CT_CheckBox:
        case CT_RadioButton:
            return QProxyStyle::sizeFromContents(type, option, contents, widget) +
                   QSize(kCheckRingRoom, measure::kGrid);
        case CT_HeaderSection:
            if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
                return headerSize(*header);
            }
            break;
        case CT_MenuItem:
            if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
                return menuItemSize(*item, contents);
            }
            break;
        case CT_MenuBarItem:
            return menuBarItemSize(contents, widget);
        case CT_TabBarTab:
            if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
                return tabSize(*tab, contents, widget);
            }
            break;
        case CT_ItemViewItem:
            return itemSize(QProxyStyle::sizeFromContents(type, option, contents, widget), widget);
        default:
            break;
    }
    return QProxyStyle::sizeFromContents(type, option, contents, widget);
}

QIcon Style::standardIcon(StandardPixmap standard,
                          const QStyleOption* option,
                          const QWidget* widget) const {
    const QString name = standardIconName(standard);
    return name.isEmpty() ? QProxyStyle::standardIcon(standard, option, widget) : icon(name);
}

void Style::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    polishWidget(*widget);
}

int controlHeight(const QWidget* widget, int pixels) {
    const QFontMetrics metrics(widget != nullptr ? widget->font() : bodyFont());
    return std::max(pixels, metrics.height() + kTextRoom);
}

int smallControlHeight(const QWidget* widget) {
    const QFontMetrics metrics(widget != nullptr ? widget->font() : tableFont());
    return std::max(measure::kSmallControl, metrics.height() + kSmallTextRoom);
}

void setFault(QWidget* input, bool isFault) {
    input->setProperty("fault", isFault);
    input->update();
}

}  // namespace tessera::ui
