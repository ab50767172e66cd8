#include "ui/views/bench_canvas.h"

#include "ui/numbers.h"
#include "ui/plots/bench_chart.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/rule.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/empty_state.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr int kFine = 1000;
constexpr int kBar = 8;

// In the order in which the constructor adds them.
enum Page { EmptyPage, MeasuringPage, ChartPage };

QPushButton* railButton(
    QAction* action, const QString& words, const char* drawing, const char* name, QWidget* parent) {
    auto* button = new QPushButton(icon(QLatin1String(drawing)), words, parent);
    button->setObjectName(QLatin1String(name));
    button->setAccessibleName(words);
    button->setToolTip(action->toolTip());
    button->setProperty("look", QStringLiteral("small"));
    button->setIconSize({measure::kSmallIcon, measure::kSmallIcon});
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    return button;
}

}  // namespace

BenchCanvas::BenchCanvas(QAction* run, QAction* cancel, QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("bench.canvas"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    addTitle(column);
    m_bannerPlace = new QWidget(this);
    auto* bannerColumn = new QVBoxLayout(m_bannerPlace);
    bannerColumn->setContentsMargins(
        measure::kLabelGap, measure::kLabelGap, measure::kLabelGap, measure::kLabelGap);
    m_bannerPlace->hide();
    column->addWidget(m_bannerPlace);
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(new EmptyState(
        QStringLiteral("workspace-bench"),
        tr("Nothing is measured yet."),
        tr("Each kernel is held to the exact result first; the speed of a wrong one is not told."),
        nullptr,
        m_pages));
    m_pages->addWidget(new EmptyState(QStringLiteral("bench-run"),
                                      tr("The chart stands here when all cells are measured."),
                                      tr("Leave the machine alone meanwhile."),
                                      nullptr,
                                      m_pages));
    m_chart = new BenchChart(m_pages);
    m_pages->addWidget(m_chart);
    column->addWidget(m_pages, 1);
    addRail(column, run, cancel);
}

void BenchCanvas::addTitle(QVBoxLayout* column) {
    auto* title = new QWidget(this);
    title->setFixedHeight(std::max(measure::kDockTitle, QFontMetrics(titleFont()).height() + 10));
    auto* row = new QHBoxLayout(title);
    row->setContentsMargins(measure::kBodyMargin - 2, 0, measure::kBodyMargin, 0);
    row->setSpacing(measure::kLabelGap);
    auto* words = new QLabel(tr("Time by mask and kernel"), title);
    words->setFont(titleFont());
    row->addWidget(words);
    auto* note = new QLabel(tr("lower is faster, whiskers p20 to p80"), title);
    note->setFont(tableFont());
    note->setForegroundRole(QPalette::PlaceholderText);
    row->addWidget(note, 1);
    column->addWidget(title);
    column->addWidget(new Rule(Qt::Horizontal, this));
}

void BenchCanvas::addRail(QVBoxLayout* column, QAction* run, QAction* cancel) {
    m_rail = new QWidget(this);
    auto* rows = new QVBoxLayout(m_rail);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(new Rule(Qt::Horizontal, m_rail));
    auto* row = m_railRow = new QHBoxLayout;
    row->setContentsMargins(14, measure::kRowGap, 14, measure::kRowGap);
    row->setSpacing(measure::kGroupGap);
    m_step = new QLabel(m_rail);
    m_step->setObjectName(QStringLiteral("bench.step"));
    m_step->setFont(numberFont());
    row->addWidget(m_step);
    m_bar = new QProgressBar(m_rail);
    m_bar->setObjectName(QStringLiteral("bench.bar"));
    m_bar->setAccessibleName(tr("Progress"));
    m_bar->setTextVisible(false);
    m_bar->setRange(0, kFine);
    m_bar->setFixedHeight(kBar);
    row->addWidget(m_bar, 1);
    m_percent = new QLabel(m_rail);
    m_percent->setFont(numberFont());
    m_percent->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_percent->setMinimumWidth(m_percent->fontMetrics().horizontalAdvance(percent(1.0)));
    row->addWidget(m_percent);
    m_left = new QLabel(m_rail);
    m_left->setObjectName(QStringLiteral("bench.left"));
    m_left->setFont(tableFont());
    m_left->setForegroundRole(QPalette::PlaceholderText);
    row->addWidget(m_left);
    m_cancel = railButton(cancel, tr("Cancel"), "job-cancel", "bench.rail-cancel", m_rail);
    row->addWidget(m_cancel);
    m_again = railButton(run, tr("Run again"), "bench-run", "bench.rail-again", m_rail);
    row->addWidget(m_again);
    rows->addLayout(row);
    column->addWidget(m_rail);
}

void BenchCanvas::showRun(const BenchRun& run, bool hasChart, bool isQueueHeld) {
    const BenchState state = run.state();
    m_pages->setCurrentIndex(hasChart ? ChartPage : run.isActive() ? MeasuringPage : EmptyPage);
    const bool isCancelled = state == BenchState::Cancelled;
    m_rail->setVisible(run.isActive() || isCancelled);
    const bool isCounting = state == BenchState::Running && run.runsInAll() > 0;
    m_bar->setVisible(!isCancelled);
    m_railRow->setStretchFactor(m_left, isCancelled ? 1 : 0);
    m_percent->setVisible(!isCancelled);
    m_cancel->setVisible(!isCancelled);
    m_cancel->setEnabled(state != BenchState::Stopping);
    m_again->setVisible(isCancelled);
    const double share = run.runsInAll() > 0 ? static_cast<double>(run.runsDone()) /
                                                   static_cast<double>(run.runsInAll())
                                             : 0.0;
    m_bar->setValue(static_cast<int>(share * kFine));
    m_percent->setText(run.runsInAll() > 0 ? percent(share) : QString(kUnknown));
    m_step->setFont(isCounting ? numberFont() : bold(tableFont()));
    switch (state) {
        case BenchState::Waiting:
            m_step->setText(isQueueHeld ? tr("Waits: the queue is paused")
                                        : tr("Waits for the jobs before it"));
            m_left->setText({});
            break;
        case BenchState::Running:
            m_step->setText(
                isCounting ? tr("run %1 of %2").arg(number(run.runsDone()), number(run.runsInAll()))
                           : tr("Working out the exact result"));
            m_left->setText(run.secondsLeft() ? tr("left %1").arg(seconds(*run.secondsLeft()))
                                              : tr("estimating"));
            break;
        case BenchState::Stopping:
            m_step->setText(tr("Stopping…"));
            m_left->setText(tr("ends after this run"));
            break;
        case BenchState::Cancelled:
            m_step->setText(tr("Cancelled"));
            m_left->setText(tr("after %1; nothing of it is kept").arg(seconds(run.secondsSpent())));
            break;
        default:
            break;
    }
}

// Deleted later: a banner goes away from inside one of its own buttons.
void BenchCanvas::setBanner(Banner* banner) {
    if (m_banner != nullptr) {
        m_banner->hide();
        m_bannerPlace->layout()->removeWidget(m_banner);
        m_banner->deleteLater();
    }
    m_banner = banner;
    m_bannerPlace->setVisible(banner != nullptr);
    if (banner != nullptr) {
        banner->setObjectName(QStringLiteral("bench.banner"));
        m_bannerPlace->layout()->addWidget(banner);
        banner->show();  // at once, not with the next event
        connect(banner, &Banner::closed, this, [this, banner] {
            if (m_banner == banner) {
                setBanner(nullptr);
            }
        });
    }
}

void BenchCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), currentTheme().panel);
    painter.setPen(currentTheme().border);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace tessera::ui
