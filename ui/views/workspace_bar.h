#pragma once

// The bar at the top: one button for each workspace there is, and on the right "Find action", help
// and settings. GUI thread.

#include <QWidget>

class QHBoxLayout;

namespace tessera::ui {

class ActionRegistry;

class WorkspaceBar final : public QWidget {
    Q_OBJECT

public:
    // The actions "command-palette", "help" and "settings" are in the registry already.
    WorkspaceBar(const ActionRegistry& actions, QWidget* parent);

    // A button for a checkable action; the order of the calls is the order shown.
    void addWorkspace(QAction* action);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void addFindAction(QAction* action);

    QHBoxLayout* m_layout = nullptr;
    QHBoxLayout* m_workspaces = nullptr;
};

}  // namespace tessera::ui
