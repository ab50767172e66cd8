#include "ui/views/bench_workspace.h"

#include "core/base/json.h"
#include "core/base/paths.h"
#include "core/jobs/request_json.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/models/queue_model.h"
#include "ui/plots/bench_chart.h"
#include "ui/settings.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/views/bench_baselines_panel.h"
#include "ui/views/bench_canvas.h"
#include "ui/views/bench_facts.h"
#include "ui/views/bench_protocol_panel.h"
#include "ui/views/bench_what_panel.h"
#include "ui/views/dock_column.h"
#include "ui/widgets/dock.h"
#include "ui/widgets/empty_state.h"

#include <QHeaderView>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr int kLeftWidth = 264;
constexpr int kRightWidth = 304;
constexpr double kResultsShare = 0.42;  // of the height, the chart has the rest
constexpr int kAskingMs = 200;
constexpr QLatin1String kDraftKey{"draft/bench"};

}  // namespace

BenchWorkspace::BenchWorkspace(const Services& services, QWidget* parent)
    : Workspace(QStringLiteral("bench"), tr("Bench"), 6, services, parent),
      m_run(services.engine),
      m_baselines(base::dataFolder() / "bench-baselines", services.settings, services.disk) {
    m_asking.setSingleShot(true);
    m_asking.setInterval(kAskingMs);
    connect(&m_asking, &QTimer::timeout, this, &BenchWorkspace::askOutlook);
    restoreDraft();
    makeActions();
    makePanels();
    makeDocks();
    followPanels();
    followEngine();
    spread();
    showTable();
    showRun();
    resetLayout();
}

// The table goes before the view that shows it.
BenchWorkspace::~BenchWorkspace() {
    disconnect(m_view->selectionModel(), nullptr, this, nullptr);
    keepDraft();
}

void BenchWorkspace::makePanels() {
    // In the order in which Tab goes through them.
    m_what = new BenchWhatPanel(this);
    m_protocol = new BenchProtocolPanel(m_runAction, this);
    m_canvas = new BenchCanvas(m_runAction, m_cancelAction, this);
    m_baselinesPanel = new BenchBaselinesPanel(m_baselines, m_keep, this);
    m_environment = new BenchEnvironmentPanel(this);
    m_cell = new BenchCellPanel(this);
    setCentralWidget(m_canvas);
}

QWidget* BenchWorkspace::makeResults() {
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(
        new EmptyState(QStringLiteral("file-import"),
                       tr("No rows yet."),
                       tr("A run fills the table; a file of an earlier one does too."),
                       m_import,
                       m_pages,
                       EmptyState::Button::Plain));
    m_view = new QTableView(m_pages);
    m_view->setObjectName(QStringLiteral("bench.results"));
    m_view->setAccessibleName(tr("Results"));
    m_view->setModel(&m_table);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setAlternatingRowColors(true);
    m_view->setShowGrid(false);
    m_view->setIconSize({measure::kSmallIcon, measure::kSmallIcon});
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setTabKeyNavigation(false);
    m_view->setWordWrap(false);
    m_view->setCornerButtonEnabled(false);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(
        std::max(measure::kTableRow, QFontMetrics(tableFont()).height() + 8));
    QHeaderView* header = m_view->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsClickable(false);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(BenchTable::Check, QHeaderView::Stretch);
    m_pages->addWidget(m_view);
    return m_pages;
}

Dock* BenchWorkspace::addColumnDock(DockColumn& column,
                                    const QString& name,
                                    const QString& title,
                                    Qt::DockWidgetArea area,
                                    QWidget* body,
                                    bool stretches,
                                    bool rigid) {
    auto* scroll = new DockScroll(body, this);
    scroll->setMinimumWidth(area == Qt::LeftDockWidgetArea ? kLeftWidth : kRightWidth);
    Dock* dock = addDock(name, title, area, scroll);
    column.add(dock, scroll, stretches, rigid);
    return dock;
}

void BenchWorkspace::makeDocks() {
    const Qt::DockWidgetArea left = Qt::LeftDockWidgetArea;
    const Qt::DockWidgetArea right = Qt::RightDockWidgetArea;
    auto* choose = new DockColumn(this);
    addColumnDock(
        *choose, QStringLiteral("what"), tr("What to measure"), left, m_what, true, false);
    // The start is always there.
    addColumnDock(
        *choose, QStringLiteral("protocol"), tr("Protocol"), left, m_protocol, false, true);
    auto* explain = new DockColumn(this);
    addColumnDock(*explain,
                  QStringLiteral("baselines"),
                  tr("Baselines"),
                  right,
                  m_baselinesPanel,
                  false,
                  false);
    addColumnDock(
        *explain, QStringLiteral("cell"), tr("Selected cell"), right, m_cell, false, false);
    addColumnDock(*explain,
                  QStringLiteral("environment"),
                  tr("Environment"),
                  right,
                  m_environment,
                  true,
                  false);
    m_results =
        addDock(QStringLiteral("results"), tr("Results"), Qt::BottomDockWidgetArea, makeResults());
    for (QAction* action : {m_copy, m_import, m_export}) {
        m_results->addTitleWidget(actionButton(action, "tool", m_results));
    }
}

void BenchWorkspace::resetLayout() {
    for (Dock* dock : docks()) {
        const QString name = dock->objectName().section(QLatin1Char('.'), 1);
        const bool isLeft = name == QStringLiteral("what") || name == QStringLiteral("protocol");
        dock->setFloating(false);
        addDockWidget(dock == m_results ? Qt::BottomDockWidgetArea
                      : isLeft          ? Qt::LeftDockWidgetArea
                                        : Qt::RightDockWidgetArea,
                      dock,
                      dock == m_results ? Qt::Horizontal : Qt::Vertical);
        dock->show();
    }
    shareHeight();
}

void BenchWorkspace::shareHeight() {
    resizeDocks({m_results}, {static_cast<int>(kResultsShare * height())}, Qt::Vertical);
}

void BenchWorkspace::followPanels() {
    connect(m_what, &BenchWhatPanel::edited, this, &BenchWorkspace::edited);
    connect(m_protocol, &BenchProtocolPanel::edited, this, &BenchWorkspace::edited);
    connect(&m_canvas->chart(), &BenchChart::rowChosen, this, &BenchWorkspace::chooseRow);
    connect(m_view->selectionModel(),
            &QItemSelectionModel::selectionChanged,
            this,
            &BenchWorkspace::showChosen);
    connect(&m_table, &BenchTable::changed, this, &BenchWorkspace::showTable);
    connect(&m_baselines, &BaselineList::changed, this, &BenchWorkspace::showBaseline);
    connect(&m_baselines, &BaselineList::problem, this, [this](const base::Error& error) {
        showError(tr("A baseline has a problem"), error);
    });
    connect(m_baselinesPanel, &BenchBaselinesPanel::removed, this, &BenchWorkspace::offerUndo);
    connect(&services().settings, &Settings::changed, this, [this](const QString& key) {
        if (key.startsWith(QStringLiteral("engine/threads"))) {
            m_form.threads = services().settings.threads();
            m_asking.start();
        }
    });
}

void BenchWorkspace::followEngine() {
    EngineClient& engine = services().engine;
    connect(&m_run, &BenchRun::changed, this, &BenchWorkspace::showRun);
    connect(&m_run, &BenchRun::finished, this, [this](const bench::BenchResult& result) {
        showResult(result, {});
        m_asking.start();  // the engine has learnt how long it takes
    });
    connect(&engine,
            &EngineClient::outlookReady,
            this,
            [this](std::uint64_t ticket, const base::Result<bench::BenchOutlook>& outlook) {
                if (ticket == m_ticket) {
                    takeOutlook(outlook);
                }
            });
    connect(&engine, &EngineClient::doctorReady, this, [this](const engine::DoctorReport& report) {
        QStringList devices;
        for (const engine::DeviceReport& device : report.devices) {
            devices.append(toQt(device.name));
        }
        m_what->setDevices(devices);
        spread();
    });
    connect(&engine, &EngineClient::engineReady, this, &BenchWorkspace::askOutlook);
    connect(&services().queue, &QueueModel::summaryChanged, this, &BenchWorkspace::showStart);
}

void BenchWorkspace::showEvent(QShowEvent* event) {
    Workspace::showEvent(event);
    // Heights asked for before the window is shown are lost; those of a kept layout are not.
    if (!m_wasShown &&
        !services().settings.value(QStringLiteral("layouts/bench/current")).isValid()) {
        QTimer::singleShot(0, this, &BenchWorkspace::shareHeight);
    }
    m_wasShown = true;
    askOutlook();
}

void BenchWorkspace::entered() {
    if (m_table.rowCount() > 0) {
        m_view->setFocus(Qt::OtherFocusReason);
    }
    sayStatus();
}

// ---- Fields ----

void BenchWorkspace::restoreDraft() {
    m_form.threads = services().settings.threads();
    const std::string kept = fromQt(services().settings.value(kDraftKey).toString());
    if (kept.empty()) {
        return;
    }
    const auto json = base::parseJson(kept, "the fields of the bench");
    const auto request = json ? jobs::benchFromJson(*json)
                              : base::Result<bench::BenchRequest>(base::fail(json.error()));
    if (request) {
        const int threads = m_form.threads;
        m_form = BenchForm::of(*request);
        m_form.threads = threads;
    }
}

void BenchWorkspace::keepDraft() {
    if (!m_isSample) {
        services().settings.setValue(kDraftKey,
                                     toQt(jobs::jsonDump(jobs::toJson(m_form.request({})))));
    }
}

void BenchWorkspace::edited() {
    if (m_isSpreading) {
        return;
    }
    const BenchForm before = m_form;
    m_what->read(m_form);
    m_protocol->read(m_form);
    if (m_form == before) {
        return;
    }
    m_run.dismiss();
    m_refusal.reset();
    spread();
    showStart();
    keepDraft();
    m_asking.start();
}

void BenchWorkspace::spread() {
    m_isSpreading = true;
    m_what->show(m_form);
    m_protocol->show(m_form);
    m_isSpreading = false;
}

// Of all kernels: what runs here is to be known of those that are not ticked as well.
void BenchWorkspace::askOutlook() {
    if (m_isSample || !services().engine.isEngineReady() || !isVisible() ||
        m_form.masks().isEmpty()) {
        return;
    }
    const auto kernels = m_outlook ? m_outlook->kernels : std::vector<bench::KernelOutlook>();
    services().engine.askOutlook(m_form.request(kernels), ++m_ticket);
}

void BenchWorkspace::takeOutlook(const base::Result<bench::BenchOutlook>& outlook) {
    m_refusal.reset();
    if (!outlook) {
        m_refusal = outlook.error();
        showStart();
        return;
    }
    // The first answer counts every kernel; which of them are ticked here it does not know yet.
    const bool isFirst = !m_outlook;
    m_outlook = *outlook;
    m_what->setKernels(m_outlook->kernels, toQt(m_outlook->precision));
    showStart();
    if (isFirst && !m_form.kernelsLeftOut.isEmpty()) {
        askOutlook();
    }
}

}  // namespace tessera::ui
