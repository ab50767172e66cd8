#pragma once

// The program's parts in the order in which they need each other: settings, journal, workers,
// models, window. Shows the window first and loads the engine after it; offers what a crash left
// behind. GUI thread; lives from before the window until after it.

#include "core/base/result.h"
#include "core/jobs/journal.h"
#include "ui/bridge/engine_doors.h"
#include "ui/dialogs/recover_dialog.h"
#include "ui/services.h"
#include "ui/theme.h"

#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace tessera::ui {

class Banner;
class GenerateWorkspace;
class LogModel;
class MainWindow;

struct AppOptions {
    LoadDoors load;
    std::optional<ThemeChoice> theme;  // instead of the one in the settings, for this start
    bool isForPictures = false;        // no engine, no welcome, no recovery
};

class AppWindow final : public QObject {
    Q_OBJECT

public:
    // The data folder is set and locked; the application object exists.
    explicit AppWindow(AppOptions options);
    ~AppWindow() override;

    MainWindow& window() { return *m_window; }

    const Services& services() const { return *m_services; }

    void show();

    // What the last run left, with its ways on; needs a journal.
    void openRecovery(LeftBehind left);

    // Shows the theme for now, whatever the settings say.
    void applyTheme(ThemeChoice choice);

private:
    void openJournal();
    void makeServices();
    void makeWindow();
    void followServices();
    void afterFirstPaint();
    void findLeftBehind();
    QString unsavedPrompt() const;
    void report(const QString& what, const base::Error& error, bool isError);

    AppOptions m_options;
    QDateTime m_lastSign;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<LogModel> m_log;
    std::unique_ptr<jobs::Journal> m_journal;
    std::unique_ptr<DiskWorker> m_disk;
    std::unique_ptr<EngineClient> m_engine;
    std::unique_ptr<QueueModel> m_queue;
    std::unique_ptr<LibraryModel> m_library;
    std::unique_ptr<ActionRegistry> m_actions;
    std::unique_ptr<Services> m_services;
    std::unique_ptr<MainWindow> m_window;
    GenerateWorkspace* m_generate = nullptr;  // of m_window
    std::vector<Banner*> m_early;             // made before there was a window
};

// Sets a broken database aside under the next free name, "journal-1.broken.sqlite", with its log
// files. Returns the new name; the error when it cannot be moved.
base::Result<std::filesystem::path> setAside(const std::filesystem::path& database);

// Removes "*.part-<process>-<n>" below `folder` of processes that have ended: what a crash left of
// clips that were being written. Any thread.
void removeTemporaries(const std::filesystem::path& folder, LeftBehind& left);

}  // namespace tessera::ui
