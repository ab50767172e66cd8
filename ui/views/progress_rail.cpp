#include "ui/views/progress_rail.h"

#include "ui/actions/action_registry.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/phase_row.h"
#include "ui/widgets/icon_sign.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace tessera::ui {

namespace {

constexpr int kBar = 8;
constexpr int kFine = 1000;  // steps of the bar: it is wider than 100 pixels

QPushButton* railButton(const QString& name,
                        const QString& text,
                        const QString& drawing,
                        QWidget* parent) {
    auto* button = new QPushButton(icon(drawing), text, parent);
    button->setObjectName(QStringLiteral("rail.") + name);
    button->setAccessibleName(text);
    button->setIconSize({measure::kSmallIcon, measure::kSmallIcon});
    button->setAutoDefault(false);
    return button;
}

QPushButton* railButton(QAction* action,
                        const QString& text,
                        const QString& drawing,
                        QWidget* parent) {
    QPushButton* button =
        railButton(action->objectName().section(QLatin1Char('.'), -1), text, drawing, parent);
    button->setToolTip(action->toolTip());
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    return button;
}

// Of the running phase "9.6 of 14.7 s", of the others what they took or should take.
QString phaseSeconds(const RunProgress& progress, std::size_t phase, bool isNow) {
    const double expected = progress.expected(phase);
    const double spent = progress.spent(phase);
    if (isNow) {
        return expected > 0.0 && expected >= spent
                   ? ProgressRail::tr("%1 of %2").arg(decimal(spent, 1), seconds(expected))
                   : seconds(spent);
    }
    const bool isDone = static_cast<int>(phase) < progress.phase();
    const double shown = isDone ? spent : expected;
    return shown > 0.0 ? decimal(shown, 1) + QChar(0x00A0) + QLatin1Char('s') : QString();
}

}  // namespace

ProgressRail::ProgressRail(ActionRegistry& actions, QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("generate.rail"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, measure::kRowGap - 1, 14, measure::kRowGap + 2);
    column->setSpacing(5);
    m_phases = new PhaseRow(this);
    m_phases->setObjectName(QStringLiteral("rail.phases"));
    column->addWidget(m_phases);
    m_shares = new ShareBar(this);
    column->addWidget(m_shares);
    addRunning(actions);
    addCancelled();
    showEstimate({}, {}, true);
}

void ProgressRail::addRunning(ActionRegistry& actions) {
    m_running = new QWidget(this);
    auto* row = new QHBoxLayout(m_running);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(measure::kGroupGap);
    m_step = new QLabel(m_running);
    m_step->setObjectName(QStringLiteral("rail.step"));
    m_step->setFont(numberFont());
    row->addWidget(m_step);
    m_bar = new QProgressBar(m_running);
    m_bar->setObjectName(QStringLiteral("rail.bar"));
    m_bar->setAccessibleName(tr("Progress"));
    m_bar->setTextVisible(false);
    m_bar->setRange(0, kFine);
    m_bar->setFixedHeight(kBar);
    row->addWidget(m_bar, 1);
    m_percent = new QLabel(m_running);
    m_percent->setObjectName(QStringLiteral("rail.percent"));
    m_percent->setFont(numberFont());
    m_percent->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_percent->setMinimumWidth(m_percent->fontMetrics().horizontalAdvance(percent(1.0)));
    row->addWidget(m_percent);
    const QString pauseName = QStringLiteral("job-pause");
    const QString finishName = QStringLiteral("job-finish-early");
    const QString cancelName = QStringLiteral("job-cancel");
    m_pause = railButton(actions.find(pauseName), tr("Pause"), pauseName, m_running);
    m_free = railButton(actions.find(QStringLiteral("job-pause-free")),
                        tr("Free memory"),
                        QStringLiteral("disk"),
                        m_running);
    m_finish = railButton(actions.find(finishName), tr("Finish early"), finishName, m_running);
    m_cancel = railButton(actions.find(cancelName), tr("Cancel"), cancelName, m_running);
    for (QPushButton* button : {m_pause, m_free, m_finish, m_cancel}) {
        row->addWidget(button);
    }
    layout()->addWidget(m_running);
}

void ProgressRail::addCancelled() {
    m_cancelled = new QWidget(this);
    auto* column = new QVBoxLayout(m_cancelled);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(measure::kRowGap - 2);
    auto* head = new QHBoxLayout;
    head->setSpacing(measure::kLabelGap);
    head->addWidget(
        new IconSign(QStringLiteral("job-cancel"), measure::kSmallIcon, &Theme::icon, m_cancelled));
    m_cancelledWhat = new QLabel(m_cancelled);
    m_cancelledWhat->setObjectName(QStringLiteral("rail.cancelled"));
    m_cancelledWhat->setFont(bold(bodyFont()));
    head->addWidget(m_cancelledWhat, 1);
    m_cancelledAfter = new QLabel(m_cancelled);
    m_cancelledAfter->setFont(numberFont());
    m_cancelledAfter->setForegroundRole(QPalette::PlaceholderText);
    head->addWidget(m_cancelledAfter);
    column->addLayout(head);
    auto* what =
        new QLabel(tr("No file was written. The job's recipe is kept in the queue."), m_cancelled);
    what->setFont(tableFont());
    what->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(what);
    auto* row = new QHBoxLayout;
    row->setSpacing(measure::kLabelGap);
    const auto addAgain = [&](const char* name,
                              const QString& words,
                              const QString& drawing,
                              const QString& tooltip,
                              bool isNext) {
        QPushButton* button = railButton(QLatin1String(name), words, drawing, m_cancelled);
        button->setToolTip(tooltip);
        connect(
            button, &QPushButton::clicked, this, [this, isNext] { Q_EMIT againWanted(isNext); });
        row->addWidget(button);
    };
    addAgain("again",
             tr("Generate again"),
             QStringLiteral("job-start"),
             tr("Starts the cancelled job once more"),
             false);
    addAgain("again-next",
             tr("Next in queue"),
             QStringLiteral("job-queue"),
             tr("Puts the cancelled job before those that wait"),
             true);
    row->addStretch(1);
    column->addLayout(row);
    layout()->addWidget(m_cancelled);
}

void ProgressRail::showPart(QWidget* part) {
    m_phases->setVisible(part != m_cancelled);
    m_shares->setVisible(part == m_shares);
    m_running->setVisible(part == m_running);
    m_cancelled->setVisible(part == m_cancelled);
}

void ProgressRail::showEstimate(const std::optional<engine::GenerationEstimate>& estimate,
                                const PhaseSeconds& shares,
                                bool isAsking) {
    const bool isKnown = estimate && estimate->seconds > 0.0;
    std::vector<PhaseMark> phases;
    for (std::size_t phase = 0; phase < kPhaseCount; ++phase) {
        const double expected = isKnown ? shares[phase] : 0.0;
        const QString words =
            expected > 0.0 ? decimal(expected, 1) + QChar(0x00A0) + QLatin1Char('s') : QString();
        phases.push_back({phaseWord(phase), words, PhaseMark::State::Ahead});
    }
    const QString unknown = isAsking ? tr("estimating") : QString(kUnknown);
    m_phases->set(tr("Estimate"),
                  std::move(phases),
                  QString(),
                  isKnown ? seconds(estimate->seconds) : QString(),
                  isKnown ? plusMinus(estimate->plusMinus) : unknown);
    m_shares->set(isKnown ? shares : PhaseSeconds{});
    showPart(m_shares);
}

void ProgressRail::showRun(const GenerationRun& run) {
    if (run.state() == RunState::Cancelled) {
        const RunProgress& progress = run.progress();
        m_cancelledWhat->setText(progress.denoiseSteps() > 0
                                     ? tr("Cancelled at step %1 of %2")
                                           .arg(progress.denoiseStep())
                                           .arg(progress.denoiseSteps())
                                     : tr("Cancelled before the first step"));
        m_cancelledAfter->setText(tr("after %1").arg(seconds(progress.spent())));
        showPart(m_cancelled);
        return;
    }
    showSteps(run);
    showPart(m_running);
}

void ProgressRail::showSteps(const GenerationRun& run) {
    const RunProgress& progress = run.progress();
    std::vector<PhaseMark> phases;
    for (std::size_t phase = 0; phase < kPhaseCount; ++phase) {
        const int place = static_cast<int>(phase);
        const bool isNow = place == progress.phase();
        phases.push_back({phaseWord(phase),
                          phaseSeconds(progress, phase, isNow),
                          isNow                      ? PhaseMark::State::Now
                          : place < progress.phase() ? PhaseMark::State::Done
                                                     : PhaseMark::State::Ahead});
    }
    const std::optional<double> left = progress.left();
    const bool isStopping = run.state() == RunState::Stopping;
    m_phases->set(QString(),
                  std::move(phases),
                  isStopping ? QString() : tr("Left"),
                  isStopping || !left ? QString() : readOut(*left),
                  isStopping ? tr("ends after this step")
                  : left     ? QString()
                             : tr("estimating"));
    const bool isPaused = run.state() == RunState::Paused;
    m_step->setText(isStopping ? tr("Stopping…")
                    : progress.stepsInAll() == 0
                        ? tr("step %1").arg(QString(kUnknown))
                        : tr("step %1 of %2").arg(progress.stepsDone()).arg(progress.stepsInAll()));
    m_step->setFont(isStopping ? bold(tableFont()) : numberFont());
    const std::optional<double> share = progress.share();
    m_bar->setValue(static_cast<int>(share.value_or(0.0) * kFine));
    m_percent->setText(share ? percent(*share) : QString(kUnknown));
    m_pause->setText(isPaused ? tr("Resume") : tr("Pause"));
    m_pause->setAccessibleName(m_pause->text());
    m_pause->setIcon(icon(isPaused ? QStringLiteral("job-resume") : QStringLiteral("job-pause")));
    m_pause->setEnabled(!isStopping);
    m_free->setVisible(isPaused);
    m_free->setEnabled(!run.isMemoryFreed());
    m_free->setText(run.isMemoryFreed() ? tr("Memory freed") : tr("Free memory"));
    m_free->setAccessibleName(m_free->text());
    m_finish->setEnabled(!isStopping);
    m_cancel->setEnabled(!isStopping);
}

void ProgressRail::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), currentTheme().panel);
    painter.fillRect(QRect(0, 0, width(), 1), currentTheme().border);
}

}  // namespace tessera::ui
