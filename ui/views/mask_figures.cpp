#include "ui/views/mask_figures.h"

#include "ui/actions/action_registry.h"
#include "ui/bridge/text.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/mask_overview.h"

#include <QEvent>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace tessera::ui {

namespace {

enum Column { MaskColumn, ShapeColumn, PaperColumn, HereColumn, AgreesColumn, ColumnCount };

constexpr int kAgreesWidth = 32;

QString totalWords(const plan::TokenLayout& layout) {
    return layoutWords(layout) + QStringLiteral(" = ") + number(layout.total());
}

}  // namespace

MaskFigures::MaskFigures(const MaskChoice& choice, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent) {
    setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    column->setSpacing(measure::kRowGap);
    m_overview = new MaskOverview(choice, this);
    column->addWidget(m_overview);
    m_legend = new MaskLegend(choice, this);
    column->addWidget(m_legend);
    m_headline = new QLabel(this);
    m_headline->setObjectName(QStringLiteral("plan.skips"));
    m_headline->setFont(bold(tableFont()));
    m_headline->setWordWrap(true);
    m_headline->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_headline->setFocusPolicy(Qt::NoFocus);
    column->addWidget(m_headline);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(measure::kLabelGap);
    grid->setVerticalSpacing(3);
    grid->setColumnStretch(1, 1);
    m_element = addLine(grid, "plan.element", tr("Element sparsity"));
    m_element->setToolTip(tr("Share of token pairs that the mask skips."));
    m_tile = addLine(grid, "plan.tile", tr("Tile sparsity"));
    m_tile->setToolTip(tr("Share of pairs of frames that the mask skips, text aside."));
    m_references = addLine(grid, "plan.references", tr("Reference frames"));
    m_tokens = addLine(grid, "plan.tokens-all", tr("Tokens"));
    m_kept = addLine(grid, "plan.kept-blocks", tr("Kept blocks"));
    m_kept->setToolTip(tr("Blocks that a kernel computes: at least one of their pairs is kept."));
    m_border = addLine(grid, "plan.border-blocks", tr("Border blocks"));
    m_border->setToolTip(
        tr("Kept blocks of which only a part is wanted; the rest is computed "
           "and dropped."));
    column->addLayout(grid);
    column->addStretch(1);
    column->addWidget(actionButton(actions.find(QStringLiteral("copy-figures")), nullptr, this));
}

QLabel* MaskFigures::addLine(QGridLayout* grid, const char* name, const QString& word) {
    const int row = grid->rowCount();
    auto* label = new QLabel(word, this);
    label->setFont(tableFont());
    label->setForegroundRole(QPalette::PlaceholderText);
    auto* value = new QLabel(this);
    value->setObjectName(QLatin1String(name));
    value->setAccessibleName(word);
    value->setFont(numberFont());
    value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    value->setFocusPolicy(Qt::NoFocus);
    grid->addWidget(label, row, 0);
    grid->addWidget(value, row, 1);
    return value;
}

void MaskFigures::show(const MaskChoice& choice) {
    const plan::BlockCount count = plan::countBlocks(choice.mask, choice.layout, choice.block);
    m_overview->show(choice);
    m_legend->show(choice);
    m_headline->setText(skips(count.sparsity(), choice.block));
    m_element->setText(percent(plan::elementSparsity(choice.mask, choice.layout), 2));
    m_tile->setText(percent(plan::tileSparsity(choice.mask), 2));
    m_references->setText(referenceWords(choice.mask));
    m_tokens->setText(totalWords(choice.layout));
    m_kept->setText(tr("%1 of %2").arg(number(count.computed), number(count.total)));
    m_border->setText(number(count.computed - count.full));
}

PublishedPanel::PublishedPanel(QWidget* parent) : QWidget(parent) {
    setProperty("surface", QStringLiteral("panel"));
    for (const plan::PublishedValue& value : plan::publishedValues()) {
        m_values.push_back(plan::compare(value));
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_table = new QTableWidget(count(), ColumnCount, this);
    m_table->setObjectName(QStringLiteral("plan.published"));
    m_table->setAccessibleName(tr("Published values"));
    m_table->setToolTip(
        tr("Share of 128-blocks skipped, in %, as the paper prints it and as "
           "worked out here. Choose one to see its mask."));
    m_table->setHorizontalHeaderLabels(
        {tr("Mask"), tr("Frames × tokens"), tr("Paper"), tr("Here"), QString()});
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(ShapeColumn, QHeaderView::Stretch);
    header->setMinimumSectionSize(kAgreesWidth);
    header->setSectionResizeMode(AgreesColumn, QHeaderView::Fixed);
    header->resizeSection(AgreesColumn, kAgreesWidth);
    for (const int at : {MaskColumn, ShapeColumn}) {
        m_table->horizontalHeaderItem(at)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    }
    for (const int at : {PaperColumn, HereColumn}) {
        m_table->horizontalHeaderItem(at)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(measure::kTableRow);
    m_table->verticalHeader()->setMinimumSectionSize(measure::kTableRow);
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setProperty("surface", QStringLiteral("panel"));
    m_table->setMinimumHeight(4 * measure::kTableRow);
    column->addWidget(m_table);
    fill();
    connect(m_table, &QTableWidget::itemSelectionChanged, this, [this] {
        const QModelIndexList chosen = m_table->selectionModel()->selectedRows();
        if (!chosen.isEmpty()) {
            const auto& value = m_values[static_cast<std::size_t>(chosen.front().row())];
            Q_EMIT valueChosen({value.layout, value.mask, plan::kBlock});
        }
    });
}

int PublishedPanel::agreeing() const {
    return static_cast<int>(std::ranges::count_if(m_values, &plan::ComparedValue::agrees));
}

void PublishedPanel::fill() {
    QPalette ground = m_table->palette();
    ground.setColor(QPalette::Base, currentTheme().panel);
    m_table->setPalette(ground);
    for (int row = 0; row < count(); ++row) {
        const plan::ComparedValue& value = m_values[static_cast<std::size_t>(row)];
        const QString texts[] = {toQt(value.mask.name()),
                                 layoutWords(value.layout),
                                 decimal(value.paper.percent, 2),
                                 decimal(value.percent, 2),
                                 QString()};
        for (int at = 0; at < ColumnCount; ++at) {
            auto* item = new QTableWidgetItem(texts[at]);
            item->setFont(numberFont());
            item->setTextAlignment((at < PaperColumn ? Qt::AlignLeft : Qt::AlignRight) |
                                   Qt::AlignVCenter);
            m_table->setItem(row, at, item);
        }
        const QString verdict = value.agrees ? tr("agrees") : tr("differs");
        const QString drawing =
            value.agrees ? QStringLiteral("state-done") : QStringLiteral("state-error");
        const QColor& ink = value.agrees ? currentTheme().success : currentTheme().error;
        QIcon drawn;
        for (const auto& [mode, colour] :
             {std::pair{QIcon::Normal, ink},
              std::pair{QIcon::Selected, currentTheme().selectionText}}) {
            drawn.addPixmap(iconPixmap(drawing, measure::kSmallIcon, colour, devicePixelRatioF()),
                            mode);
        }
        QTableWidgetItem* sign = m_table->item(row, AgreesColumn);
        sign->setIcon(drawn);
        sign->setToolTip(verdict);
        sign->setData(Qt::AccessibleTextRole, verdict);
    }
}

void PublishedPanel::show(const MaskChoice& choice) {
    const QSignalBlocker quiet(m_table);
    const auto found = std::ranges::find_if(m_values, [&](const plan::ComparedValue& value) {
        return choice == MaskChoice{value.layout, value.mask, plan::kBlock};
    });
    if (found == m_values.end()) {
        m_table->clearSelection();
    } else {
        m_table->selectRow(static_cast<int>(found - m_values.begin()));
    }
}

void PublishedPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_table != nullptr) {
        const QSignalBlocker quiet(m_table);
        const int row = m_table->currentRow();
        const bool isChosen = !m_table->selectedItems().isEmpty();
        fill();
        if (isChosen) {
            m_table->selectRow(row);
        }
    }
}

}  // namespace tessera::ui
