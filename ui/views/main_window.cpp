#include "ui/views/main_window.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/command_palette.h"
#include "ui/actions/control_keys.h"
#include "ui/bridge/engine_client.h"
#include "ui/dialogs/quit_dialog.h"
#include "ui/models/queue_model.h"
#include "ui/numbers.h"
#include "ui/settings.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/views/main_menu.h"
#include "ui/views/status_line.h"
#include "ui/views/workspace.h"
#include "ui/views/workspace_bar.h"
#include "ui/widgets/banner.h"
#include "ui/window_state.h"

#include <QApplication>
#include <QCloseEvent>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QMenuBar>
#include <QScreen>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

namespace tessera::ui {
namespace {

constexpr QSize kFirstSize(1600, 1000);
constexpr QSize kSmallest(960, 600);

const QString kLastWorkspace = QStringLiteral("window/workspace");

}  // namespace

MainWindow::MainWindow(const Services& services, QWidget* parent)
    : QMainWindow(parent), m_services(services), m_layouts(services.settings) {
    setObjectName(QStringLiteral("main"));
    setWindowTitle(QStringLiteral("Tessera"));
    setAccessibleName(windowTitle());
    setWindowIcon(icon(QStringLiteral("workspace-generate")));
    setContextMenuPolicy(Qt::NoContextMenu);
    qApp->installEventFilter(new ControlKeys(this));
    qApp->installEventFilter(this);
    addFrameActions();
    makeFrame();
    m_menu = new MainMenu(services.actions, menuBar(), this);
    m_palette = new CommandPalette(services.actions, this);
    const QSize screen = QGuiApplication::primaryScreen()->availableSize();
    setMinimumSize(kSmallest.boundedTo(screen));
    resize(kFirstSize.boundedTo(screen));
    followQueue();
}

MainWindow::~MainWindow() = default;

// What somebody sees who works in another window: the title, and a call when the work is done.
void MainWindow::followQueue() {
    connect(&m_services.queue, &QueueModel::summaryChanged, this, &MainWindow::sayTitle);
    const auto call = [this] { QApplication::alert(this); };
    connect(&m_services.engine, &EngineClient::idle, this, call);
    connect(&m_services.engine, &EngineClient::failed, this, call);
    sayTitle();
}

void MainWindow::sayTitle() {
    const QueueModel& queue = m_services.queue;
    QStringList words;
    if (queue.running() != nullptr) {
        const double share = queue.index(0, 0).data(QueueModel::ProgressRole).toDouble();
        words.append(share >= 0.0 ? percent(share) : tr("running"));
    }
    if (const int waiting = queue.waitingCount(); waiting > 0) {
        words.append(tr("%1 waiting").arg(waiting));
    }
    const QString state = words.join(QStringLiteral(", "));
    const QString place = current() != nullptr ? current()->title() : QString();
    QStringList parts{state, place, QStringLiteral("Tessera")};
    parts.removeAll(QString());
    setWindowTitle(parts.join(QStringLiteral(" — ")));
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    // A dialog in front keeps the window's shortcuts away; its state is wanted all the same.
    if (event->type() == QEvent::KeyPress && QApplication::activeModalWidget() != nullptr) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const QAction* copy = m_services.actions.find(QStringLiteral("help-window-state"));
        if (copy != nullptr && copy->shortcut() == QKeySequence(key->keyCombination())) {
            copyState();
            return true;
        }
    }
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::makeFrame() {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_bar = new WorkspaceBar(m_services.actions, body);
    m_banners = new QVBoxLayout;
    m_banners->setSpacing(measure::kGrid);
    m_stack = new QStackedWidget(body);
    m_stack->setObjectName(QStringLiteral("main.workspaces"));
    m_status = new StatusLine(m_services, body);
    layout->addWidget(m_bar);
    layout->addLayout(m_banners);
    layout->addWidget(m_stack, 1);
    layout->addWidget(m_status);
    setCentralWidget(body);
    menuBar()->setObjectName(QStringLiteral("main.menu"));
    menuBar()->setAccessibleName(tr("Menu"));
    connect(m_stack, &QStackedWidget::currentChanged, this, &MainWindow::enter);
}

void MainWindow::addWorkspace(Workspace* workspace) {
    const QString name = workspace->name();
    ActionText text{
        QStringLiteral("workspace-") + name,
        workspace->title(),
        tr("Brings the workspace %1 to the front").arg(workspace->title()),
        tr("Workspaces"),
        QKeySequence(QKeyCombination(Qt::ControlModifier,
                                     static_cast<Qt::Key>(Qt::Key_0 + workspace->number()))),
        true};
    QAction* action = m_services.actions.add(text, this, [this, name] { showWorkspace(name); });
    action->setCheckable(true);
    m_bar->addWorkspace(action);
    m_workspaces.push_back(workspace);
    m_workspaceActions.push_back(action);
    connect(workspace, &Workspace::statusChanged, this, [this, workspace](const QString& words) {
        if (workspace == current()) {
            m_status->setMessage(words);
        }
    });
    m_stack->addWidget(workspace);
}

void MainWindow::start() {
    m_services.actions.restore();
    if (!m_layouts.restoreWindow(*this)) {
        const QSize screen = QGuiApplication::primaryScreen()->availableSize();
        resize(kFirstSize.boundedTo(screen));
    }
    for (Workspace* workspace : m_workspaces) {
        // A layout of fewer docks than there are now leaves the others where the design puts them.
        workspace->resetLayout();
        m_layouts.restoreCurrent(*workspace);
    }
    showWorkspace(m_services.settings.value(kLastWorkspace).toString());
    enter(m_stack->currentIndex());
}

Workspace* MainWindow::current() const {
    return qobject_cast<Workspace*>(m_stack->currentWidget());
}

void MainWindow::showWorkspace(const QString& name) {
    for (Workspace* workspace : m_workspaces) {
        if (workspace->name() == name) {
            m_stack->setCurrentWidget(workspace);
        }
    }
    for (std::size_t at = 0; at < m_workspaces.size(); ++at) {
        m_workspaceActions[at]->setChecked(m_workspaces[at] == current());
    }
}

void MainWindow::enter(int index) {
    Workspace* workspace = current();
    if (index < 0 || workspace == nullptr) {
        return;
    }
    m_menu->rebuild(workspace);
    m_services.settings.setValue(kLastWorkspace, workspace->name());
    m_status->setMessage({});
    sayTitle();
    showLayoutActions();
    workspace->entered();
}

void MainWindow::showBanner(Banner* banner) {
    banner->setParent(centralWidget());
    m_banners->setContentsMargins(measure::kGrid, measure::kGrid, measure::kGrid, 0);
    m_banners->addWidget(banner);
    banner->show();
    connect(banner, &Banner::closed, this, [this, banner] {
        banner->hide();
        banner->deleteLater();
        m_banners->removeWidget(banner);
        if (m_banners->isEmpty()) {
            m_banners->setContentsMargins(0, 0, 0, 0);
        }
    });
}

QByteArray MainWindow::stateJson(bool resetsClock) const {
    const WindowStateSources sources{
        *this, m_workspaces, current(), m_services.engine, m_services.queue};
    return QJsonDocument(ui::windowState(sources, resetsClock)).toJson(QJsonDocument::Indented);
}

void MainWindow::keepLayout() {
    m_layouts.keepWindow(*this);
    for (const Workspace* workspace : m_workspaces) {
        m_layouts.keepCurrent(*workspace);
    }
    m_services.settings.sync();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!m_mayClose && m_services.engine.running()) {
        event->ignore();
        askToQuit();
        return;
    }
    keepLayout();
    event->accept();
    Q_EMIT closed();
}

void MainWindow::askToQuit() {
    if (m_quit) {
        m_quit->raise();
        m_quit->activateWindow();
        return;
    }
    m_quit = new QuitDialog(m_services, this);
    m_quit->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_quit, &QuitDialog::readyToQuit, this, [this] {
        m_mayClose = true;
        close();
    });
    m_quit->open();
}

bool MainWindow::event(QEvent* event) {
    // Delivered when the first frame has been handed to the screen.
    if (event->type() == QEvent::Paint && !m_isPainted) {
        m_isPainted = true;
        QTimer::singleShot(0, this, &MainWindow::firstPainted);
    }
    return QMainWindow::event(event);
}

}  // namespace tessera::ui
