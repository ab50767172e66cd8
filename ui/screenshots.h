#pragma once

// Pictures of every workspace and dialog in each of its states and each theme, for README, tests
// and the eye. Starts no job. GUI thread.

#include "ui/theme.h"

#include <QDir>
#include <QObject>
#include <QSize>
#include <QTimer>

#include <functional>
#include <vector>

namespace tessera::ui {

class AppWindow;

class Screenshots final : public QObject {
    Q_OBJECT

public:
    // `app` outlives it. Themes: all three, or the one given.
    Screenshots(AppWindow& app, const QDir& folder, std::vector<ThemeChoice> themes, QSize size);

    void start();

    // Files that could not be written.
    int failures() const { return m_failures; }

Q_SIGNALS:
    void done();

private:
    struct Shot {
        QString name;                                // of the file, without theme and ending
        std::function<QWidget*()> show;              // what to take
        std::function<void(QWidget&)> settled = {};  // done when it stands; taken after that
    };

    void addWorkspaces();
    void addDialogs();
    void addSampleDialogs();
    void addDialog(const QString& name,
                   const std::function<void()>& open,
                   const QString& objectName,
                   std::function<void(QWidget&)> prepare = {});
    void next();
    void take();

    AppWindow& m_app;
    QDir m_folder;
    std::vector<ThemeChoice> m_themes;
    std::vector<Shot> m_shots;
    std::size_t m_theme = 0;
    std::size_t m_shot = 0;
    QTimer m_timer;
    QWidget* m_target = nullptr;
    int m_failures = 0;
    bool m_isPrepared = false;
};

}  // namespace tessera::ui
