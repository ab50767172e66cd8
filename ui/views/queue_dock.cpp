#include "ui/views/queue_dock.h"

#include "core/jobs/queue_file.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/models/job_words.h"
#include "ui/settings.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/views/queue_delegate.h"
#include "ui/views/workspace.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/dock.h"
#include "ui/widgets/empty_state.h"

#include <QFileDialog>
#include <QHeaderView>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <memory>

namespace tessera::ui {
namespace {

struct ColumnWidth {
    QueueModel::Column column;
    int width;
};

constexpr ColumnWidth kColumns[] = {{QueueModel::StateIcon, 34},
                                    {QueueModel::Stage, 104},
                                    {QueueModel::Size, 112},
                                    {QueueModel::Seed, 112},
                                    {QueueModel::Estimate, 88},
                                    {QueueModel::State, 190}};

QKeySequence keys(QKeyCombination combination) {
    return QKeySequence(combination);
}

bool isEnded(JobState state) {
    return state == JobState::Done || state == JobState::Failed || state == JobState::Cancelled;
}

}  // namespace

QueueDock::QueueDock(Workspace& workspace, const Services& services, QWidget* parent)
    : QWidget(parent), m_services(services) {
    setObjectName(QStringLiteral("queue"));
    setAccessibleName(tr("Queue"));
    makeTable();
    makeActions(workspace);

    auto* empty = new EmptyState(QStringLiteral("job-queue"),
                                 tr("No jobs yet."),
                                 tr("Each clip you start is listed here until the program ends."),
                                 nullptr,
                                 this);
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(empty);
    m_pages->addWidget(m_table);
    m_problem = new QWidget(this);
    m_problem->hide();
    auto* problemLayout = new QVBoxLayout(m_problem);
    problemLayout->setContentsMargins(
        measure::kRowGap, measure::kRowGap, measure::kRowGap, measure::kRowGap);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_problem);
    layout->addWidget(m_pages, 1);
    followServices();
    showState();
}

void QueueDock::makeTable() {
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("queue.table"));
    m_table->setAccessibleName(tr("Jobs"));
    m_table->setModel(&m_services.queue);
    auto* delegate = new QueueDelegate(m_services.queue, m_table);
    m_table->setItemDelegate(delegate);
    connect(delegate, &QueueDelegate::promptEdited, this, &QueueDock::replacePrompt);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::DoubleClicked);
    m_table->setTabKeyNavigation(false);
    m_table->setDragEnabled(true);
    m_table->setAcceptDrops(true);
    m_table->setDropIndicatorShown(true);
    m_table->setDragDropMode(QAbstractItemView::InternalMove);
    m_table->setDragDropOverwriteMode(false);
    m_table->setIconSize(QSize(measure::kSmallIcon, measure::kSmallIcon));
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(
        std::max(measure::kTableRow, fontMetrics().height() + 8));
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsMovable(false);
    header->setSectionResizeMode(QHeaderView::Interactive);
    for (const auto& [column, width] : kColumns) {
        header->resizeSection(column, width);
    }
    header->setMinimumSectionSize(kColumns[0].width);
    header->setSectionResizeMode(QueueModel::Prompt, QHeaderView::Stretch);
    connect(m_table, &QTableView::customContextMenuRequested, this, &QueueDock::showMenu);
}

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

void QueueDock::makeActions(Workspace& workspace) {
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

void QueueDock::followServices() {
    const auto changed = [this] { showState(); };
    connect(&m_services.queue, &QueueModel::summaryChanged, this, changed);
    connect(&m_services.queue, &QueueModel::rowsInserted, this, changed);
    connect(&m_services.queue, &QueueModel::rowsRemoved, this, changed);
    connect(&m_services.queue, &QueueModel::modelReset, this, changed);
    connect(&m_services.queue, &QueueModel::layoutChanged, this, changed);
    connect(&m_services.engine, &EngineClient::orderChanged, this, changed);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, changed);
}

std::optional<QueueRow> QueueDock::chosen() const {
    const QModelIndex index = m_table->currentIndex();
    if (!index.isValid()) {
        return std::nullopt;
    }
    return m_services.queue.row(index.row());
}

void QueueDock::choose(jobs::JobId job) {
    for (int row = 0; row < m_services.queue.rowCount(); ++row) {
        if (m_services.queue.row(row).id == job) {
            m_table->selectRow(row);
            return;
        }
    }
}

void QueueDock::replacePrompt(jobs::JobId job, const QString& prompt) {
    const QueueRow* row = m_services.queue.find(job);
    if (row == nullptr || prompt.trimmed().isEmpty()) {
        showError(tr("The prompt was not changed"),
                  {base::ErrorCode::BadInput,
                   fromQt(tr("A prompt needs at least one word.")),
                   fromQt(tr("Edit it again, or cancel the job.")),
                   {}});
        return;
    }
    pipeline::GenerationRequest request = row->request;
    request.prompt = fromQt(prompt);
    if (!m_services.engine.replace(job, request)) {
        showError(tr("The prompt was not changed"),
                  {base::ErrorCode::BadInput,
                   fromQt(tr("The job has started meanwhile.")),
                   fromQt(tr("Duplicate it and edit the copy.")),
                   {}});
        return;
    }
    choose(job);
}

void QueueDock::duplicate() {
    if (const auto row = chosen()) {
        const auto job = m_services.engine.submit(row->request);
        if (!job) {
            showError(tr("The job was not queued"), job.error());
        } else {
            choose(*job);
        }
    }
}

void QueueDock::moveBy(int rows) {
    const auto row = chosen();
    if (!row || row->state != JobState::Waiting) {
        return;
    }
    const std::vector<jobs::JobSpec> waiting = m_services.engine.waiting();
    const auto found = std::find_if(waiting.begin(), waiting.end(), [&](const jobs::JobSpec& spec) {
        return spec.id == row->id;
    });
    const auto place = found - waiting.begin() + rows;
    if (found != waiting.end() && place >= 0 &&
        place < static_cast<std::ptrdiff_t>(waiting.size())) {
        m_services.engine.move(row->id, static_cast<std::size_t>(place));
        choose(row->id);
    }
}

void QueueDock::cancel() {
    if (const auto row = chosen()) {
        m_services.engine.cancel(row->id);
    }
}

void QueueDock::cancelOthers() {
    if (const auto row = chosen()) {
        m_services.engine.cancelAllBut(row->id);
    }
}

void QueueDock::retry() {
    if (const auto row = chosen(); row && isEnded(row->state)) {
        duplicate();
    }
}

void QueueDock::setHeld(bool held) {
    m_services.engine.holdQueue(held);
    showState();
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
    if (const QueueRow* running = m_services.queue.running()) {
        requests.emplace_back(running->request);
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
        const auto job = m_services.engine.submit(std::move(m_loading.front()));
        m_loading.pop_front();
        if (!job) {
            m_loading.clear();
            showError(tr("The queue was not loaded to its end"), job.error());
            return;
        }
    }
    if (!m_loading.empty()) {
        QTimer::singleShot(0, this, &QueueDock::submitLoaded);
    }
}

void QueueDock::showMenu(const QPoint& at) {
    QMenu menu(this);
    for (QAction* action : {m_edit, m_duplicate, m_retry, m_up, m_down}) {
        menu.addAction(action);
    }
    menu.addSeparator();
    menu.addAction(m_cancel);
    menu.addAction(m_cancelOthers);
    menu.addSeparator();
    for (QAction* action : {m_hold, m_clear, m_save, m_load}) {
        menu.addAction(action);
    }
    menu.exec(m_table->viewport()->mapToGlobal(at));
}

void QueueDock::showState() {
    const QueueModel& queue = m_services.queue;
    m_pages->setCurrentIndex(queue.rowCount() > 0 ? 1 : 0);
    const auto row = chosen();
    const bool isWaiting = row && row->state == JobState::Waiting;
    m_edit->setEnabled(isWaiting);
    m_up->setEnabled(isWaiting && queue.waitingCount() > 1);
    m_down->setEnabled(isWaiting && queue.waitingCount() > 1);
    m_duplicate->setEnabled(row.has_value());
    m_cancel->setEnabled(row && !isEnded(row->state) && row->state != JobState::Stopping);
    m_cancelOthers->setEnabled(row && queue.waitingCount() + (queue.running() ? 1 : 0) > 1);
    m_retry->setEnabled(row &&
                        (row->state == JobState::Failed || row->state == JobState::Cancelled));
    m_save->setEnabled(queue.waitingCount() > 0 || queue.running() != nullptr);
    bool hasEnded = false;
    for (int at = 0; at < queue.rowCount(); ++at) {
        hasEnded = hasEnded || isEnded(queue.row(at).state);
    }
    m_clear->setEnabled(hasEnded);
    const bool isHeld = m_services.engine.isQueueHeld();
    m_hold->setText(isHeld ? tr("Resume &queue") : tr("Pause &queue"));
    m_hold->setIcon(icon(isHeld ? QStringLiteral("job-resume") : QStringLiteral("job-pause")));
}

void QueueDock::showError(const QString& what, const base::Error& error) {
    delete m_banner;
    m_banner = new Banner(Banner::Kind::Error,
                          what,
                          toQt(error.message) + QLatin1Char(' ') + toQt(error.hint),
                          m_problem);
    m_banner->setObjectName(QStringLiteral("queue.problem"));
    m_problem->layout()->addWidget(m_banner);
    m_problem->show();
    connect(m_banner, &Banner::closed, m_problem, &QWidget::hide);
}

Dock* addQueueDock(Workspace& workspace, const Services& services) {
    auto* body = new QueueDock(workspace, services, &workspace);
    Dock* dock = workspace.addDock(
        QStringLiteral("queue"), QueueDock::tr("Queue"), Qt::BottomDockWidgetArea, body);
    dock->addTitleWidget(actionButton(body->holdAction(), "small", dock));
    const QueueModel& queue = services.queue;
    const auto follow = [dock, &queue] { dock->setState(queue.summary()); };
    QObject::connect(&queue, &QueueModel::summaryChanged, dock, follow);
    follow();
    return dock;
}

}  // namespace tessera::ui
