// What the Generate workspace shows of the engine's answers and of the run.

#include "core/jobs/recipe.h"
#include "core/jobs/words.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/models/library_model.h"
#include "ui/models/queue_model.h"
#include "ui/numbers.h"
#include "ui/settings.h"
#include "ui/views/canvas_header.h"
#include "ui/views/canvas_panel.h"
#include "ui/views/device_panel.h"
#include "ui/views/generate_workspace.h"
#include "ui/views/progress_rail.h"
#include "ui/views/prompt_panel.h"
#include "ui/views/recipe_panel.h"
#include "ui/views/speed_panel.h"
#include "ui/views/start_panel.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/dock.h"

#include <algorithm>

namespace tessera::ui {

namespace {

bool isMemory(const FormFault& fault) {
    return fault.code == base::ErrorCode::OutOfMemory;
}

}  // namespace

void GenerateWorkspace::showAnswer(const RequestAnswer& answer) {
    m_answer = answer;
    showFaults();
    const pipeline::GenerationRequest asked = m_form.request(services().settings);
    m_recipePanel->show(asked,
                        answer.estimate ? std::optional(answer.estimate->effective) : std::nullopt);
    m_recipeDock->setState(m_recipePanel->summary());
    const engine::ModelInfo* model = m_form.model();
    m_promptPanel->setUnderstands(!model || model->isBundled);
    const std::uint64_t machine =
        m_machine.devices.empty() ? 0 : m_machine.devices.front().memoryBytes;
    m_speedPanel->showEstimate(
        answer.estimate, machine, std::ranges::any_of(answer.faults, isMemory));
    showStart();
    showRail();
    showDevice();
}

void GenerateWorkspace::showFaults() {
    m_places.show(m_answer.faults, [this](const FormFix& fix) { applyFix(fix); });
}

void GenerateWorkspace::showStart() {
    StartView view;
    view.isBusy = !services().engine.isIdle() || m_run.isActive();
    view.isHeld = services().engine.isQueueHeld();
    view.faults = faultSummary(m_answer.faults);
    view.isPriceBad = std::ranges::any_of(m_answer.faults, isMemory);
    const bool hasTime = m_answer.estimate && m_answer.estimate->seconds > 0.0;
    const QString time = hasTime ? seconds(m_answer.estimate->seconds) : QString();
    if (view.isHeld) {
        view.price = tr("Waits: the queue is paused");
    } else if (view.isBusy) {
        view.price = waitingPrice(time);
    } else if (hasTime) {
        view.price = tr("About %1 on this machine").arg(time);
    } else if (m_check.isAsking()) {
        view.price = tr("Estimating");
    } else {
        view.price = tr("Time not known yet");
    }
    m_startPanel->show(view);
}

// While others run: when this one would start, and what it would take then.
QString GenerateWorkspace::waitingPrice(const QString& time) const {
    const std::optional<double> wait = services().queue.secondsUntilEmpty();
    if (!wait) {
        return tr("Starts after the running job");
    }
    return time.isEmpty() ? tr("Starts in about %1").arg(seconds(*wait))
                          : tr("Starts in about %1, takes %2").arg(seconds(*wait), time);
}

void GenerateWorkspace::showRail() {
    ProgressRail& rail = m_canvas->rail();
    if (m_run.isActive() || m_run.state() == RunState::Cancelled) {
        rail.showRun(m_run);
        return;
    }
    rail.showEstimate(m_answer.estimate,
                      m_answer.estimate ? expectedPhases(services().settings, *m_answer.estimate)
                                        : PhaseSeconds{},
                      m_check.isAsking());
}

void GenerateWorkspace::showRun() {
    const bool isActive = m_run.isActive();
    const bool mayAct = m_run.state() == RunState::Running || m_run.state() == RunState::Paused;
    for (const char* name : {"job-pause", "job-pause-free", "job-finish-early", "job-cancel"}) {
        services().actions.find(QLatin1String(name))->setEnabled(mayAct);
    }
    if (isActive && m_run.progress().phase() < 0 && m_canvas->banner()) {
        m_canvas->setBanner(nullptr);  // what the last job left behind
    }
    if (m_run.state() == RunState::Failed && !m_canvas->banner()) {
        showFailure(m_run.request(), m_run.error(), m_run.progress().phase());
    }
    if (m_run.state() == RunState::Cancelled || m_run.state() == RunState::Failed) {
        m_player.setPlaying(m_player.isPlaying() && m_run.preview() != nullptr);
    }
    showHeader();
    showRail();
    showStart();
    showDevice();
    sayStatus();
}

void GenerateWorkspace::showHeader() {
    CanvasHeader& header = m_canvas->header();
    const RunProgress& progress = m_run.progress();
    const bool hasPreview = m_run.preview() != nullptr && !m_isAside;
    const bool isAside = m_isAside && m_run.preview() != nullptr;
    header.setAside(isAside);
    services().actions.find(QStringLiteral("view-preview"))->setEnabled(isAside);
    const bool isClip = !hasPreview && m_shown.frames;
    header.setExports(isClip && !m_shown.path.empty());
    services()
        .actions.find(QStringLiteral("clip-export"))
        ->setEnabled(isClip && !m_shown.path.empty());
    services()
        .actions.find(QStringLiteral("clip-copy-frame"))
        ->setEnabled(hasPreview || m_shown.frames != nullptr);
    if (isClip) {
        header.show(tr("Clip"), false, m_shown.prompt, tr("seed %1").arg(m_shown.seed));
        return;
    }
    if (!hasPreview) {
        header.show(QString(),
                    false,
                    QString(),
                    m_run.isActive() ? tr("The first preview follows") : QString());
        return;
    }
    const QString step =
        tr("step %1 of %2").arg(progress.denoiseStep()).arg(progress.denoiseSteps());
    switch (m_run.state()) {
        case RunState::Cancelled:
            header.show(tr("Cancelled"), false, QString(), tr("last preview, %1").arg(step));
            break;
        case RunState::Failed:
            header.show(tr("Failed"), false, QString(), tr("last preview, %1").arg(step));
            break;
        default:
            header.show(tr("Preview"), true, QString(), tr("latent colours, %1").arg(step));
    }
}

void GenerateWorkspace::showDevice() {
    DeviceView view;
    const engine::ModelInfo* model = m_form.model();
    view.weightBytes = model ? model->bytes : 0;
    view.needBytes = m_answer.estimate ? m_answer.estimate->residentBytes : 0;
    view.machineBytes = m_machine.devices.empty() ? 0 : m_machine.devices.front().memoryBytes;
    view.state = m_run.isActive()
                     ? phaseWord(static_cast<std::size_t>(std::max(0, m_run.progress().phase())))
                     : tr("idle");
    if (m_run.state() == RunState::Paused) {
        view.state = m_run.isMemoryFreed() ? tr("paused, memory freed") : tr("paused");
    }
    const std::int64_t steps = m_run.progress().denoiseStep();
    if (steps > 0) {
        view.stepSeconds = m_run.progress().spent(kDenoise) / static_cast<double>(steps);
    }
    if (m_answer.estimate) {
        view.device = toQt(jobs::word(m_answer.estimate->effective.device));
        view.threads = m_answer.estimate->effective.threads;
    }
    view.cores = m_machine.threads;
    view.threads = view.threads == 0 ? view.cores : view.threads;
    m_devicePanel->show(view);
}

// Each way puts the job's own fields back, changes them and starts anew; the job that failed stays
// in the queue's list. `phase` -1 = not known.
void GenerateWorkspace::showFailure(const pipeline::GenerationRequest& request,
                                    const base::Error& error,
                                    int phase) {
    GenerationForm ran = m_form;
    ran.useRequest(request);
    const FormFault fault = faultOf(error, ran);
    const QString what =
        error.code == base::ErrorCode::OutOfMemory && phase >= 0
            ? tr("Out of memory in “%1”").arg(phaseWord(static_cast<std::size_t>(phase)))
            : toQt(error.message);
    const QString why = what == toQt(error.message)
                            ? toQt(error.hint)
                            : toQt(error.message) + QLatin1Char(' ') + toQt(error.hint);
    auto* banner = new Banner(Banner::Kind::Error, what, why, m_canvas);
    std::vector<Banner::Way> ways;
    for (const FormFix& fix : fault.fixes) {
        ways.push_back({fix.text, tr("starts again"), QString(), [this, request, fix] {
                            startAgain(request, fix, Place::Last);
                        }});
    }
    ways.push_back({tr("Try again"), QString(), QStringLiteral("job-start"), [this, request] {
                        startAgain(request, {}, Place::Last);
                    }});
    banner->setWays(std::move(ways));
    QString details = toQt(base::describe(error));
    details += QStringLiteral("\ncode: ") + QLatin1String(base::name(error.code));
    if (phase >= 0) {
        details += QStringLiteral("\nphase: ") + phaseWord(static_cast<std::size_t>(phase));
    }
    jobs::Recipe recipe;
    recipe.asked = request;
    details += QStringLiteral("\nrecipe: ") + toQt(jobs::recipeText(recipe));
    banner->setDetails(details);
    m_canvas->setBanner(banner);
}

void GenerateWorkspace::showFinished(const pipeline::GenerationResult& result,
                                     const pipeline::GenerationRequest& asked) {
    rememberPhases(services().settings, result);
    services().library.addResult(result, jobs::makeRecipe(asked, result));
    m_givenPaths.remove(toQt(result.path));
    Shown shown;
    shown.frames = result.frames;
    shown.path = result.path;
    shown.prompt = toQt(asked.prompt);
    shown.seed = result.effective.seed;
    m_run.dismiss();
    m_isAside = false;
    showOnCanvas(std::move(shown));
    m_check.ask(m_promptMatters);  // the engine has learnt how long it takes
}

void GenerateWorkspace::showOnCanvas(Shown shown) {
    const bool isFirst = !m_shown.frames && !m_player.frames();
    m_shown = std::move(shown);
    m_canvas->showFrames(m_shown.frames, {});
    if (isFirst || m_player.count() > 1) {
        m_player.setPlaying(true);
    }
    showHeader();
}

void GenerateWorkspace::showClip(const std::filesystem::path& file,
                                 const pipeline::GenerationRequest& asked) {
    m_run.dismiss();
    m_awaitedClip = toQt(file);
    m_awaitedShown = {nullptr, file, toQt(asked.prompt), asked.seed};
    services().disk.askClip(file);
}

// A clip that lies over the preview of a running job gives way to it again.
void GenerateWorkspace::showPreview() {
    m_isAside = false;
    if (m_run.preview()) {
        m_canvas->showFrames(m_run.preview(), m_run.clipSize());
        m_player.setPlaying(true);
    }
    showHeader();
}

void GenerateWorkspace::showJob(const QueueRow& row) {
    if (row.result) {
        showClip(row.result->path, row.request);
    } else if (row.state == JobState::Failed) {
        showFailure(row.request, row.error, -1);
    }
}

void GenerateWorkspace::sayStatus() {
    if (!m_run.isActive()) {
        Q_EMIT statusChanged({});
        return;
    }
    const RunProgress& progress = m_run.progress();
    QStringList words;
    if (m_run.state() == RunState::Stopping) {
        words.append(tr("Stopping…"));
    } else if (progress.phase() >= 0) {
        words.append(phaseWord(static_cast<std::size_t>(progress.phase())));
    }
    if (progress.stepsInAll() > 0) {
        words.append(tr("step %1 of %2").arg(progress.stepsDone()).arg(progress.stepsInAll()));
    }
    Q_EMIT statusChanged(words.join(QStringLiteral(", ")));
}

}  // namespace tessera::ui
