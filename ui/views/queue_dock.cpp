#include "ui/views/queue_dock.h"

#include "ui/actions/action_registry.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/models/job_words.h"
#include "ui/settings.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/views/clip_name.h"
#include "ui/views/queue_delegate.h"
#include "ui/views/workspace.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/dock.h"
#include "ui/widgets/empty_state.h"

#include <QHeaderView>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

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

bool isEnded(JobState state) {
    return state == JobState::Done || state == JobState::Failed || state == JobState::Cancelled;
}

}  // namespace

QueueDock::QueueDock(Workspace& workspace, const Services& services, QWidget* parent)
    : QWidget(parent), m_services(services) {
    setObjectName(QStringLiteral("queue"));
    setAccessibleName(tr("Queue"));
    makeTable();
    makeRowActions();
    makeQueueActions(workspace);

    auto* empty = new EmptyState(QStringLiteral("job-queue"),
                                 tr("No jobs yet."),
                                 tr("Clips that you start are listed here."),
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
    connect(m_table, &QTableView::doubleClicked, this, [this] {
        if (m_open->isEnabled()) {
            openRow();
        }
    });
    connect(m_table, &QTableView::customContextMenuRequested, this, &QueueDock::showMenu);
}

void QueueDock::followServices() {
    m_loadTurn.setSingleShot(true);
    connect(&m_loadTurn, &QTimer::timeout, this, &QueueDock::submitLoaded);
    const auto changed = [this] { showState(); };
    connect(&m_services.queue, &QueueModel::summaryChanged, this, changed);
    connect(&m_services.queue, &QueueModel::rowsInserted, this, changed);
    connect(&m_services.queue, &QueueModel::rowsRemoved, this, changed);
    connect(&m_services.queue, &QueueModel::modelReset, this, changed);
    connect(&m_services.queue, &QueueModel::layoutChanged, this, changed);
    connect(&m_services.engine, &EngineClient::orderChanged, this, changed);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, changed);
}

void QueueDock::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitColumns();
}

// In a narrow dock the prompt keeps its place; what the recipe says as well gives way to it.
void QueueDock::fitColumns() {
    constexpr int kForAll = 860;
    constexpr int kForSeed = 660;
    constexpr int kForEstimate = 540;
    constexpr int kShortState = 150;
    const int room = width();
    m_table->setColumnHidden(QueueModel::Size, room < kForAll);
    m_table->setColumnHidden(QueueModel::Seed, room < kForSeed);
    m_table->setColumnHidden(QueueModel::Estimate, room < kForEstimate);
    m_table->horizontalHeader()->resizeSection(
        QueueModel::State, room < kForAll ? kShortState : std::end(kColumns)[-1].width);
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

pipeline::GenerationRequest QueueDock::withNewOutput(pipeline::GenerationRequest request) const {
    QSet<QString> given;
    for (int row = 0; row < m_services.queue.rowCount(); ++row) {
        given.insert(toQt(m_services.queue.row(row).request.output));
    }
    const QString folder = request.output.empty() ? m_services.settings.clipsFolder()
                                                  : toQt(request.output.parent_path());
    request.output = newClipPath(
        folder, toQt(request.prompt), request.seed, QDateTime::currentDateTime(), given);
    return request;
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
    if (!m_services.engine.replace(job, withNewOutput(request))) {
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
        const auto job = m_services.engine.submit(withNewOutput(row->request));
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

void QueueDock::openRow() {
    if (const auto row = chosen()) {
        Q_EMIT jobWanted(*row);
    }
}

void QueueDock::setHeld(bool held) {
    m_services.engine.holdQueue(held);
    showState();
}

void QueueDock::showMenu(const QPoint& at) {
    QMenu menu(this);
    for (QAction* action : {m_open, m_useRecipe}) {
        menu.addAction(action);
    }
    menu.addSeparator();
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
    const bool isClip = row && row->isClip;
    m_edit->setEnabled(isWaiting && isClip);
    m_up->setEnabled(isWaiting && queue.waitingCount() > 1);
    m_down->setEnabled(isWaiting && queue.waitingCount() > 1);
    m_duplicate->setEnabled(isClip);
    m_useRecipe->setEnabled(isClip);
    const bool hasFailed = row && row->state == JobState::Failed;
    m_open->setEnabled(isClip && (row->result || hasFailed));
    m_open->setText(hasFailed ? tr("&Show what went wrong") : tr("&Show clip"));
    m_cancel->setEnabled(row && !isEnded(row->state) && row->state != JobState::Stopping);
    m_cancelOthers->setEnabled(row && queue.waitingCount() + (queue.running() ? 1 : 0) > 1);
    m_retry->setEnabled(isClip &&
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

QueueDock* addQueueDock(Workspace& workspace, const Services& services) {
    auto* body = new QueueDock(workspace, services, &workspace);
    Dock* dock = workspace.addDock(
        QStringLiteral("queue"), QueueDock::tr("Queue"), Qt::BottomDockWidgetArea, body);
    QPushButton* hold = actionButton(body->holdAction(), "small", dock);
    hold->setProperty("look", QStringLiteral("tool"));
    dock->addTitleWidget(hold);
    const QueueModel& queue = services.queue;
    const auto follow = [dock, &queue] { dock->setState(queue.summary()); };
    QObject::connect(&queue, &QueueModel::summaryChanged, dock, follow);
    follow();
    return body;
}

}  // namespace tessera::ui
