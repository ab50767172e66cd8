// What keys, menus and buttons of the Library do.

#include "core/media/clip_reader.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/text.h"
#include "ui/models/library_model.h"
#include "ui/numbers.h"
#include "ui/settings.h"
#include "ui/style/icons.h"
#include "ui/views/clip_export.h"
#include "ui/views/library_details.h"
#include "ui/views/library_grid.h"
#include "ui/views/library_workspace.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/transport_bar.h"

#include <QAction>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QUrl>

#include <memory>
#include <system_error>

namespace tessera::ui {

namespace {

namespace fs = std::filesystem;

// Of files that go to a folder nobody is asked about.
fs::path freeName(const fs::path& path) {
    fs::path candidate = path;
    std::error_code ignored;
    for (int number = 2; fs::exists(candidate, ignored); ++number) {
        candidate = path.parent_path() / (path.stem().string() + " (" + std::to_string(number) +
                                          ")" + path.extension().string());
    }
    return candidate;
}

// Another form needs the frames; the same one is copied.
base::Result<ExportedClip> exportOne(const fs::path& clip, const fs::path& target) {
    base::SharedFrames frames;
    if (target.extension() != clip.extension()) {
        auto read = media::readClip(clip);
        if (!read) {
            return base::fail(read.error());
        }
        frames = std::make_shared<const base::FrameSequence>(std::move(*read));
    }
    return exportClip(clip, frames, target);
}

}  // namespace

void LibraryWorkspace::makeActions() {
    addAction("library-search",
              "search",
              tr("&Search clips"),
              tr("Goes to the search field."),
              QKeySequence(QKeySequence::Find),
              [this] {
                  m_search->setFocus(Qt::ShortcutFocusReason);
                  m_search->selectAll();
              });
    m_clear = addAction("library-clear-filters",
                        "filter",
                        tr("&Clear filters"),
                        tr("Empties search and filters, so that every clip is shown again."),
                        {},
                        [this] { setSearch({}); });
    m_write = addAction(
        "library-write-prompt",
        "workspace-generate",
        tr("&Write a prompt"),
        tr("Goes to Generate."),
        {},
        [this] {
            if (QAction* generate = services().actions.find(QStringLiteral("workspace-generate"))) {
                generate->trigger();
            }
        });
    makeClipActions();
    makeRatingActions();
}

void LibraryWorkspace::makeClipActions() {
    m_ofOne.push_back(addAction("recipe-restore",
                                "recipe-restore",
                                tr("&Use recipe"),
                                tr("Takes all fields of the clip back to Generate."),
                                {},
                                [this] { offerRecipe(false); }));
    m_ofOne.push_back(addAction("recipe-new-seed",
                                "seed-new",
                                tr("With &new seed"),
                                tr("Takes the fields back to Generate, with another seed."),
                                {},
                                [this] { offerRecipe(true); }));
    m_ofOne.push_back(addAction("file-reveal",
                                "file-reveal",
                                tr("Show &file"),
                                tr("Opens the folder where the clip lies."),
                                {},
                                [this] { reveal(); }));
    m_export = addAction("file-export",
                         "file-export",
                         tr("&Export…"),
                         tr("Saves the chosen clips elsewhere, with their recipes inside."),
                         QKeySequence(Qt::CTRL | Qt::Key_E),
                         [this] { askExport(); });
    m_delete = addAction("delete",
                         "delete",
                         tr("&Move to bin"),
                         tr("Takes the chosen clips away; this can be undone."),
                         QKeySequence(Qt::Key_Delete),
                         [this] { trashChosen(); });
    m_putBack = addAction("library-put-back",
                          "recipe-restore",
                          tr("Put &back"),
                          tr("Takes the chosen clips out of the bin, to where they were."),
                          {},
                          [this] { services().library.restore(m_grid->chosen()); });
    m_emptyBin = addAction("library-empty-bin",
                           "delete",
                           tr("Empty b&in…"),
                           tr("Deletes every clip of the bin for good."),
                           {},
                           [this] { askEmptyBin(); });
    // Ctrl+Z reaches the grid by the Edit menu's Undo, which has the key everywhere.
    m_undo = addAction("undo-delete",
                       "recipe-restore",
                       tr("Undo move &to bin"),
                       tr("Puts the clips back that were moved to the bin last."),
                       {},
                       [this] { services().library.undoTrash(); });
}

void LibraryWorkspace::makeRatingActions() {
    for (int rating = 0; rating <= 5; ++rating) {
        const QString text = rating == 0   ? tr("&0, no stars")
                             : rating == 1 ? tr("&1 star")
                                           : tr("&%1 stars").arg(rating);
        m_ofOne.push_back(addAction(qPrintable(QStringLiteral("library-rate-%1").arg(rating)),
                                    "rate-star",
                                    text,
                                    rating == 0 ? tr("Takes the rating of the chosen clips away.")
                                                : tr("Rates the chosen clips."),
                                    QKeySequence(Qt::Key_0 + rating),
                                    [this, rating] { rateChosen(rating); }));
    }
}

void LibraryWorkspace::rateChosen(int rating) {
    for (const QModelIndex& index : m_grid->chosen()) {
        services().library.rate(index.row(), rating);
    }
}

void LibraryWorkspace::offerRecipe(bool newSeed) {
    if (m_details->clip()) {
        Q_EMIT useRecipe(m_details->clip()->recipe, newSeed);
    }
}

// The card after the last one that goes is the current one then, for the next press of the key.
void LibraryWorkspace::trashChosen() {
    const QModelIndexList chosen = m_grid->chosen();
    if (chosen.isEmpty() || isBin()) {
        return;
    }
    LibraryModel& library = services().library;
    const int after = chosen.back().row() + 1;
    const int before = chosen.front().row() - 1;
    services().library.moveToTrash(chosen);
    const int next = after < library.rowCount() ? after : before;
    if (next >= 0) {
        m_grid->setCurrentIndex(library.index(next));
    }
}

void LibraryWorkspace::offerUndo(int count) {
    auto* banner = new Banner(Banner::Kind::Info,
                              count == 1 ? tr("Moved the clip to the bin")
                                         : tr("Moved %1 clips to the bin").arg(ui::number(count)),
                              tr("The files are in the folder .trash beside the clips."),
                              this);
    banner->setObjectName(QStringLiteral("library.banner"));
    banner->setWays(
        {{tr("Undo"), QString(), QStringLiteral("recipe-restore"), [this] { m_undo->trigger(); }}},
        false);
    banner->setClosable(true);
    setBanner(banner);
    m_undo->setEnabled(true);
}

// The question stands where its answer is shown; nothing is deleted by a key alone.
void LibraryWorkspace::askEmptyBin() {
    const int count = services().library.facets().inTrash;
    auto* banner =
        new Banner(Banner::Kind::Warning,
                   count == 1 ? tr("Delete the clip in the bin for good?")
                              : tr("Delete %1 clips in the bin for good?").arg(ui::number(count)),
                   tr("Their files are removed from the disk. This cannot be undone."),
                   this);
    banner->setObjectName(QStringLiteral("library.banner"));
    banner->setWays({{tr("Delete for good"),
                      QString(),
                      QStringLiteral("delete"),
                      [this] {
                          setBanner(nullptr);
                          services().library.emptyTrash();
                      }},
                     {tr("Keep them"), QString(), QString(), [this] { setBanner(nullptr); }}},
                    false);
    banner->setClosable(true);
    setBanner(banner);
}

void LibraryWorkspace::reveal() {
    if (m_details->clip()) {
        QDesktopServices::openUrl(QUrl::fromLocalFile(toQt(m_details->clip()->path.parent_path())));
    }
}

// ---- Export ----

void LibraryWorkspace::askExport() {
    const QModelIndexList chosen = m_grid->chosen();
    if (chosen.isEmpty()) {
        return;
    }
    const bool isOne = chosen.size() == 1;
    auto* dialog = new QFileDialog(this, isOne ? tr("Export clip") : tr("Export clips to folder"));
    dialog->setObjectName(QStringLiteral("library.export"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setDirectory(QDir::home());
    if (isOne) {
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setNameFilters(
            {tr("Video (*.mp4)"), tr("Animation (*.gif)"), tr("Frames (*.png)")});
        dialog->setDefaultSuffix(QStringLiteral("mp4"));
        connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
            dialog->setDefaultSuffix(filter.section(QStringLiteral("*."), 1, 1).left(3));
        });
        dialog->selectFile(toQt(services().library.clip(chosen.front().row()).path.filename()));
    } else {
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
    }
    connect(dialog, &QFileDialog::fileSelected, this, &LibraryWorkspace::exportTo);
    dialog->open();
}

void LibraryWorkspace::exportTo(const QString& target) {
    struct Outcome {
        int count = 0;
        fs::path last;
        std::optional<base::Error> error;
    };

    std::vector<fs::path> clips;
    for (const QModelIndex& index : m_grid->chosen()) {
        clips.push_back(services().library.clip(index.row()).path);
    }
    auto outcome = std::make_shared<Outcome>();
    services().disk.run(
        this,
        [clips, to = pathOf(target), outcome] {
            std::error_code ignored;
            const bool isFolder = fs::is_directory(to, ignored);
            for (const fs::path& clip : clips) {
                const auto done = exportOne(clip, isFolder ? freeName(to / clip.filename()) : to);
                if (!done) {
                    outcome->error = done.error();
                    return;
                }
                ++outcome->count;
                outcome->last = done->path;
            }
        },
        [this, outcome] { showExported(outcome->count, toQt(outcome->last), outcome->error); });
}

void LibraryWorkspace::showExported(int count,
                                    const QString& last,
                                    const std::optional<base::Error>& error) {
    Banner* banner = nullptr;
    if (error) {
        banner = new Banner(Banner::Kind::Error, toQt(error->message), toQt(error->hint), this);
    } else if (count == 1) {
        banner = new Banner(Banner::Kind::Success, tr("Exported the clip"), last, this);
    } else {
        banner = new Banner(Banner::Kind::Success,
                            tr("Exported %1 clips").arg(ui::number(count)),
                            last.section(QLatin1Char('/'), 0, -2),
                            this);
    }
    banner->setClosable(true);
    setBanner(banner);
}

// ---- State ----

void LibraryWorkspace::showEvent(QShowEvent* event) {
    services().library.setBrowsed(true);
    Workspace::showEvent(event);
}

void LibraryWorkspace::hideEvent(QHideEvent* event) {
    Workspace::hideEvent(event);
    services().library.setBrowsed(false);
}

void LibraryWorkspace::entered() {
    services().library.scan(pathOf(services().settings.clipsFolder()));
    // A search being written goes on; else the keys are for the clips.
    if (!m_search->hasFocus() || m_search->text().isEmpty()) {
        m_grid->setFocus(Qt::OtherFocusReason);
    }
}

QJsonObject LibraryWorkspace::state() const {
    const LibraryModel& library = services().library;
    QJsonObject state;
    state.insert(QStringLiteral("search"), m_text);
    state.insert(QStringLiteral("found"), library.rowCount());
    state.insert(QStringLiteral("total"), library.total());
    state.insert(QStringLiteral("in_bin"), library.facets().inTrash);
    state.insert(QStringLiteral("place"),
                 isBin() ? QStringLiteral("bin") : QStringLiteral("clips"));
    state.insert(QStringLiteral("group"), m_groupLine->text());
    QJsonArray chosen;
    for (const QModelIndex& index : m_grid->chosen()) {
        chosen.append(toQt(library.clip(index.row()).path));
    }
    state.insert(QStringLiteral("selected"), chosen);
    if (const auto& clip = m_details->clip()) {
        QJsonObject shown;
        shown.insert(QStringLiteral("path"), toQt(clip->path));
        shown.insert(QStringLiteral("prompt"), toQt(clip->recipe.asked.prompt));
        shown.insert(QStringLiteral("seed"), QString::number(jobs::reproduce(clip->recipe).seed));
        shown.insert(QStringLiteral("rating"), clip->rating);
        shown.insert(QStringLiteral("frames"), m_details->player().count());
        shown.insert(QStringLiteral("recipe_read_back"), m_details->isVerified());
        state.insert(QStringLiteral("clip"), shown);
    }
    return state;
}

QStringList LibraryWorkspace::screenshotStates() const {
    return {QStringLiteral("idle"),
            QStringLiteral("nothing-found"),
            QStringLiteral("refused"),
            QStringLiteral("bin")};
}

void LibraryWorkspace::showScreenshotState(const QString& state) {
    showPlace(state == QStringLiteral("bin") ? jobs::LibraryQuery::Place::Trash
                                             : jobs::LibraryQuery::Place::Clips);
    setSearch(state == QStringLiteral("nothing-found") ? QStringLiteral("\"no such words\"")
              : state == QStringLiteral("refused")     ? QStringLiteral("stage:fast")
                                                       : QString());
}

}  // namespace tessera::ui
