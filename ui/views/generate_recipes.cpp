// Where the fields of the Generate workspace come from and go to: drafts, recipes, dropped files,
// the state dump.

#include "core/jobs/recipe.h"
#include "core/jobs/request_json.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/text.h"
#include "ui/settings.h"
#include "ui/views/canvas_header.h"
#include "ui/views/canvas_panel.h"
#include "ui/views/generate_workspace.h"
#include "ui/views/prompt_panel.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/clip_view.h"

#include <QDragEnterEvent>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMimeData>
#include <QUrl>

#include <nlohmann/json.hpp>

namespace tessera::ui {

namespace {

constexpr int kDraftMs = 700;

QString draftKey() {
    return QStringLiteral("draft/generate");
}

// The one local file of a drop that may hold a recipe; empty when there is none.
QString recipeFileOf(const QMimeData* data) {
    if (!data->hasUrls() || data->urls().size() != 1 || !data->urls().front().isLocalFile()) {
        return {};
    }
    const QString file = data->urls().front().toLocalFile();
    const QString suffix = QFileInfo(file).suffix().toLower();
    const bool mayHold = suffix == QStringLiteral("mp4") || suffix == QStringLiteral("gif") ||
                         suffix == QStringLiteral("png") || suffix == QStringLiteral("json");
    return mayHold ? file : QString();
}

QJsonObject requestJson(const pipeline::GenerationRequest& request) {
    const std::string text = jobs::jsonDump(jobs::toJson(request));
    return QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
}

}  // namespace

void GenerateWorkspace::restoreDraft() {
    const QByteArray text = services().settings.value(draftKey()).toString().toUtf8();
    m_form.fromJson(QJsonDocument::fromJson(text).object());
}

// Not restarted by further edits: typing without a pause is kept as well.
void GenerateWorkspace::scheduleDraft() {
    if (!m_draftTimer.isActive()) {
        m_draftTimer.start(kDraftMs);
    }
}

void GenerateWorkspace::keepDraft() {
    if (m_isSample) {
        return;
    }
    const QByteArray text = QJsonDocument(m_form.toJson()).toJson(QJsonDocument::Compact);
    services().settings.setValue(draftKey(), QString::fromUtf8(text));
    services().settings.sync();
}

void GenerateWorkspace::dragEnterEvent(QDragEnterEvent* event) {
    if (!recipeFileOf(event->mimeData()).isEmpty()) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    }
}

void GenerateWorkspace::dropEvent(QDropEvent* event) {
    const QString file = recipeFileOf(event->mimeData());
    if (!file.isEmpty()) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
        restoreRecipe(pathOf(file));
    }
}

void GenerateWorkspace::restoreRecipe(const std::filesystem::path& file, bool newSeed) {
    m_awaitedRecipe = toQt(file);
    m_awaitedNewSeed = newSeed;
    services().disk.askRecipe(file);
}

void GenerateWorkspace::receiveRecipe(const QString& file, const jobs::Recipe& recipe) {
    if (file != m_awaitedRecipe) {
        return;
    }
    m_awaitedRecipe.clear();
    useRecipe(recipe, m_awaitedNewSeed);
    auto* banner = new Banner(Banner::Kind::Info,
                              tr("Recipe of %1 restored").arg(QFileInfo(file).fileName()),
                              tr("All fields are as the clip was made."),
                              m_canvas);
    banner->setWays({{tr("With new seed"),
                      QString(),
                      QStringLiteral("seed-new"),
                      [this, recipe] {
                          useRecipe(recipe, true);
                          m_canvas->setBanner(nullptr);
                      }}},
                    false);
    m_canvas->setBanner(banner);
}

void GenerateWorkspace::refuseRecipe(const QString& file, const base::Error& error) {
    if (file == m_awaitedRecipe) {
        m_awaitedRecipe.clear();
        m_canvas->setBanner(
            new Banner(Banner::Kind::Warning, toQt(error.message), toQt(error.hint), m_canvas));
    }
}

// As it ran, not as it was typed: what was left open then may mean something else here.
void GenerateWorkspace::useRecipe(const jobs::Recipe& recipe, bool withNewSeed) {
    useRequest(jobs::reproduce(recipe));
    if (withNewSeed) {
        changeFields([](FormValues& values) {
            values.seed = QString::number(newSeed());
            values.isSeedLocked = false;
        });
    }
}

QJsonObject GenerateWorkspace::state() const {
    QJsonArray faults;
    for (const FormFault& fault : m_answer.faults) {
        QJsonArray fixes;
        for (const FormFix& fix : fault.fixes) {
            fixes.append(fix.text);
        }
        faults.append(QJsonObject{{QStringLiteral("field"), fieldName(fault.field)},
                                  {QStringLiteral("message"), fault.message},
                                  {QStringLiteral("fixes"), fixes}});
    }
    QJsonArray models;
    for (const engine::ModelInfo& info : m_form.models()) {
        QJsonArray problems;
        for (const std::string& problem : info.problems) {
            problems.append(toQt(problem));
        }
        models.append(QJsonObject{{QStringLiteral("folder"), toQt(info.folder)},
                                  {QStringLiteral("problems"), problems}});
    }
    QJsonObject state{{QStringLiteral("prompt"), m_form.values.prompt},
                      {QStringLiteral("models"), models},
                      {QStringLiteral("fields"), m_form.toJson()},
                      {QStringLiteral("asked"), requestJson(m_form.request(services().settings))},
                      {QStringLiteral("faults"), faults},
                      {QStringLiteral("understood_as"), m_promptPanel->understood()},
                      {QStringLiteral("run"), runStateWord(m_run.state())},
                      {QStringLiteral("estimating"), m_check.isAsking()},
                      {QStringLiteral("shown"), m_canvas->header().tag()},
                      {QStringLiteral("note"), m_canvas->header().note()},
                      {QStringLiteral("frames"), m_player.count()},
                      {QStringLiteral("shown_frame"), m_player.position() + 1},
                      {QStringLiteral("playing"), m_player.isPlaying()},
                      {QStringLiteral("zoom"), m_canvas->view().zoom()},
                      {QStringLiteral("clip"), toQt(m_shown.path)}};
    if (m_answer.estimate) {
        const engine::GenerationEstimate& estimate = *m_answer.estimate;
        state[QStringLiteral("estimate")] = QJsonObject{
            {QStringLiteral("seconds"), estimate.seconds},
            {QStringLiteral("plus_minus"), estimate.plusMinus},
            {QStringLiteral("resident_bytes"), static_cast<double>(estimate.residentBytes)},
            {QStringLiteral("forwards"), estimate.forwards}};
        state[QStringLiteral("effective")] = requestJson(estimate.effective);
    }
    const RunProgress& progress = m_run.progress();
    if (progress.phase() >= 0) {
        const std::optional<double> left = progress.left();
        state[QStringLiteral("phase")] = phaseWord(static_cast<std::size_t>(progress.phase()));
        state[QStringLiteral("step")] = static_cast<double>(progress.stepsDone());
        state[QStringLiteral("steps")] = static_cast<double>(progress.stepsInAll());
        state[QStringLiteral("denoise_step")] = static_cast<double>(progress.denoiseStep());
        state[QStringLiteral("spent_seconds")] = progress.spent();
        state[QStringLiteral("left_seconds")] = left ? QJsonValue(*left) : QJsonValue();
    }
    if (m_run.state() == RunState::Failed) {
        state[QStringLiteral("error")] = toQt(base::describe(m_run.error()));
    }
    return state;
}

}  // namespace tessera::ui
