#pragma once

// The window: menu bar, workspace bar, the workspaces one over the other, status line. Knows
// nothing of what a workspace does. Workspaces are added, then start() makes menus and puts
// everything where it was. GUI thread.

#include "ui/services.h"
#include "ui/views/window_layouts.h"

#include <QMainWindow>
#include <QPointer>

#include <functional>
#include <vector>

class QStackedWidget;
class QVBoxLayout;

namespace tessera::ui {

class Banner;
class CommandPalette;
class MainMenu;
class QuitDialog;
class StatusLine;
class Workspace;
class WorkspaceBar;

class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(const Services& services, QWidget* parent = nullptr);
    ~MainWindow() override;

    void addWorkspace(Workspace* workspace);

    // Once, after the last workspace.
    void start();

    const std::vector<Workspace*>& workspaces() const { return m_workspaces; }

    Workspace* current() const;
    void showWorkspace(const QString& name);

    StatusLine& status() { return *m_status; }

    // Over the workspaces until it is closed; takes ownership.
    void showBanner(Banner* banner);

    QByteArray stateJson(bool resetsClock) const;

    // Asked for by actions, answered by the application.
    void openWelcome();
    void openDoctor();
    void openSettings();
    void openAbout();
    void openShortcuts();
    void openPalette();

Q_SIGNALS:
    void firstPainted();
    void promptChosen(const QString& prompt);  // in the welcome
    void closed();

protected:
    void closeEvent(QCloseEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    bool event(QEvent* event) override;

private:
    void makeFrame();
    void addFrameActions();
    void addThemeActions();
    void addWindowActions();
    void addEditActions();
    void addHelpActions();
    QAction* addAction(const char* name,
                       const QString& group,
                       const QString& text,
                       const QString& tooltip,
                       const QKeySequence& keys,
                       bool hasIcon,
                       std::function<void()> run);
    void enter(int index);
    void showLayoutActions();
    void copyState();
    void askToQuit();
    void keepLayout();
    void followQueue();
    void sayTitle();

    Services m_services;
    WindowLayouts m_layouts;
    std::vector<Workspace*> m_workspaces;
    std::vector<QAction*> m_workspaceActions;
    MainMenu* m_menu = nullptr;
    WorkspaceBar* m_bar = nullptr;
    QVBoxLayout* m_banners = nullptr;
    QStackedWidget* m_stack = nullptr;
    StatusLine* m_status = nullptr;
    CommandPalette* m_palette = nullptr;
    QPointer<QuitDialog> m_quit;
    bool m_isPainted = false;
    bool m_mayClose = false;
};

}  // namespace tessera::ui
