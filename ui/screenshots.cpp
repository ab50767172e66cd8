#include "ui/screenshots.h"

#include "core/base/log.h"
#include "ui/app_window.h"
#include "ui/bridge/text.h"
#include "ui/dialogs/doctor_dialog.h"
#include "ui/dialogs/welcome_dialog.h"
#include "ui/views/main_window.h"
#include "ui/views/workspace.h"

#include <QDialog>
#include <QListWidget>
#include <QPixmap>
#include <QPushButton>

namespace tessera::ui {
namespace {

// Layouts, theme and fonts settle within a few turns of the event loop.
constexpr int kSettleMs = 120;

QString themeName(ThemeChoice choice) {
    switch (choice) {
        case ThemeChoice::Light:
            return QStringLiteral("light");
        case ThemeChoice::HighContrast:
            return QStringLiteral("contrast");
        default:
            return QStringLiteral("dark");
    }
}

engine::DoctorReport sampleReport() {
    engine::DoctorReport report;
    report.devices = {{"cpu", "Eight cores, 3.2 GHz", 15'600'000'000, 11'200'000'000, ""}};
    report.libraries = {{"LibTorch", "2.11.0"}, {"Qt", qVersion()}, {"FFmpeg", "5.1"}};
    report.instructionSets = {"avx2", "avx512", "fma"};
    report.threads = 8;
    report.products = {{"cpu", "fp32", 1024, 0.0121, 177.0, ""},
                       {"cpu", "bf16", 1024, 0.0402, 53.0, "no bf16 instructions"}};
    report.folders = {{"data", "~/.local/share/tessera", true, 118'000'000'000},
                      {"clips", "~/.local/share/tessera/clips", true, 118'000'000'000}};
    report.missing = {{"A GPU", "Clips take longer.", "Install a driver for CUDA 13."}};
    report.defaultPrecision = "fp32";
    report.defaultDevice = "cpu";
    return report;
}

}  // namespace

Screenshots::Screenshots(AppWindow& app,
                         const QDir& folder,
                         std::vector<ThemeChoice> themes,
                         QSize size)
    : m_app(app), m_folder(folder), m_themes(std::move(themes)) {
    m_folder.mkpath(QStringLiteral("."));
    app.window().resize(size);
    addWorkspaces();
    addDialogs();
    addSampleDialogs();
    m_timer.setSingleShot(true);
    m_timer.setInterval(kSettleMs);
    connect(&m_timer, &QTimer::timeout, this, &Screenshots::take);
}

void Screenshots::addWorkspaces() {
    MainWindow& window = m_app.window();
    for (Workspace* workspace : window.workspaces()) {
        for (const QString& state : workspace->screenshotStates()) {
            m_shots.push_back({workspace->name() + QLatin1Char('-') + state,
                               [&window, workspace, state]() -> QWidget* {
                                   window.showWorkspace(workspace->name());
                                   workspace->showScreenshotState(state);
                                   return &window;
                               }});
        }
    }
    m_shots.push_back({QStringLiteral("palette"), [&window]() -> QWidget* {
                           window.openPalette();
                           return &window;
                       }});
}

void Screenshots::addDialog(const QString& name,
                            const std::function<void()>& open,
                            const QString& objectName,
                            std::function<void(QWidget&)> prepare) {
    m_shots.push_back({name,
                       [this, open, objectName]() -> QWidget* {
                           open();
                           return m_app.window().findChild<QDialog*>(objectName);
                       },
                       std::move(prepare)});
}

void Screenshots::addDialogs() {
    MainWindow& window = m_app.window();
    const auto shortcuts = [&window] { window.openShortcuts(); };
    addDialog(QStringLiteral("shortcuts"), shortcuts, QStringLiteral("shortcuts"));
    const auto about = [&window] { window.openAbout(); };
    addDialog(QStringLiteral("about"), about, QStringLiteral("about"));
    for (int page = 0; page < 3; ++page) {
        addDialog(
            QStringLiteral("welcome-%1").arg(page + 1),
            [&window] { window.openWelcome(); },
            QStringLiteral("welcome"),
            [page](QWidget& dialog) {
                auto* next = dialog.findChild<QPushButton*>(QStringLiteral("welcome.next"));
                for (int turn = 0; turn < page; ++turn) {
                    next->click();
                }
            });
    }
    for (int page = 0; page < 4; ++page) {
        addDialog(
            QStringLiteral("settings-%1").arg(page + 1),
            [&window] { window.openSettings(); },
            QStringLiteral("settings"),
            [page](QWidget& dialog) {
                dialog.findChild<QListWidget*>(QStringLiteral("settings.pages"))
                    ->setCurrentRow(page);
            });
    }
}

void Screenshots::addSampleDialogs() {
    MainWindow& window = m_app.window();
    addDialog(
        QStringLiteral("doctor"),
        [&window] { window.openDoctor(); },
        QStringLiteral("doctor"),
        [](QWidget& dialog) { static_cast<DoctorDialog&>(dialog).showReport(sampleReport()); });
    addDialog(
        QStringLiteral("recover"),
        [&window, this] {
            LeftBehind left;
            const std::pair<const char*, jobs::RecoveredJob::Fate> samples[] = {
                {"a red balloon rising over green hills, a few white clouds",
                 jobs::RecoveredJob::Fate::Interrupted},
                {"an orange fish swims to the right under the sea",
                 jobs::RecoveredJob::Fate::Waiting},
                {"two boats on the sea at sunset", jobs::RecoveredJob::Fate::Waiting},
                {"a city at night", jobs::RecoveredJob::Fate::SetAside}};
            for (const auto& [prompt, fate] : samples) {
                pipeline::GenerationRequest request;
                request.prompt = prompt;
                left.jobs.push_back({0, fate, 2, request, {}});
            }
            left.lastSign = QDateTime(QDate(2026, 11, 23), QTime(13, 48));
            left.unsavedPrompt = QStringLiteral("a small boat under a bridge at");
            left.temporaryFiles = 1;
            left.temporaryBytes = 3'200'000;
            m_app.openRecovery(std::move(left));
        },
        QStringLiteral("recover"));
}

void Screenshots::start() {
    m_app.applyTheme(m_themes.front());
    next();
}

void Screenshots::next() {
    if (m_shot == m_shots.size()) {
        m_shot = 0;
        ++m_theme;
        if (m_theme == m_themes.size()) {
            Q_EMIT done();
            return;
        }
        m_app.applyTheme(m_themes[m_theme]);
    }
    m_target = m_shots[m_shot].show();
    m_timer.start();
}

void Screenshots::take() {
    if (m_target != nullptr) {
        if (m_shots[m_shot].settled && !m_isPrepared) {
            m_isPrepared = true;
            m_shots[m_shot].settled(*m_target);
            m_timer.start();
            return;
        }
        m_isPrepared = false;
        const QString file =
            m_folder.filePath(m_shots[m_shot].name + QLatin1Char('-') +
                              themeName(m_themes[m_theme]) + QStringLiteral(".png"));
        if (!m_target->grab().save(file)) {
            ++m_failures;
            base::logError("The picture '" + fromQt(file) + "' could not be written.");
        }
        if (auto* dialog = qobject_cast<QDialog*>(m_target)) {
            dialog->close();
        }
    }
    if (auto* palette = m_app.window().findChild<QWidget*>(QStringLiteral("palette"))) {
        palette->hide();
    }
    ++m_shot;
    // The closed dialog is deleted by then.
    QTimer::singleShot(0, this, &Screenshots::next);
}

}  // namespace tessera::ui
