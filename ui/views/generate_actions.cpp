// The actions of the Generate workspace: what keys, menus and buttons do.

#include "ui/actions/action_registry.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/text.h"
#include "ui/settings.h"
#include "ui/style/icons.h"
#include "ui/views/canvas_panel.h"
#include "ui/views/clip_export.h"
#include "ui/views/generate_workspace.h"
#include "ui/views/prompt_panel.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/clip_view.h"
#include "ui/widgets/transport_bar.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>

#include <memory>

namespace tessera::ui {

namespace {

QKeySequence keys(QKeyCombination combination) {
    return QKeySequence(combination);
}

}  // namespace

void GenerateWorkspace::makeActions() {
    makeJobActions();
    makeFieldActions();
    makeViewActions();
    addTransportActions(services().actions, m_player, this);
}

void GenerateWorkspace::makeJobActions() {
    ActionRegistry& actions = services().actions;
    const QString group = tr("Generate");
    const auto add = [&](const char* name,
                         const QString& text,
                         const QString& tooltip,
                         const QKeySequence& shortcut,
                         const char* drawing,
                         std::function<void()> run) {
        QAction* action = actions.add(
            {QLatin1String(name), text, tooltip, group, shortcut, false}, this, std::move(run));
        action->setIcon(icon(QLatin1String(drawing)));
        return action;
    };
    add("job-start",
        tr("&Generate"),
        tr("Makes the clip; while another job runs it waits in the queue."),
        keys(Qt::CTRL | Qt::Key_Return),
        "job-start",
        [this] { start(Place::Last); });
    add("job-enqueue",
        tr("Add to &queue"),
        tr("Puts the clip behind the jobs that wait."),
        keys(Qt::CTRL | Qt::SHIFT | Qt::Key_Return),
        "job-queue",
        [this] { start(Place::Last); });
    add("job-next",
        tr("Put &next in queue"),
        tr("Puts the clip before the jobs that wait."),
        {},
        "job-queue",
        [this] { start(Place::Next); });
    for (const int count : {2, 4, 8}) {
        services()
            .actions
            .add({QStringLiteral("job-several-%1").arg(count),
                  tr("Add &%1 with new seeds").arg(count),
                  tr("Puts %1 clips of this prompt in the queue, each with a seed of its own.")
                      .arg(count),
                  group,
                  {},
                  false},
                 this,
                 [this, count] { start(Place::Last, count); })
            ->setIcon(icon(QStringLiteral("job-queue")));
    }
    add("job-pause",
        tr("&Pause or resume"),
        tr("Holds the running job after its step, or lets it go on."),
        keys(Qt::CTRL | Qt::Key_P),
        "job-pause",
        [this] { m_run.togglePause(); });
    add("job-pause-free",
        tr("Pause and free &memory"),
        tr("Holds the running job and gives its model's memory back; going on reads the weights "
           "again."),
        keys(Qt::CTRL | Qt::ALT | Qt::Key_P),
        "job-pause",
        [this] { m_run.pauseAndFreeMemory(); });
    add("job-finish-early",
        tr("&Finish early"),
        tr("Ends the running job with what is there and keeps the clip."),
        keys(Qt::CTRL | Qt::SHIFT | Qt::Key_Period),
        "job-finish-early",
        [this] { m_run.finishEarly(); });
    add("job-cancel",
        tr("&Cancel"),
        tr("Stops the running job and keeps nothing."),
        keys(Qt::CTRL | Qt::Key_Period),
        "job-cancel",
        [this] { m_run.cancel(); });
}

void GenerateWorkspace::makeFieldActions() {
    ActionRegistry& actions = services().actions;
    const QString group = tr("Generate");
    actions.add(
        {QStringLiteral("seed-new"),
         tr("&New seed"),
         tr("Draws another seed."),
         group,
         keys(Qt::CTRL | Qt::SHIFT | Qt::Key_D)},
        this,
        [this] {
            changeFields([](FormValues& values) { values.seed = QString::number(newSeed()); });
        });
    QAction* lock =
        actions.add({QStringLiteral("seed-lock"),
                     tr("&Lock seed"),
                     tr("Keeps the seed for the next runs; open, each run draws another."),
                     group,
                     {}},
                    this,
                    [] {});
    lock->setCheckable(true);
    connect(lock, &QAction::toggled, this, &GenerateWorkspace::edited);
    QAction* copy =
        actions.add({QStringLiteral("edit-copy-prompt"),
                     tr("Copy p&rompt"),
                     tr("Puts the prompt on the clipboard."),
                     group,
                     keys(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
                     false},
                    this,
                    [this] { QApplication::clipboard()->setText(m_form.values.prompt); });
    copy->setIcon(icon(QStringLiteral("copy")));
    actions.add({QStringLiteral("edit-prompt"),
                 tr("Write &prompt"),
                 tr("Goes to the prompt."),
                 group,
                 keys(Qt::CTRL | Qt::Key_L),
                 false},
                this,
                [this] { m_promptPanel->prompt()->setFocus(Qt::ShortcutFocusReason); });
    QAction* restore = actions.add({QStringLiteral("recipe-restore-file"),
                                    tr("&Open recipe…"),
                                    tr("Takes all fields from a clip or a recipe file."),
                                    group,
                                    keys(Qt::CTRL | Qt::Key_O),
                                    false},
                                   this,
                                   [this] { askRecipeFile(); });
    restore->setIcon(icon(QStringLiteral("recipe-restore")));
}

void GenerateWorkspace::makeViewActions() {
    ActionRegistry& actions = services().actions;
    const QString group = tr("Canvas");
    actions
        .add({QStringLiteral("view-preview"),
              tr("Back to the &preview"),
              tr("Shows the running job again in place of the clip that lies over it."),
              group,
              {},
              false},
             this,
             [this] { showPreview(); })
        ->setIcon(icon(QStringLiteral("recipe-restore")));
    actions.add({QStringLiteral("view-fit"),
                 tr("&Fit to canvas"),
                 tr("Shows the whole clip as large as there is room."),
                 group,
                 keys(Qt::CTRL | Qt::Key_0)},
                this,
                [this] { m_canvas->view().setZoom(0.0); });
    actions.add({QStringLiteral("view-actual-size"),
                 tr("&Actual size"),
                 tr("Shows one pixel of the clip on one pixel of the screen."),
                 group,
                 keys(Qt::CTRL | Qt::ALT | Qt::Key_1)},
                this,
                [this] { m_canvas->view().setZoom(1.0); });
    QAction* save =
        actions.add({QStringLiteral("clip-export"),
                     tr("&Export clip…"),
                     tr("Saves the clip that is shown to a file, with its recipe inside."),
                     group,
                     keys(Qt::CTRL | Qt::Key_E),
                     false},
                    this,
                    [this] { askExport(); });
    save->setIcon(icon(QStringLiteral("file-export")));
    QAction* frame = actions.add(
        {QStringLiteral("clip-copy-frame"),
         tr("Copy &frame"),
         tr("Puts the frame that is shown on the clipboard."),
         group,
         {},
         false},
        this,
        [this] { QApplication::clipboard()->setImage(m_canvas->view().currentImage()); });
    frame->setIcon(icon(QStringLiteral("copy")));
}

void GenerateWorkspace::askRecipeFile() {
    auto* dialog = new QFileDialog(this,
                                   tr("Open recipe"),
                                   services().settings.clipsFolder(),
                                   tr("Clips and recipes (*.mp4 *.gif *.png *.json)"));
    dialog->setObjectName(QStringLiteral("generate.open-recipe"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        restoreRecipe(pathOf(file));
    });
    dialog->open();
}

void GenerateWorkspace::askExport() {
    if (!m_shown.frames || m_shown.path.empty()) {
        return;
    }
    auto* dialog = new QFileDialog(this,
                                   tr("Export clip"),
                                   QDir::home().filePath(toQt(m_shown.path.filename())),
                                   tr("Video (*.mp4);;Animation (*.gif);;Frames (*.png)"));
    dialog->setObjectName(QStringLiteral("generate.export"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("mp4"));
    connect(dialog, &QFileDialog::fileSelected, this, &GenerateWorkspace::exportTo);
    dialog->open();
}

void GenerateWorkspace::exportTo(const QString& file) {
    const Shown shown = m_shown;
    auto result = std::make_shared<base::Result<ExportedClip>>(ExportedClip{});
    services().disk.run(
        this,
        [shown, file, result] { *result = exportClip(shown.path, shown.frames, pathOf(file)); },
        [this, result] {
            if (!*result) {
                const base::Error& error = result->error();
                m_canvas->setBanner(new Banner(
                    Banner::Kind::Error, toQt(error.message), toQt(error.hint), m_canvas));
                return;
            }
            const ExportedClip& exported = **result;
            m_canvas->setBanner(new Banner(
                Banner::Kind::Success,
                tr("Exported to %1").arg(toQt(exported.path.filename())),
                exported.hasRecipe ? tr("Recipe embedded \u2713") : tr("Without a recipe inside."),
                m_canvas));
        });
}

}  // namespace tessera::ui
