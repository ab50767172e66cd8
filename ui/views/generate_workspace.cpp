#include "ui/views/generate_workspace.h"

#include "ui/actions/action_registry.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/models/library_model.h"
#include "ui/models/queue_model.h"
#include "ui/settings.h"
#include "ui/style/style.h"
#include "ui/views/canvas_panel.h"
#include "ui/views/clip_name.h"
#include "ui/views/clip_panel.h"
#include "ui/views/device_panel.h"
#include "ui/views/dock_column.h"
#include "ui/views/progress_rail.h"
#include "ui/views/prompt_panel.h"
#include "ui/views/recent_panel.h"
#include "ui/views/recipe_panel.h"
#include "ui/views/speed_panel.h"
#include "ui/views/start_panel.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/dock.h"
#include "ui/widgets/transport_bar.h"

#include <system_error>

namespace tessera::ui {

namespace {

constexpr int kLeftWidth = 336;
constexpr int kRightWidth = 300;
constexpr int kQueueHeight = 136;
// Enough for the device's name and memory; the engine measures speed when it estimates.
constexpr double kDoctorSeconds = 0.02;

}  // namespace

GenerateWorkspace::GenerateWorkspace(const Services& services, QWidget* parent)
    : Workspace(QStringLiteral("generate"), tr("Generate"), 1, services, parent),
      m_check(m_form, services.settings, services.engine),
      m_run(services.engine) {
    setAcceptDrops(true);
    m_form.values.precision =
        services.settings.precision() == QStringLiteral("bf16")   ? pipeline::Precision::Bf16
        : services.settings.precision() == QStringLiteral("fp32") ? pipeline::Precision::Fp32
                                                                  : pipeline::Precision::Auto;
    m_form.values.threads = services.settings.threads();
    m_form.values.seed = QString::number(newSeed());
    makeActions();
    makePanels();
    makeDocks();
    restoreDraft();
    followPanels();
    followEngine();
    spread();
    showRun();
    resetLayout();
}

GenerateWorkspace::~GenerateWorkspace() {
    keepDraft();
}

void GenerateWorkspace::makePanels() {
    ActionRegistry& actions = services().actions;
    const auto action = [&](const char* name) { return actions.find(QLatin1String(name)); };
    // In the order in which Tab goes through them.
    m_promptPanel = new PromptPanel(m_places, this);
    m_clipPanel = new ClipPanel(m_places, action("seed-new"), action("seed-lock"), this);
    m_speedPanel = new SpeedPanel(m_places, this);
    m_startPanel = new StartPanel(m_places,
                                  action("job-start"),
                                  action("job-enqueue"),
                                  {action("job-next"),
                                   action("job-several-2"),
                                   action("job-several-4"),
                                   action("job-several-8")},
                                  this);
    m_canvas = new CanvasPanel(m_player, actions, this);
    m_recipePanel = new RecipePanel(this);
    m_devicePanel = new DevicePanel(this);
    m_recentPanel = new RecentPanel(services().library, this);
    setCentralWidget(m_canvas);
}

DockScroll* GenerateWorkspace::addColumnDock(DockColumn& column,
                                             const QString& name,
                                             const QString& title,
                                             Qt::DockWidgetArea area,
                                             QWidget* body,
                                             bool stretches) {
    auto* scroll = new DockScroll(body, this);
    column.add(addDock(name, title, area, scroll), scroll, stretches);
    return scroll;
}

void GenerateWorkspace::makeDocks() {
    const Qt::DockWidgetArea left = Qt::LeftDockWidgetArea;
    const Qt::DockWidgetArea right = Qt::RightDockWidgetArea;
    auto* choose = new DockColumn(this);
    addColumnDock(*choose, QStringLiteral("prompt"), tr("Prompt"), left, m_promptPanel, false);
    addColumnDock(*choose, QStringLiteral("clip"), tr("Model and clip"), left, m_clipPanel, false);
    addColumnDock(*choose, QStringLiteral("speed"), tr("Speed"), left, m_speedPanel, true);
    // The start is always there: no title, nothing to close or take away.
    auto* startBody = new DockScroll(m_startPanel, this);
    Dock* start = addDock(QStringLiteral("start"), tr("Start"), left, startBody);
    start->setFeatures(QDockWidget::NoDockWidgetFeatures);
    auto* noTitle = new QWidget(start);
    noTitle->setFixedHeight(0);
    start->setTitleBarWidget(noTitle);
    choose->add(start, startBody, false, true);
    auto* explain = new DockColumn(this);
    addColumnDock(*explain, QStringLiteral("recipe"), tr("Recipe"), right, m_recipePanel, false);
    m_recipeDock = docks().back();
    addColumnDock(*explain, QStringLiteral("device"), tr("Device"), right, m_devicePanel, false);
    addColumnDock(*explain, QStringLiteral("recent"), tr("Recent"), right, m_recentPanel, true);
}

void GenerateWorkspace::resetLayout() {
    for (Dock* dock : docks()) {
        const QString name = dock->objectName().section(QLatin1Char('.'), 1);
        const bool isRight = name == QStringLiteral("recipe") || name == QStringLiteral("device") ||
                             name == QStringLiteral("recent");
        const bool isBottom = name == QStringLiteral("queue") || name == QStringLiteral("log");
        dock->setFloating(false);
        addDockWidget(isBottom  ? Qt::BottomDockWidgetArea
                      : isRight ? Qt::RightDockWidgetArea
                                : Qt::LeftDockWidgetArea,
                      dock,
                      isBottom ? Qt::Horizontal : Qt::Vertical);
        dock->setVisible(name != QStringLiteral("log"));
    }
    resizeDocks({docks().front(), m_recipeDock}, {kLeftWidth, kRightWidth}, Qt::Horizontal);
    if (auto* queue = findChild<Dock*>(QStringLiteral("dock.queue"))) {
        if (auto* log = findChild<Dock*>(QStringLiteral("dock.log"))) {
            tabifyDockWidget(queue, log);
            queue->raise();
        }
        resizeDocks({queue}, {kQueueHeight}, Qt::Vertical);
    }
}

void GenerateWorkspace::followPanels() {
    connect(m_promptPanel, &PromptPanel::edited, this, &GenerateWorkspace::edited);
    connect(m_promptPanel, &PromptPanel::promptCleared, this, [this] { m_promptMatters = true; });
    connect(m_clipPanel, &ClipPanel::edited, this, &GenerateWorkspace::edited);
    connect(m_clipPanel, &ClipPanel::seedTyped, this, [this] {
        // Who types a seed wants that one.
        services().actions.find(QStringLiteral("seed-lock"))->setChecked(true);
    });
    connect(m_clipPanel, &ClipPanel::modelChanged, this, [this] {
        gather();
        m_clipPanel->setModels(m_form);
    });
    connect(m_speedPanel, &SpeedPanel::edited, this, &GenerateWorkspace::edited);
    connect(m_speedPanel, &SpeedPanel::stepsChosen, this, [this](int steps) {
        changeFields([steps](FormValues& values) { values.steps = steps; });
    });
    connect(m_recentPanel, &RecentPanel::clipChosen, this, [this](const jobs::LibraryClip& clip) {
        showClip(clip.path, clip.recipe.asked);
    });
    connect(&m_canvas->rail(), &ProgressRail::againWanted, this, [this](bool isNext) {
        startAgain(m_run.request(), {}, isNext ? Place::Next : Place::Last);
    });
    connect(
        m_recentPanel,
        &RecentPanel::recipeChosen,
        this,
        [this](const jobs::LibraryClip& clip, bool newSeed) { useRecipe(clip.recipe, newSeed); });
    connect(&services().settings, &Settings::changed, this, [this](const QString& key) {
        if (!key.startsWith(QStringLiteral("draft/")) &&
            !key.startsWith(QStringLiteral("machine/"))) {
            m_check.ask(m_promptMatters);
        }
    });
    m_draftTimer.setSingleShot(true);
    connect(&m_draftTimer, &QTimer::timeout, this, &GenerateWorkspace::keepDraft);
}

void GenerateWorkspace::followEngine() {
    EngineClient& engine = services().engine;
    connect(&m_check, &RequestCheck::answered, this, &GenerateWorkspace::showAnswer);
    connect(&m_run, &GenerationRun::changed, this, &GenerateWorkspace::showRun);
    connect(&m_run, &GenerationRun::previewed, this, [this] {
        if (!m_isAside) {
            showPreview();
        }
    });
    connect(&m_run, &GenerationRun::finished, this, &GenerateWorkspace::showFinished);
    connect(&engine,
            &EngineClient::modelsReady,
            this,
            [this](const base::Result<std::vector<engine::ModelInfo>>& models) {
                if (models) {
                    m_form.setModels(*models);
                    m_form.fillDefaults();
                    m_clipPanel->setModels(m_form);
                    spread();
                    m_check.ask(m_promptMatters);
                }
            });
    connect(&engine, &EngineClient::doctorReady, this, [this](const engine::DoctorReport& report) {
        m_machine = report;
        QStringList devices;
        for (const engine::DeviceReport& device : report.devices) {
            devices.append(toQt(device.name));
        }
        m_speedPanel->setDevices(devices);
        spread();
        showDevice();
    });
    connect(&engine, &EngineClient::engineReady, this, &GenerateWorkspace::askEngine);
    connect(&services().queue, &QueueModel::summaryChanged, this, &GenerateWorkspace::showStart);
    connect(&engine, &EngineClient::idle, this, &GenerateWorkspace::showStart);
    followDisk();
}

void GenerateWorkspace::followDisk() {
    connect(&services().disk, &DiskWorker::recipeReady, this, &GenerateWorkspace::receiveRecipe);
    connect(&services().disk, &DiskWorker::recipeFailed, this, &GenerateWorkspace::refuseRecipe);
    connect(&services().disk,
            &DiskWorker::clipReady,
            this,
            [this](const QString& clip, const base::SharedFrames& frames) {
                if (clip == m_awaitedClip) {
                    m_awaitedClip.clear();
                    m_isAside = m_run.isActive();
                    m_awaitedShown.frames = frames;
                    showOnCanvas(std::move(m_awaitedShown));
                }
            });
}

// Questions asked before would load the library before the window stands.
void GenerateWorkspace::showEvent(QShowEvent* event) {
    Workspace::showEvent(event);
    if (!m_wasShown && services().engine.isEngineReady()) {
        askEngine();
    }
    m_wasShown = true;
}

void GenerateWorkspace::askEngine() {
    if (!m_isSample) {
        services().engine.askModels();
        services().engine.askDoctor(kDoctorSeconds);
        m_check.ask(m_promptMatters);
    }
}

void GenerateWorkspace::entered() {
    m_promptPanel->prompt()->setFocus(Qt::OtherFocusReason);
    sayStatus();
}

void GenerateWorkspace::gather() {
    m_promptPanel->read(m_form.values);
    m_clipPanel->read(m_form.values);
    m_speedPanel->read(m_form.values);
}

void GenerateWorkspace::spread() {
    m_isSpreading = true;
    m_promptPanel->show(m_form.values);
    m_clipPanel->show(m_form.values);
    m_speedPanel->show(m_form.values);
    m_isSpreading = false;
}

void GenerateWorkspace::edited() {
    if (m_isSpreading) {
        return;
    }
    const FormValues before = m_form.values;
    gather();
    if (m_form.values == before) {
        return;
    }
    if (m_form.values.steps != before.steps) {
        spread();  // steps stand in two places
    }
    if (m_form.values.seed != before.seed) {
        m_isSeedUsed = false;
    }
    if (m_run.state() == RunState::Cancelled) {
        m_run.dismiss();
    }
    m_recipePanel->show(m_form.request(services().settings), {});
    scheduleDraft();
    m_check.ask(m_promptMatters);
    showRail();
}

void GenerateWorkspace::changeFields(const std::function<void(FormValues&)>& change) {
    gather();
    change(m_form.values);
    m_form.fillDefaults();
    spread();
    m_isSeedUsed = false;
    scheduleDraft();
    m_check.ask(m_promptMatters);
}

void GenerateWorkspace::usePrompt(const QString& prompt) {
    changeFields([&prompt](FormValues& values) { values.prompt = prompt; });
    m_promptPanel->prompt()->setFocus(Qt::OtherFocusReason);
}

void GenerateWorkspace::applyFix(const FormFix& fix) {
    if (fix.maxRamGb) {
        services().settings.setMaxRamGb(*fix.maxRamGb);
    }
    changeFields([&fix](FormValues& values) {
        if (fix.change) {
            fix.change(values);
        }
    });
}

// Starting is refused at the fields; what the engine has not answered yet it will say as a failure.
// Of `count` clips all but the first draw a seed of their own.
void GenerateWorkspace::start(Place place, int count) {
    gather();
    if (!m_form.values.isSeedLocked && (m_isSeedUsed || m_form.values.seed.trimmed().isEmpty())) {
        m_form.values.seed = QString::number(newSeed());
        spread();
    }
    m_promptMatters = true;
    const std::vector<FormFault> faults = localFaults(m_form, true);
    if (!faults.empty()) {
        m_answer.faults = faults;
        showFaults();
        showStart();
        if (QWidget* input = m_places.input(faults.front().field)) {
            input->setFocus(Qt::OtherFocusReason);
        }
        return;
    }
    pipeline::GenerationRequest request = m_form.request(services().settings);
    for (int made = 0; made < count && submit(request, place); ++made) {
        request.seed = newSeed();
    }
    showStart();
}

// The job's own fields, whatever stands in the form by now, changed by `fix`.
void GenerateWorkspace::startAgain(const pipeline::GenerationRequest& request,
                                   const FormFix& fix,
                                   Place place) {
    const bool isSeedLocked = m_form.values.isSeedLocked;
    m_form.useRequest(request);
    m_form.values.isSeedLocked = isSeedLocked;
    spread();
    applyFix(fix);
    start(place);
}

void GenerateWorkspace::useRequest(const pipeline::GenerationRequest& request) {
    m_form.useRequest(request);
    m_isSeedUsed = false;
    m_run.dismiss();
    spread();
    scheduleDraft();
    m_check.ask(m_promptMatters);
}

bool GenerateWorkspace::submit(pipeline::GenerationRequest request, Place place) {
    const QString folder = services().settings.clipsFolder();
    std::error_code ignored;  // a folder that cannot be made is told by the engine, with the path
    std::filesystem::create_directories(pathOf(folder), ignored);
    request.output = newClipPath(
        folder, toQt(request.prompt), request.seed, QDateTime::currentDateTime(), m_givenPaths);
    const auto id = services().engine.submit(request);
    if (!id) {
        m_canvas->setBanner(new Banner(
            Banner::Kind::Error, toQt(id.error().message), toQt(id.error().hint), m_canvas));
        return false;
    }
    m_isSeedUsed = true;
    m_canvas->setBanner(nullptr);
    if (m_answer.estimate) {
        const pipeline::GenerationRequest& effective = m_answer.estimate->effective;
        const PhaseSeconds expected = expectedPhases(services().settings, *m_answer.estimate);
        services().queue.setEstimate(*id, m_answer.estimate->seconds, expected);
        m_run.expect(*id, {expected, QSize(effective.width, effective.height)});
    }
    if (place == Place::Next) {
        services().engine.move(*id, 0);
    }
    return true;
}

}  // namespace tessera::ui
