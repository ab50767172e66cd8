// What the Bench shows of a measurement, before, during and after it.

#include "core/base/json.h"
#include "core/jobs/request_json.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/models/bench_words.h"
#include "ui/models/queue_model.h"
#include "ui/numbers.h"
#include "ui/plots/bench_chart.h"
#include "ui/views/bench_canvas.h"
#include "ui/views/bench_facts.h"
#include "ui/views/bench_protocol_panel.h"
#include "ui/views/bench_what_panel.h"
#include "ui/views/bench_workspace.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/dock.h"

#include <QAction>
#include <QHeaderView>
#include <QJsonArray>
#include <QStackedWidget>
#include <QTableView>

#include <algorithm>

namespace tessera::ui {

using bench::BenchRow;
using bench::Verdict;

void BenchWorkspace::showResult(const bench::BenchResult& result, const QString& origin) {
    m_origin = origin;
    m_isKept = false;
    m_table.setResult(result);
    showBaseline();
    // The first row that was measured beside the reference.
    const auto first = std::ranges::find_if(result.rows, [](const BenchRow& row) {
        return !row.isBaseline && row.verdict == Verdict::Agrees;
    });
    chooseRow(first == result.rows.end() ? 0 : static_cast<int>(first - result.rows.begin()));
    m_environment->show(m_table.result());
    showRun();
}

void BenchWorkspace::showBaseline() {
    const Baseline* shown = m_baselines.shown();
    m_table.setBaseline(shown != nullptr ? std::optional(shown->result) : std::nullopt);
}

void BenchWorkspace::showTable() {
    const bool hasRows = m_table.rowCount() > 0;
    m_pages->setCurrentIndex(hasRows ? 1 : 0);
    m_view->setColumnHidden(BenchTable::Shape, !m_table.hasSeveralShapes());
    m_view->setColumnHidden(BenchTable::Pass, !m_table.hasSeveralPasses());
    m_copy->setEnabled(hasRows);
    m_export->setEnabled(hasRows);
    m_results->setState(titleText());
    showChosen();
}

// "8 × 216, 4 heads of 64, bf16, 25 warm-ups, 100 runs".
QString BenchWorkspace::titleText() const {
    if (m_table.rowCount() == 0) {
        return {};
    }
    const bench::BenchResult& result = *m_table.result();
    QStringList parts;
    if (!m_table.hasSeveralShapes()) {
        parts.append(layoutText(result.rows.front()));
    }
    if (!result.environment.precision.empty()) {
        parts.append(toQt(result.environment.precision));
    }
    parts.append(tr("%1 warm-ups").arg(ui::number(result.warmUps)));
    parts.append(tr("%1 runs").arg(ui::number(result.runs)));
    if (!m_table.hasSeveralPasses()) {
        parts.append(passText(result.rows.front().pass));
    }
    if (!m_origin.isEmpty()) {
        parts.append(tr("from %1").arg(m_origin));
    }
    return parts.join(QStringLiteral(", "));
}

int BenchWorkspace::chosenRow() const {
    const QModelIndexList rows = m_view->selectionModel()->selectedRows();
    return rows.isEmpty() ? -1 : rows.front().row();
}

void BenchWorkspace::chooseRow(int row) {
    if (row >= 0 && row < m_table.rowCount()) {
        m_view->selectRow(row);
        m_view->scrollTo(m_table.index(row, 0));
    }
}

void BenchWorkspace::showChosen() {
    const Baseline* shown = m_baselines.shown();
    const QString name = shown != nullptr ? shown->name : QString();
    m_canvas->chart().show(chartOf(m_table, chosenRow(), name), chosenRow());
    m_cell->show(m_table, chosenRow());
}

void BenchWorkspace::showRun() {
    m_canvas->showRun(
        m_run, m_table.rowCount() > 0 && !m_run.isActive(), services().engine.isQueueHeld());
    if (m_run.state() == BenchState::Failed && m_canvas->banner() == nullptr) {
        showError(tr("The measurement failed"), m_run.error());
    }
    showStart();
    sayStatus();
}

// What keeps the measurement from starting; empty = nothing does.
QString BenchWorkspace::faultText() const {
    if (m_form.masks().isEmpty()) {
        return tr("1 field to fix: Masks");
    }
    return m_refusal ? toQt(m_refusal->message) + QLatin1Char(' ') + toQt(m_refusal->hint)
                     : QString();
}

QString BenchWorkspace::priceText() const {
    if (m_run.state() == BenchState::Waiting) {
        return services().engine.isQueueHeld() ? tr("Waits: the queue is paused.")
                                               : tr("Starts after the jobs before it.");
    }
    if (m_run.isActive()) {
        return m_run.state() == BenchState::Stopping ? tr("Stopping…") : tr("Measuring");
    }
    if (!m_outlook) {
        return services().engine.isEngineReady() ? tr("Estimating") : tr("The engine is loading");
    }
    const QString cells =
        m_outlook->cells == 1 ? tr("1 cell") : tr("%1 cells").arg(ui::number(m_outlook->cells));
    const QString price = m_outlook->seconds > 0.0
                              ? tr("%1, about %2").arg(cells, aboutText(m_outlook->seconds))
                              : tr("%1, time not known yet").arg(cells);
    const std::optional<double> wait = services().queue.secondsUntilEmpty();
    const bool isBusy = !services().engine.isIdle();
    return isBusy && wait ? tr("%1. Starts in about %2.").arg(price, aboutText(*wait))
           : isBusy       ? tr("%1. Starts after the running job.").arg(price)
                          : tr("%1. Leave the machine alone meanwhile.").arg(price);
}

void BenchWorkspace::showStart() {
    const QString fault = faultText();
    m_what->setMaskFault(m_form.masks().isEmpty()
                             ? tr("No mask is ticked; at least one is expected. Tick one.")
                             : QString());
    m_protocol->showStart({m_run.isActive(), fault, priceText()});
    m_runAction->setEnabled(!m_run.isActive() && fault.isEmpty());
    services().actions.setReason(m_runAction, fault);
    m_cancelAction->setEnabled(m_run.isActive() && m_run.state() != BenchState::Stopping);
    m_import->setEnabled(!m_run.isActive());
    m_keep->setEnabled(m_table.rowCount() > 0 && !m_isKept && !m_run.isActive());
}

void BenchWorkspace::showError(const QString& what, const base::Error& error) {
    auto* banner = new Banner(Banner::Kind::Error,
                              what,
                              toQt(error.message) + QLatin1Char(' ') + toQt(error.hint),
                              m_canvas);
    QString details = toQt(base::describe(error));
    details += QStringLiteral("\ncode: ") + QLatin1String(base::name(error.code));
    if (m_run.state() == BenchState::Failed) {
        details +=
            QStringLiteral("\nrequest: ") + toQt(jobs::jsonDump(jobs::toJson(m_run.request())));
        banner->setWays({{tr("Try again"),
                          QString(),
                          QStringLiteral("bench-run"),
                          [this] { m_runAction->trigger(); }}},
                        false);
    }
    banner->setDetails(details);
    banner->setClosable(true);
    m_canvas->setBanner(banner);
}

void BenchWorkspace::sayStatus() {
    switch (m_run.state()) {
        case BenchState::Waiting:
            Q_EMIT statusChanged(tr("The measurement waits"));
            return;
        case BenchState::Running:
            Q_EMIT statusChanged(m_run.runsInAll() > 0 ? tr("Measuring, run %1 of %2")
                                                             .arg(ui::number(m_run.runsDone()),
                                                                  ui::number(m_run.runsInAll()))
                                                       : tr("Measuring"));
            return;
        case BenchState::Stopping:
            Q_EMIT statusChanged(tr("Stopping…"));
            return;
        default:
            break;
    }
    if (m_table.rowCount() == 0) {
        Q_EMIT statusChanged({});
        return;
    }
    const bench::BenchResult& result = *m_table.result();
    const auto countOf = [&](Verdict verdict) {
        return std::ranges::count(result.rows, verdict, &BenchRow::verdict);
    };
    QStringList parts{tr("%1 cells measured in %2")
                          .arg(ui::number(countOf(Verdict::Agrees)), seconds(result.seconds))};
    if (const auto wrong = countOf(Verdict::Wrong); wrong > 0) {
        parts.append(tr("%1 wrong").arg(ui::number(wrong)));
    }
    if (const auto notRun = countOf(Verdict::NotRun); notRun > 0) {
        parts.append(tr("%1 not run").arg(ui::number(notRun)));
    }
    Q_EMIT statusChanged(parts.join(QStringLiteral(", ")));
}

QJsonObject BenchWorkspace::state() const {
    QJsonObject state;
    state.insert(QStringLiteral("run"), benchStateWord(m_run.state()));
    state.insert(QStringLiteral("runs_done"), static_cast<qint64>(m_run.runsDone()));
    state.insert(QStringLiteral("runs_in_all"), static_cast<qint64>(m_run.runsInAll()));
    state.insert(QStringLiteral("price"), priceText());
    state.insert(QStringLiteral("fault"), faultText());
    state.insert(QStringLiteral("outlook_ready"), m_outlook.has_value());
    state.insert(QStringLiteral("cells"), m_outlook ? m_outlook->cells : 0);
    state.insert(QStringLiteral("title"), titleText());
    state.insert(QStringLiteral("chosen"), chosenRow());
    QJsonArray baselines;
    for (const Baseline& each : m_baselines.all()) {
        baselines.append(QJsonObject{{QStringLiteral("name"), each.name},
                                     {QStringLiteral("shown"), &each == m_baselines.shown()}});
    }
    state.insert(QStringLiteral("baselines"), baselines);
    QJsonArray rows;
    for (int row = 0; row < m_table.rowCount(); ++row) {
        QJsonArray texts;
        for (int column = 0; column < BenchTable::ColumnCount; ++column) {
            texts.append(m_table.index(row, column).data().toString());
        }
        rows.append(texts);
    }
    state.insert(QStringLiteral("rows"), rows);
    return state;
}

}  // namespace tessera::ui
