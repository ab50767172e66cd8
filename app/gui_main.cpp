// The program `tessera-gui`: data folder, lock, application, window; the engine's library comes
// after the first frame.

#include "app/gui_engine.h"
#include "app/gui_options.h"
#include "app/keep_freed_memory.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/base/version.h"
#include "core/jobs/session_lock.h"
#include "ui/app_window.h"
#include "ui/bridge/text.h"
#include "ui/dialogs/start_refused_dialog.h"
#include "ui/event_clock.h"
#include "ui/screenshots.h"
#include "ui/theme.h"
#include "ui/translations.h"
#include "ui/views/main_window.h"

#include <QApplication>
#include <QSettings>
#include <QTemporaryDir>

#include <cstdio>
#include <exception>
#include <memory>

#include <unistd.h>

namespace tessera::gui {
namespace {

constexpr int kRefused = 1;
constexpr QSize kPictureSize(1600, 1000);

// Says why in the terminal, or in a window to people who started the program without one.
int refuse(const base::Error& error, int argc, char** argv) {
    std::fprintf(stderr, "tessera-gui: %s\n", base::describe(error).c_str());
    const bool hasDisplay =
        !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
    if (hasDisplay && ::isatty(STDERR_FILENO) == 0) {
        QApplication application(argc, argv);
        ui::installTranslations(application);
        ui::applyTheme(application, ui::ThemeChoice::System);
        ui::StartRefusedDialog dialog(error);
        dialog.show();
        QApplication::exec();
    }
    return kRefused;
}

// One window a data folder: two would overwrite each other's settings and drafts.
base::Result<jobs::SessionLock> lockDataFolder() {
    const std::filesystem::path folder = base::dataFolder();
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return base::fail(
            base::ErrorCode::NotWritable,
            "The data folder '" + folder.string() + "' cannot be made: " + error.message() + ".",
            "Choose another one with --data-dir.",
            folder.string());
    }
    const std::filesystem::path path = folder / "window.lock";
    if (jobs::SessionLock::isHeld(path)) {
        return base::fail(base::ErrorCode::NotWritable,
                          "Tessera is open on the data folder '" + folder.string() + "' already.",
                          "Use that window, or start with another --data-dir.");
    }
    return jobs::SessionLock::take(path);
}

std::optional<ui::ThemeChoice> themeOf(const std::string& word) {
    if (word.empty()) {
        return std::nullopt;
    }
    return word == "dark"       ? ui::ThemeChoice::Dark
           : word == "light"    ? ui::ThemeChoice::Light
           : word == "contrast" ? ui::ThemeChoice::HighContrast
                                : ui::ThemeChoice::System;
}

int takePictures(ui::AppWindow& app, const GuiOptions& options) {
    const auto chosen = themeOf(options.theme);
    const std::vector<ui::ThemeChoice> themes =
        chosen ? std::vector{*chosen}
               : std::vector{
                     ui::ThemeChoice::Dark, ui::ThemeChoice::Light, ui::ThemeChoice::HighContrast};
    const QSize size = options.width > 0 ? QSize(options.width, options.height) : kPictureSize;
    ui::Screenshots pictures(app, QDir(ui::toQt(options.screenshots)), themes, size);
    QObject::connect(&pictures, &ui::Screenshots::done, qApp, &QCoreApplication::quit);
    app.show();
    pictures.start();
    QCoreApplication::exec();
    return pictures.failures() == 0 ? 0 : kRefused;
}

// Pictures show samples; loading an engine for them would only take time.
ui::LoadDoors noEngine() {
    return [] {
        return base::Result<ui::EngineDoors>(base::fail(
            base::ErrorCode::Unsupported, "No engine is loaded for pictures.", "Open the window."));
    };
}

int runWindow(const GuiOptions& options) {
    const bool isForPictures = !options.screenshots.empty();
    ui::AppOptions appOptions;
    appOptions.theme = themeOf(options.theme);
    appOptions.isForPictures = isForPictures;
    appOptions.load = isForPictures ? noEngine() : engineLoader();
    ui::AppWindow app(std::move(appOptions));
    if (isForPictures) {
        return takePictures(app, options);
    }
    if (options.width > 0) {
        app.window().resize(options.width, options.height);
    }
    app.show();
    return QCoreApplication::exec();
}

int runProgram(int argc, char** argv) {
    const ParsedOptions parsed = parseGuiOptions(argc, argv);
    if (parsed.exitCode) {
        return *parsed.exitCode;
    }
    const GuiOptions& options = parsed.options;
    // Pictures are of a fresh program, whatever the user has.
    std::unique_ptr<QTemporaryDir> fresh;
    if (!options.dataFolder.empty()) {
        base::setDataFolder(std::filesystem::absolute(options.dataFolder));
    } else if (!options.screenshots.empty()) {
        fresh = std::make_unique<QTemporaryDir>();
        base::setDataFolder(ui::pathOf(fresh->path()));
    }
    QCoreApplication::setApplicationName(QStringLiteral("Tessera"));
    QCoreApplication::setApplicationVersion(QString::fromLatin1(base::versionText()));
    QGuiApplication::setDesktopFileName(QStringLiteral("tessera"));
    base::Result<jobs::SessionLock> lock = lockDataFolder();
    if (!lock) {
        return refuse(lock.error(), argc, argv);
    }
    // What Qt's own file dialog remembers would go to the user's configuration folder otherwise.
    QSettings::setPath(
        QSettings::NativeFormat, QSettings::UserScope, ui::toQt(base::dataFolder() / "qt"));
    if (options.scale != 1.0) {
        qputenv("QT_SCALE_FACTOR", QByteArray::number(options.scale));
    }
    ui::TimedApplication application(argc, argv);
    ui::installTranslations(application);
    return runWindow(options);
}

}  // namespace
}  // namespace tessera::gui

int main(int argc, char** argv) {
    tessera::keepFreedMemory();
    try {
        return tessera::gui::runProgram(argc, argv);
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "tessera-gui: the program cannot go on: %s\n", exception.what());
        return tessera::gui::kRefused;
    }
}
