#pragma once

// The menu bar, made from the action registry: what works in the whole window, and what the
// workspace in front adds. Actions of other workspaces are in no menu, so their keys stay silent.
// GUI thread.

#include <QObject>
#include <QStringList>

#include <functional>

class QMenu;
class QMenuBar;

namespace tessera::ui {

class ActionRegistry;
class Workspace;

class MainMenu final : public QObject {
    Q_OBJECT

public:
    MainMenu(ActionRegistry& actions, QMenuBar* bar, QObject* parent);

    // Fills all menus for this workspace in front.
    void rebuild(const Workspace* workspace);

private:
    enum Place { File, Edit, View, Job, Window, Help, PlaceCount };

    void addNamed(Place place, const QStringList& names);
    void addOfWorkspace(Place place, const Workspace& workspace);
    void addDocks(const Workspace& workspace);

    ActionRegistry& m_actions;
    QMenu* m_menus[PlaceCount]{};
};

}  // namespace tessera::ui
