#include "ui/views/bench_facts.h"

#include "ui/bridge/text.h"
#include "ui/models/bench_words.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace tessera::ui {

using bench::BenchRow;
using bench::Verdict;

namespace {

QVBoxLayout* startPanel(QWidget& panel) {
    panel.setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(&panel);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    column->setSpacing(measure::kRowGap);
    return column;
}

QLabel* quiet(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setFont(tableFont());
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

QString orUnknown(const QString& text) {
    return text.isEmpty() ? QString(kUnknown) : text;
}

std::vector<FactList::Fact> factsOf(const bench::BenchResult& result) {
    const auto tr = [](const char* text) { return BenchEnvironmentPanel::tr(text); };
    const bench::BenchEnvironment& machine = result.environment;
    std::vector<FactList::Fact> facts;
    facts.emplace_back(tr("Device"), orUnknown(toQt(machine.device)));
    facts.emplace_back(tr("Name"), orUnknown(toQt(machine.deviceName)));
    facts.emplace_back(tr("Precision"), orUnknown(toQt(machine.precision)));
    facts.emplace_back(tr("Clock"),
                       machine.clockMhz > 0.0 ? BenchEnvironmentPanel::tr("%1 MHz").arg(number(
                                                    static_cast<std::int64_t>(machine.clockMhz)))
                                              : QString(kUnknown));
    facts.emplace_back(tr("CPU"),
                       BenchEnvironmentPanel::tr("%1 threads").arg(number(machine.threads)));
    if (!machine.instructionSet.empty()) {
        facts.emplace_back(tr("Instructions"), toQt(machine.instructionSet));
    }
    for (const auto& [name, version] : machine.libraries) {
        facts.emplace_back(toQt(name), orUnknown(toQt(version)));
    }
    facts.emplace_back(tr("Commit"), orUnknown(toQt(machine.commit)));
    facts.emplace_back(tr("Taken"), orUnknown(dateText(machine.date)));
    facts.emplace_back(tr("Warm-ups"), number(result.warmUps));
    facts.emplace_back(tr("Runs"), number(result.runs));
    facts.emplace_back(tr("Caches"), result.isCacheFlushed ? tr("flushed") : tr("warm"));
    facts.emplace_back(tr("Seed"), QString::number(result.seed));
    facts.emplace_back(tr("Took"), seconds(result.seconds));
    return facts;
}

// What is told of a kernel that agrees.
std::vector<FactList::Fact> factsOf(const BenchTable& table, int at) {
    const auto tr = [](const char* text) { return BenchCellPanel::tr(text); };
    const BenchRow& row = table.row(at);
    std::vector<FactList::Fact> facts;
    facts.emplace_back(tr("p20 to p80"),
                       BenchCellPanel::tr("%1 – %2 ms").arg(msText(row.p20Ms), msText(row.p80Ms)));
    facts.emplace_back(tr("Rate"), BenchCellPanel::tr("%1 TFLOP/s").arg(rateText(row.teraflops)));
    facts.emplace_back(tr("First call, cold"),
                       BenchCellPanel::tr("%1 ms").arg(coldText(row.coldMs)));
    if (!row.isBaseline) {
        facts.emplace_back(tr("Against dense"),
                           row.againstDense > 0.0 ? ratio(row.againstDense) : QString(kUnknown));
        facts.emplace_back(tr("Ideal at this density"), ratio(row.idealSpeedUp()));
    }
    if (const auto change = table.change(at)) {
        facts.emplace_back(tr("Against the baseline"),
                           BenchCellPanel::tr("%1, was %2 ms")
                               .arg(changeText(change->share), msText(change->baselineMs)));
    }
    facts.emplace_back(
        tr("Rel. error, allowed"),
        BenchCellPanel::tr("%1 of %2").arg(errorText(row.error), errorText(row.tolerance)));
    return facts;
}

}  // namespace

FactList::FactList(QWidget* parent) : QWidget(parent) {
    m_grid = new QGridLayout(this);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(measure::kLabelGap);
    m_grid->setVerticalSpacing(6);
    m_grid->setColumnStretch(1, 1);
}

void FactList::show(const std::vector<Fact>& facts) {
    while (m_labels.size() < facts.size()) {
        auto* name = new QLabel(this);
        name->setFont(tableFont());
        name->setForegroundRole(QPalette::PlaceholderText);
        name->setTextFormat(Qt::PlainText);
        auto* value = new QLabel(this);
        value->setFont(numberFont());
        value->setTextFormat(Qt::PlainText);
        value->setWordWrap(true);
        value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        value->setMinimumHeight(name->sizeHint().height());
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        value->setFocusPolicy(Qt::NoFocus);
        const int line = static_cast<int>(m_labels.size());
        m_grid->addWidget(name, line, 0, Qt::AlignTop);
        m_grid->addWidget(value, line, 1);
        m_labels.emplace_back(name, value);
    }
    for (std::size_t i = 0; i < m_labels.size(); ++i) {
        const auto& [name, value] = m_labels[i];
        const bool isUsed = i < facts.size();
        name->setVisible(isUsed);
        value->setVisible(isUsed);
        if (isUsed) {
            name->setText(facts[i].first);
            value->setText(facts[i].second);
            value->setAccessibleName(facts[i].first);
        }
    }
}

BenchEnvironmentPanel::BenchEnvironmentPanel(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = startPanel(*this);
    m_none = quiet(tr("What a run was measured on stands here."), this);
    column->addWidget(m_none);
    m_facts = new FactList(this);
    m_facts->setObjectName(QStringLiteral("bench.environment"));
    column->addWidget(m_facts);
    column->addStretch(1);
    show({});
}

void BenchEnvironmentPanel::show(const std::optional<bench::BenchResult>& result) {
    m_none->setVisible(!result);
    m_facts->setVisible(result.has_value());
    if (result) {
        m_facts->show(factsOf(*result));
    }
}

void BenchEnvironmentPanel::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), currentTheme().panel);
}

BenchCellPanel::BenchCellPanel(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = startPanel(*this);
    m_none = quiet(tr("Choose a bar or a row."), this);
    column->addWidget(m_none);
    m_body = new QWidget(this);
    auto* rows = new QVBoxLayout(m_body);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(measure::kRowGap);
    auto* head = new QHBoxLayout;
    m_name = new QLabel(m_body);
    m_name->setObjectName(QStringLiteral("bench.cell"));
    m_name->setFont(bold(bodyFont()));
    m_name->setTextFormat(Qt::PlainText);
    m_name->setWordWrap(true);
    head->addWidget(m_name, 1);
    m_median = new QLabel(m_body);
    m_median->setObjectName(QStringLiteral("bench.cell-median"));
    m_median->setAccessibleName(tr("Median"));
    m_median->setFont(bold(numberFont()));
    head->addWidget(m_median, 0, Qt::AlignTop);
    rows->addLayout(head);
    m_verdict = new QLabel(m_body);
    m_verdict->setObjectName(QStringLiteral("bench.cell-verdict"));
    m_verdict->setFont(tableFont());
    m_verdict->setTextFormat(Qt::PlainText);
    m_verdict->setWordWrap(true);
    rows->addWidget(m_verdict);
    m_facts = new FactList(m_body);
    rows->addWidget(m_facts);
    column->addWidget(m_body);
    column->addStretch(1);
    show(BenchTable(), -1);
}

void BenchCellPanel::show(const BenchTable& table, int row) {
    const bool isChosen = row >= 0 && row < table.rowCount();
    m_none->setVisible(!isChosen);
    m_body->setVisible(isChosen);
    if (!isChosen) {
        return;
    }
    const BenchRow& cell = table.row(row);
    const bool isTimed = cell.verdict == Verdict::Agrees;
    m_isWrong = cell.verdict == Verdict::Wrong;
    m_name->setText(cellText(cell) + QStringLiteral(", ") + toQt(cell.mask));
    m_median->setText(isTimed ? tr("%1 ms").arg(msText(cell.medianMs)) : QString(kUnknown));
    const double sparsity = blockSparsity(cell);
    if (m_isWrong) {
        m_verdict->setText(tr("Wrong, speed hidden: the result is off the exact one by %1, and %2 "
                              "is allowed.")
                               .arg(errorText(cell.error), errorText(cell.tolerance)));
    } else if (!isTimed) {
        m_verdict->setText(checkText(cell));
    } else if (cell.isBaseline) {
        m_verdict->setText(tr("The reference computes every pair under any mask."));
    } else {
        m_verdict->setText(sparsity < 0.0 ? QString() : skips(sparsity));
    }
    m_verdict->setVisible(!m_verdict->text().isEmpty());
    m_facts->setVisible(isTimed);
    if (isTimed) {
        m_facts->show(factsOf(table, row));
    }
    paintVerdict();
}

void BenchCellPanel::paintVerdict() {
    const QColor colour = m_isWrong ? currentTheme().error : currentTheme().muted;
    QPalette palette = m_verdict->palette();
    if (palette.color(QPalette::WindowText) != colour) {
        palette.setColor(QPalette::WindowText, colour);
        m_verdict->setPalette(palette);
    }
}

void BenchCellPanel::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), currentTheme().panel);
}

void BenchCellPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_verdict != nullptr) {
        paintVerdict();
    }
}

}  // namespace tessera::ui
