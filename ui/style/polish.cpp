#include "ui/style/polish.h"

#include "ui/style/fonts.h"
#include "ui/style/paint.h"

#include <QAbstractButton>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QDialog>
#include <QHeaderView>
#include <QLineEdit>
#include <QMainWindow>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollBar>
#include <QStatusBar>
#include <QStyledItemDelegate>
#include <QTabBar>
#include <QTableView>
#include <QTextDocument>
#include <QTextEdit>
#include <QTreeView>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kTextMargin = 6;

// A font that the program set stays.
void setDefaultFont(QWidget& widget, const QFont& font) {
    if (!widget.testAttribute(Qt::WA_SetFont)) {
        widget.setFont(font);
    }
}

void polishButton(QAbstractButton& button) {
    const Look look = lookOf(&button);
    if (look == Look::Small) {
        setDefaultFont(button, tableFont());
    }
    if (look == Look::Tool) {
        button.setIconSize({measure::kIcon, measure::kIcon});
    }
    // Or the fill of a dialog's default button would wander with the focus.
    auto* push = qobject_cast<QPushButton*>(&button);
    if (push != nullptr && !push->isDefault()) {
        push->setAutoDefault(false);
    }
}

void polishHeader(QHeaderView& header) {
    header.setHighlightSections(false);
    if (header.orientation() == Qt::Horizontal) {
        header.setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    } else {
        const int text = QFontMetrics(tableFont()).height() + 8;
        header.setDefaultSectionSize(std::max(measure::kTableRow, text));
        header.setMinimumSectionSize(std::min(header.minimumSectionSize(), measure::kTableRow));
    }
}

void polishView(QAbstractScrollArea& view) {
    if (auto* header = qobject_cast<QHeaderView*>(&view)) {
        polishHeader(*header);
    } else if (auto* table = qobject_cast<QTableView*>(&view)) {
        setDefaultFont(*table, tableFont());
        table->setShowGrid(false);
    } else if (auto* tree = qobject_cast<QTreeView*>(&view)) {
        setDefaultFont(*tree, tableFont());
        tree->setAnimated(false);
    } else if (auto* plain = qobject_cast<QPlainTextEdit*>(&view)) {
        plain->document()->setDocumentMargin(kTextMargin);
    } else if (auto* rich = qobject_cast<QTextEdit*>(&view)) {
        rich->document()->setDocumentMargin(kTextMargin);
    }
}

void polishInput(QWidget& widget) {
    if (auto* edit = qobject_cast<QLineEdit*>(&widget)) {
        edit->setTextMargins(kTextMargin, 0, kTextMargin, 0);
    } else if (qobject_cast<QAbstractSpinBox*>(&widget) != nullptr) {
        setDefaultFont(widget, numberFont());
    } else if (auto* combo = qobject_cast<QComboBox*>(&widget)) {
        // The delegate of a combo box knows nothing of the style's rows.
        if (combo->itemDelegate()->inherits("QComboBoxDelegate")) {
            combo->setItemDelegate(new QStyledItemDelegate(combo));
        }
    }
}

void polishBar(QWidget& widget) {
    if (auto* progress = qobject_cast<QProgressBar*>(&widget)) {
        progress->setTextVisible(false);
    } else if (auto* status = qobject_cast<QStatusBar*>(&widget)) {
        status->setSizeGripEnabled(false);
    } else if (auto* tabs = qobject_cast<QTabBar*>(&widget)) {
        tabs->setExpanding(false);
    } else if (auto* scroll = qobject_cast<QScrollBar*>(&widget)) {
        // The knob lies on whatever is behind it.
        scroll->setAttribute(Qt::WA_OpaquePaintEvent, false);
    }
}

bool isHovered(const QWidget& widget) {
    return qobject_cast<const QAbstractButton*>(&widget) != nullptr ||
           qobject_cast<const QComboBox*>(&widget) != nullptr ||
           qobject_cast<const QAbstractSpinBox*>(&widget) != nullptr ||
           qobject_cast<const QAbstractSlider*>(&widget) != nullptr ||
           qobject_cast<const QTabBar*>(&widget) != nullptr ||
           qobject_cast<const QHeaderView*>(&widget) != nullptr;
}

}  // namespace

void polishWidget(QWidget& widget) {
    if (isHovered(widget)) {
        widget.setAttribute(Qt::WA_Hover);
    }
    if (surfaceOf(&widget).isValid() || qobject_cast<QDialog*>(&widget) != nullptr) {
        widget.setAttribute(Qt::WA_StyledBackground);
    }
    if (auto* button = qobject_cast<QAbstractButton*>(&widget)) {
        polishButton(*button);
    } else if (auto* window = qobject_cast<QMainWindow*>(&widget)) {
        window->setAnimated(false);
    } else if (auto* view = qobject_cast<QAbstractScrollArea*>(&widget)) {
        polishView(*view);
    }
    polishInput(widget);
    polishBar(widget);
}

}  // namespace tessera::ui
