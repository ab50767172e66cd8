#include "ui/views/recipe_panel.h"

#include "core/jobs/words.h"
#include "ui/bridge/text.h"
#include "ui/models/job_words.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/widgets/banner.h"

#include <QEvent>
#include <QHeaderView>
#include <QTableWidget>
#include <QVBoxLayout>

#include <array>
#include <functional>
#include <vector>

namespace tessera::ui {

namespace {

using pipeline::GenerationRequest;

// One line of the table: how a request says the value, "auto" when it leaves it open.
struct Line {
    QString name;
    std::function<QString(const GenerationRequest&)> text;
};

QString autoOr(bool isOpen, const QString& text) {
    return isOpen ? RecipePanel::tr("auto") : text;
}

std::vector<Line> linesOfRecipe() {
    return {
        {RecipePanel::tr("Size"),
         [](const GenerationRequest& r) {
             return autoOr(r.width == 0, QStringLiteral("%1×%2").arg(r.width).arg(r.height));
         }},
        {RecipePanel::tr("Frames"),
         [](const GenerationRequest& r) {
             return autoOr(r.videoFrames == 0, number(r.videoFrames));
         }},
        {RecipePanel::tr("fps"),
         [](const GenerationRequest& r) { return autoOr(r.fps == 0.0, QString::number(r.fps)); }},
        {RecipePanel::tr("Steps"),
         [](const GenerationRequest& r) { return autoOr(r.steps == 0, number(r.steps)); }},
        {RecipePanel::tr("Guidance"),
         [](const GenerationRequest& r) {
             return autoOr(!r.cfgScale, decimal(r.cfgScale.value_or(0.0), 1));
         }},
        {RecipePanel::tr("Masks"), [](const GenerationRequest& r) { return masksWord(r.masks); }},
        {RecipePanel::tr("Seed"),
         [](const GenerationRequest& r) { return QString::number(r.seed); }},
        {RecipePanel::tr("Precision"),
         [](const GenerationRequest& r) { return QString::fromLatin1(jobs::word(r.precision)); }},
        {RecipePanel::tr("Device"),
         [](const GenerationRequest& r) { return toQt(jobs::word(r.device)); }},
        {RecipePanel::tr("Threads"),
         [](const GenerationRequest& r) { return autoOr(r.threads == 0, number(r.threads)); }},
    };
}

}  // namespace

RecipePanel::RecipePanel(QWidget* parent) : QWidget(parent) {
    setProperty("surface", QStringLiteral("panel"));
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    const int rows = static_cast<int>(linesOfRecipe().size());
    m_table = new QTableWidget(rows, 3, this);
    m_table->setObjectName(QStringLiteral("generate.recipe"));
    m_table->setAccessibleName(tr("Recipe"));
    m_table->setHorizontalHeaderLabels({tr("Field"), tr("Asked"), tr("Effective")});
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeaderItem(1)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->horizontalHeaderItem(2)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(measure::kTableRow);
    m_table->verticalHeader()->setMinimumSectionSize(measure::kTableRow);
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setFocusPolicy(Qt::TabFocus);
    m_table->setTabKeyNavigation(false);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setProperty("surface", QStringLiteral("panel"));
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() +
                            rows * measure::kTableRow + 2);
    m_column->addWidget(m_table);
    m_column->addStretch(1);
    fill();
}

void RecipePanel::show(const GenerationRequest& asked,
                       const std::optional<GenerationRequest>& effective) {
    if (asked == m_asked && effective == m_effective) {
        return;
    }
    m_asked = asked;
    m_effective = effective;
    fill();
}

void RecipePanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_table) {
        fill();
    }
}

void RecipePanel::setRow(int row,
                         const QString& name,
                         const QString& asked,
                         const QString& effective) {
    const bool isChanged = m_effective && asked != effective;
    const std::array<QString, 3> texts{name, asked, effective};
    for (int column = 0; column < 3; ++column) {
        QTableWidgetItem* item = m_table->item(row, column);
        if (!item) {
            item = new QTableWidgetItem;
            m_table->setItem(row, column, item);
        }
        item->setText(texts[static_cast<std::size_t>(column)]);
        item->setFont(column == 0 ? tableFont() : numberFont());
        item->setTextAlignment(column == 0 ? Qt::AlignLeft | Qt::AlignVCenter
                                           : Qt::AlignRight | Qt::AlignVCenter);
        item->setForeground(column == 2 && isChanged ? currentTheme().warning
                            : column == 0            ? currentTheme().muted
                                                     : currentTheme().text);
        item->setToolTip(isChanged ? tr("Asked %1, runs with %2.").arg(asked, effective)
                                   : QString());
    }
}

// What was left open is only marked in the table; a value that was typed and is not used is said in
// words as well.
void RecipePanel::fill() {
    QPalette ground = m_table->palette();
    if (ground.color(QPalette::Base) != currentTheme().panel) {
        ground.setColor(QPalette::Base, currentTheme().panel);
        m_table->setPalette(ground);
    }
    const std::vector<Line> lines = linesOfRecipe();
    QStringList overruled;
    int changed = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const QString asked = lines[i].text(m_asked);
        const QString effective = m_effective ? lines[i].text(*m_effective) : QString(kUnknown);
        setRow(static_cast<int>(i), lines[i].name, asked, effective);
        if (m_effective && asked != effective) {
            ++changed;
            if (asked != tr("auto")) {
                overruled.append(tr("%1 %2 becomes %3").arg(lines[i].name, asked, effective));
            }
        }
    }
    m_summary = changed == 0   ? QString()
                : changed == 1 ? tr("1 field changed")
                               : tr("%1 fields changed").arg(changed);
    const QString text = overruled.join(QStringLiteral(". "));
    if (text == m_bannerText) {
        return;
    }
    m_bannerText = text;
    delete m_banner;
    m_banner = nullptr;
    if (!text.isEmpty()) {
        m_banner = new Banner(Banner::Kind::Warning, tr("The stage fixes this"), text, this);
        m_column->insertWidget(1, m_banner);
    }
}

}  // namespace tessera::ui
