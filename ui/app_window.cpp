#include "ui/app_window.h"

#include "core/base/format.h"
#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/jobs/library.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/dialogs/data_removal.h"
#include "ui/event_clock.h"
#include "ui/models/library_model.h"
#include "ui/models/log_model.h"
#include "ui/models/queue_model.h"
#include "ui/settings.h"
#include "ui/views/bench_workspace.h"
#include "ui/views/generate_workspace.h"
#include "ui/views/library_workspace.h"
#include "ui/views/log_dock.h"
#include "ui/views/main_window.h"
#include "ui/views/plan_workspace.h"
#include "ui/views/process_memory.h"
#include "ui/views/queue_dock.h"
#include "ui/views/status_line.h"
#include "ui/widgets/banner.h"

#include <QApplication>
#include <QFileInfo>
#include <QTimer>

#include <charconv>

#include <signal.h>

namespace tessera::ui {
namespace {

namespace fs = std::filesystem;

// The process that "<name>.part-<process>-<n>" belongs to; 0 when the name is another one.
int ownerOfTemporary(const std::string& name) {
    constexpr std::string_view kMark = ".part-";
    const std::size_t at = name.rfind(kMark);
    if (at == std::string::npos) {
        return 0;
    }
    int process = 0;
    const char* from = name.data() + at + kMark.size();
    const auto [end, error] = std::from_chars(from, name.data() + name.size(), process);
    return error == std::errc{} && end != name.data() + name.size() && *end == '-' ? process : 0;
}

bool isAlive(int process) {
    return ::kill(process, 0) == 0 || errno != ESRCH;
}

}  // namespace

base::Result<fs::path> setAside(const fs::path& database) {
    const std::string stem = database.stem().string();
    std::error_code error;
    fs::path aside;
    int number = 1;
    do {
        aside = database.parent_path() /
                (stem + '-' + std::to_string(number++) + ".broken" + database.extension().string());
    } while (fs::exists(aside, error));
    for (const char* suffix : {"-wal", "-shm"}) {
        std::error_code ignored;  // most often there is none
        fs::rename(database.string() + suffix, aside.string() + suffix, ignored);
    }
    fs::rename(database, aside, error);
    if (error) {
        return base::fail(base::ErrorCode::NotWritable,
                          std::string("'") + database.string() +
                              "' cannot be set aside: " + error.message() + ".",
                          "Make the folder writable, or choose another one with --data-dir.",
                          database.string());
    }
    return aside;
}

void removeTemporaries(const fs::path& folder, LeftBehind& left) {
    std::error_code error;
    fs::directory_iterator walk(folder, error);
    for (; !error && walk != fs::directory_iterator(); walk.increment(error)) {
        std::error_code gone;
        const int owner = ownerOfTemporary(walk->path().filename().string());
        if (owner <= 0 || isAlive(owner) || !walk->is_regular_file(gone)) {
            continue;
        }
        const std::uintmax_t bytes = walk->file_size(gone);
        if (fs::remove(walk->path(), gone)) {
            ++left.temporaryFiles;
            left.temporaryBytes += bytes;
        }
    }
}

AppWindow::AppWindow(AppOptions options) : m_options(std::move(options)) {
    m_lastSign = QFileInfo(logFile()).lastModified();
    m_settings = std::make_unique<Settings>(toQt(base::dataFolder() / "settings.ini"));
    removePending(*m_settings);
    m_log = std::make_unique<LogModel>();
    if (const base::Status opened = base::openLogFile(pathOf(logFile())); !opened) {
        report(tr("The log is not written to a file"), opened.error(), false);
    }
    applyTheme(m_options.theme.value_or(m_settings->theme()));
    openJournal();
    makeServices();
    makeWindow();
    followServices();
}

AppWindow::~AppWindow() {
    // The window goes while everything it shows is still there; the engine before the journal.
    m_window.reset();
    m_engine->shutdown();
    m_services.reset();
}

void AppWindow::report(const QString& what, const base::Error& error, bool isError) {
    (isError ? base::logError : base::logWarning)(fromQt(what) + ": " + base::describe(error));
    auto* banner = new Banner(isError ? Banner::Kind::Error : Banner::Kind::Warning,
                              what,
                              toQt(error.message) + QLatin1Char(' ') + toQt(error.hint));
    if (m_window) {
        m_window->showBanner(banner);
    } else {
        m_early.push_back(banner);
    }
}

void AppWindow::openJournal() {
    const fs::path path = jobs::journalPath();
    auto journal = jobs::Journal::open(path);
    if (!journal && journal.error().code == base::ErrorCode::BadFile) {
        const base::Error broken = journal.error();
        if (const auto aside = setAside(path)) {
            report(tr("The queue of the last run could not be read"),
                   {broken.code,
                    broken.message,
                    fromQt(tr("It was set aside as %1, and a fresh one is in its place.")
                               .arg(toQt(aside->filename()))),
                    broken.where},
                   false);
            journal = jobs::Journal::open(path);
        }
    }
    if (!journal) {
        report(tr("Jobs are not kept: a crash would lose the queue"), journal.error(), true);
        return;
    }
    m_journal = std::move(*journal);
}

void AppWindow::makeServices() {
    m_disk = std::make_unique<DiskWorker>();
    m_engine = std::make_unique<EngineClient>(m_options.load, m_journal.get());
    m_queue = std::make_unique<QueueModel>(*m_engine);
    m_library = std::make_unique<LibraryModel>(jobs::libraryPath(), *m_disk);
    m_actions = std::make_unique<ActionRegistry>(*m_settings);
    m_services = std::make_unique<Services>(
        Services{*m_settings, *m_actions, *m_engine, *m_disk, *m_queue, *m_library});
}

void AppWindow::makeWindow() {
    m_window = std::make_unique<MainWindow>(*m_services);
    m_generate = new GenerateWorkspace(*m_services, m_window.get());
    QueueDock* queue = addQueueDock(*m_generate, *m_services);
    connect(queue, &QueueDock::jobWanted, m_generate, &GenerateWorkspace::showJob);
    connect(queue, &QueueDock::recipeWanted, m_generate, &GenerateWorkspace::useRequest);
    addLogDock(*m_generate, *m_log, *m_actions);
    m_window->addWorkspace(m_generate);
    m_window->addWorkspace(new PlanWorkspace(*m_services, m_window.get()));
    m_window->addWorkspace(new BenchWorkspace(*m_services, m_window.get()));
    auto* library = new LibraryWorkspace(*m_services, m_window.get());
    m_window->addWorkspace(library);
    m_window->start();
    for (Banner* banner : m_early) {
        m_window->showBanner(banner);
    }
    m_early.clear();
    if (!m_journal) {
        m_window->status().setProblem(tr("Queue not saved"),
                                      tr("The journal of jobs cannot be written."));
    }
    connect(m_window.get(), &MainWindow::firstPainted, this, &AppWindow::afterFirstPaint);
    connect(m_window.get(), &MainWindow::promptChosen, m_generate, &GenerateWorkspace::usePrompt);
    connect(library,
            &LibraryWorkspace::useRecipe,
            this,
            [this](const jobs::Recipe& recipe, bool newSeed) {
                m_window->showWorkspace(QStringLiteral("generate"));
                m_generate->useRecipe(recipe, newSeed);
            });
    connect(m_window.get(), &MainWindow::closed, qApp, &QApplication::quit);
}

void AppWindow::followServices() {
    connect(m_settings.get(), &Settings::changed, this, [this](const QString& key) {
        if (key == QStringLiteral("look/theme")) {
            applyTheme(m_settings->theme());
        }
    });
    connect(m_library.get(), &LibraryModel::problem, this, [this](const base::Error& error) {
        report(tr("The library has a problem"), error, false);
    });
    connect(m_engine.get(), &EngineClient::engineMissing, this, [this](const base::Error& error) {
        if (!m_options.isForPictures) {
            report(tr("Nothing can be generated: the engine did not load"), error, true);
        }
    });
    if (TimedApplication* clock = TimedApplication::instance()) {
        connect(
            m_engine.get(), &EngineClient::started, clock, [clock] { clock->setBeating(true); });
        connect(m_engine.get(), &EngineClient::idle, clock, [clock] { clock->setBeating(false); });
    }
}

void AppWindow::applyTheme(ThemeChoice choice) {
    ui::applyTheme(*qApp, choice);
}

void AppWindow::show() {
    m_window->show();
}

void AppWindow::afterFirstPaint() {
    base::logInfo("Window visible after " + base::fixed(processAgeMs(), 0) + " ms.");
    if (m_options.isForPictures) {
        return;
    }
    QTimer::singleShot(0, m_engine.get(), &EngineClient::warmUp);
    findLeftBehind();
    m_library->scan(pathOf(m_settings->clipsFolder()));  // what came while nobody looked
    if (!m_settings->welcomeSeen()) {
        m_window->openWelcome();
    }
}

QString AppWindow::unsavedPrompt() const {
    return m_generate->state().value(QStringLiteral("prompt")).toString();
}

void AppWindow::findLeftBehind() {
    auto left = std::make_shared<LeftBehind>();
    if (m_journal) {
        if (auto jobs = m_journal->recovered()) {
            left->jobs = std::move(*jobs);
        } else {
            report(tr("The jobs of the last run could not be read"), jobs.error(), false);
        }
    }
    left->lastSign = m_lastSign;
    const fs::path clips = pathOf(m_settings->clipsFolder());
    m_disk->run(
        this,
        [left, clips] { removeTemporaries(clips, *left); },
        [this, left] {
            if (left->temporaryFiles > 0) {
                base::logInfo("Removed " + std::to_string(left->temporaryFiles) +
                              " temporary files of an earlier run.");
            }
            left->unsavedPrompt = unsavedPrompt();
            if (!left->jobs.empty()) {
                openRecovery(std::move(*left));
            }
        });
}

void AppWindow::openRecovery(LeftBehind left) {
    if (!m_journal) {
        return;
    }
    auto* dialog = new RecoverDialog(std::move(left), *m_engine, *m_journal, m_window.get());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

}  // namespace tessera::ui
