// The queue's actions, and the queue as a file.

#include "core/jobs/queue_file.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/style/icons.h"
#include "ui/views/queue_dock.h"
#include "ui/views/workspace.h"

#include <QFileDialog>
#include <QTableView>

#include <memory>

namespace tessera::ui {
namespace {

QKeySequence keys(QKeyCombination combination) {
    return QKeySequence(combination);
}

}  // namespace

QAction* QueueDock::addAction(const char* name,
                              const char* iconName,
                              const QString& text,
                              const QString& tooltip,
                              const QKeySequence& shortcut,
                              QWidget* scope,
                              std::function<void()> run) {
    ActionText words{QString::fromLatin1(name), text, tooltip, tr("Queue"), shortcut, false};
    QAction* action = m_services.actions.add(words, scope, std::move(run));
    if (iconName != nullptr) {
        action->setIcon(icon(QString::fromLatin1(iconName)));
    }
    return action;
}

void QueueDock::makeRowActions() {
    m_open = addAction("queue-open",
                       "recipe-show",
                       tr("&Show"),
                       tr("Shows the clip of the job, or what went wrong with it"),
                       keys(Qt::Key_Return),
                       m_table,
                       [this] { openRow(); });
    m_useRecipe = addAction("queue-use-recipe",
                            "recipe-restore",
                            tr("Use rec&ipe"),
                            tr("Puts the job's values into the fields"),
                            keys(Qt::CTRL | Qt::Key_U),
                            m_table,
                            [this] {
                                if (const auto row = chosen()) {
                                    Q_EMIT recipeWanted(row->request);
                                }
                            });
    m_edit = addAction(
        "queue-edit",
        nullptr,
        tr("&Edit prompt"),
        tr("Changes the prompt of the waiting job in its row"),
        keys(Qt::Key_F2),
        m_table,
        [this] { m_table->edit(m_table->currentIndex().siblingAtColumn(QueueModel::Prompt)); });
    m_duplicate = addAction("queue-duplicate",
                            "copy",
                            tr("&Duplicate"),
                            tr("Queues the same job once more"),
                            keys(Qt::CTRL | Qt::Key_D),
                            m_table,
                            [this] { duplicate(); });
    m_up = addAction("queue-up",
                     nullptr,
                     tr("Move &up"),
                     tr("Runs the waiting job earlier"),
                     keys(Qt::ALT | Qt::Key_Up),
                     m_table,
                     [this] { moveBy(-1); });
    m_down = addAction("queue-down",
                       nullptr,
                       tr("Move do&wn"),
                       tr("Runs the waiting job later"),
                       keys(Qt::ALT | Qt::Key_Down),
                       m_table,
                       [this] { moveBy(1); });
    m_cancel = addAction("queue-cancel",
                         "job-cancel",
                         tr("&Cancel job"),
                         tr("Takes the waiting job out, or stops the running one"),
                         keys(Qt::Key_Delete),
                         m_table,
                         [this] { cancel(); });
    m_cancelOthers = addAction("queue-cancel-others",
                               nullptr,
                               tr("Cancel all &but this"),
                               tr("Cancels every other job, the running one too"),
                               {},
                               m_table,
                               [this] { cancelOthers(); });
    m_retry = addAction("queue-retry",
                        "job-resume",
                        tr("&Retry"),
                        tr("Queues the failed or cancelled job again"),
                        keys(Qt::CTRL | Qt::Key_R),
                        m_table,
                        [this] { retry(); });
}

void QueueDock::makeQueueActions(Workspace& workspace) {
    m_hold = addAction("queue-hold",
                       "job-pause",
                       tr("Pause &queue"),
                       tr("Starts no further job; the running one goes on"),
                       keys(Qt::CTRL | Qt::SHIFT | Qt::Key_P),
                       &workspace,
                       [this] { setHeld(!m_services.engine.isQueueHeld()); });
    m_save = addAction("queue-save",
                       "file-export",
                       tr("&Save queue…"),
                       tr("Writes the running and waiting jobs to a file"),
                       keys(Qt::CTRL | Qt::SHIFT | Qt::Key_S),
                       &workspace,
                       [this] { askSave(); });
    m_load = addAction("queue-load",
                       "file-import",
                       tr("&Load queue…"),
                       tr("Adds the jobs of a file behind those that wait"),
                       keys(Qt::CTRL | Qt::SHIFT | Qt::Key_O),
                       &workspace,
                       [this] { askLoad(); });
    m_clear = addAction("queue-clear",
                        "queue-clear",
                        tr("Remove &ended jobs"),
                        tr("Takes done, failed and cancelled jobs off the list; clips stay"),
                        {},
                        &workspace,
                        [this] { m_services.queue.removeEnded(); });
}

void QueueDock::askSave() {
    auto* dialog = new QFileDialog(this, tr("Save queue"));
    dialog->setObjectName(QStringLiteral("queue.save-dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("Queues (*.queue.json)"));
    dialog->setDefaultSuffix(QStringLiteral("queue.json"));
    dialog->selectFile(QStringLiteral("jobs.queue.json"));
    connect(dialog, &QFileDialog::fileSelected, this, &QueueDock::save);
    dialog->open();
}

void QueueDock::askLoad() {
    auto* dialog = new QFileDialog(this, tr("Load queue"));
    dialog->setObjectName(QStringLiteral("queue.load-dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptOpen);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Queues (*.queue.json)"), tr("JSON files (*.json)")});
    connect(dialog, &QFileDialog::fileSelected, this, &QueueDock::load);
    dialog->open();
}

void QueueDock::save(const QString& file) {
    std::vector<jobs::JobRequest> requests;
    const QueueRow* running = m_services.queue.running();
    const jobs::JobRequest* now =
        running != nullptr ? m_services.engine.requestOf(running->id) : nullptr;
    if (now != nullptr) {
        requests.push_back(*now);
    }
    for (const jobs::JobSpec& spec : m_services.engine.waiting()) {
        requests.push_back(spec.request);
    }
    auto written = std::make_shared<base::Status>();
    m_services.disk.run(
        this,
        [written, requests = std::move(requests), path = pathOf(file)] {
            *written = jobs::writeQueueFile(path, requests);
        },
        [this, written] {
            if (!*written) {
                showError(tr("The queue was not saved"), written->error());
            }
        });
}

void QueueDock::load(const QString& file) {
    using Read = base::Result<std::vector<jobs::JobRequest>>;
    auto read = std::make_shared<Read>();
    m_services.disk.run(
        this,
        [read, path = pathOf(file)] { *read = jobs::readQueueFile(path); },
        [this, read] {
            if (!*read) {
                showError(tr("The queue was not loaded"), read->error());
                return;
            }
            m_loading.insert(m_loading.end(), (*read)->begin(), (*read)->end());
            submitLoaded();
        });
}

// A few jobs a turn of the event loop: each is written to the journal, and a file may hold
// thousands.
void QueueDock::submitLoaded() {
    constexpr int kJobsATurn = 4;
    for (int count = 0; count < kJobsATurn && !m_loading.empty(); ++count) {
        jobs::JobRequest request = std::move(m_loading.front());
        if (auto* clip = std::get_if<pipeline::GenerationRequest>(&request)) {
            *clip = withNewOutput(std::move(*clip));
        }
        const auto job = m_services.engine.submit(std::move(request));
        m_loading.pop_front();
        if (!job) {
            m_loading.clear();
            showError(tr("The queue was not loaded to its end"), job.error());
            return;
        }
    }
    if (!m_loading.empty()) {
        m_loadTurn.start();
    }
}

}  // namespace tessera::ui
