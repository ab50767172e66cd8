#include "ui/dialogs/dialog_parts.h"

#include "ui/style/fonts.h"
#include "ui/style/style.h"

#include <QDialog>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace tessera::ui {

QVBoxLayout* startDialog(QDialog& dialog, const QString& name, const QString& title) {
    dialog.setObjectName(name);
    dialog.setWindowTitle(title);
    dialog.setAccessibleName(title);
    dialog.setProperty("surface", QStringLiteral("panel"));
    auto* layout = new QVBoxLayout(&dialog);
    constexpr int kMargin = measure::kBodyMargin + measure::kGrid;
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(measure::kGroupGap);
    return layout;
}

namespace {

QLabel* wrapped(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

}  // namespace

QLabel* heading(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setFont(bold(bodyFont()));
    return label;
}

QLabel* paragraph(const QString& text, QWidget* parent) {
    return wrapped(text, parent);
}

QLabel* quietText(const QString& text, QWidget* parent) {
    QLabel* label = wrapped(text, parent);
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

QLabel* selectable(const QString& text, QWidget* parent) {
    QLabel* label = wrapped(text, parent);
    label->setFont(numberFont());
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setFocusPolicy(Qt::ClickFocus);
    return label;
}

QPushButton* dialogButton(const QString& name,
                          const QString& text,
                          const char* look,
                          QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setObjectName(name);
    button->setAccessibleName(text);
    button->setAutoDefault(false);
    if (look != nullptr) {
        button->setProperty("look", QString::fromLatin1(look));
    }
    return button;
}

namespace {

// Of the widest word in it; Qt's own measure leaves the header's margins out.
int columnWidth(const QTableWidget& table, int column) {
    constexpr int kCellMargins = 2 * measure::kBodyMargin;
    const QFontMetrics header(bold(tableFont()));
    int width = header.horizontalAdvance(table.horizontalHeaderItem(column)->text());
    for (int row = 0; row < table.rowCount(); ++row) {
        if (const QTableWidgetItem* item = table.item(row, column)) {
            width = std::max(width, QFontMetrics(item->font()).horizontalAdvance(item->text()));
        }
    }
    return width + kCellMargins;
}

}  // namespace

QTableWidget* plainTable(const QString& name,
                         const QStringList& headers,
                         const std::vector<QStringList>& rows,
                         int stretch,
                         std::initializer_list<int> numbers,
                         QWidget* parent) {
    auto* table =
        new QTableWidget(static_cast<int>(rows.size()), static_cast<int>(headers.size()), parent);
    table->setObjectName(name);
    table->setHorizontalHeaderLabels(headers);
    table->verticalHeader()->hide();
    const int height = std::max(measure::kTableRow, table->fontMetrics().height() + 8);
    table->verticalHeader()->setDefaultSectionSize(height);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setFrameShape(QFrame::NoFrame);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionMode(QAbstractItemView::NoSelection);
    table->setFocusPolicy(Qt::NoFocus);
    table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (int column = 0; column < rows[row].size(); ++column) {
            auto* item = new QTableWidgetItem(rows[row][column]);
            item->setToolTip(rows[row][column]);
            const bool isNumber =
                std::find(numbers.begin(), numbers.end(), column) != numbers.end();
            item->setFont(isNumber ? numberFont() : tableFont());
            item->setTextAlignment((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
            table->setItem(static_cast<int>(row), column, item);
        }
    }
    for (const int column : numbers) {
        table->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    for (int column = 0; column < headers.size(); ++column) {
        table->horizontalHeader()->resizeSection(column, columnWidth(*table, column));
    }
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->horizontalHeader()->setSectionResizeMode(stretch, QHeaderView::Stretch);
    table->setFixedHeight(table->horizontalHeader()->sizeHint().height() +
                          static_cast<int>(rows.size()) * height + 2);
    return table;
}

void fitToWidth(QDialog& dialog, int width) {
    QLayout* layout = dialog.layout();
    const int height = layout->hasHeightForWidth() ? layout->totalHeightForWidth(width)
                                                   : layout->totalSizeHint().height();
    dialog.setMinimumSize(width, height);
    dialog.resize(width, height);
}

}  // namespace tessera::ui
