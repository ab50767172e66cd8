#include "ui/views/main_menu.h"

#include "ui/actions/action_registry.h"
#include "ui/views/workspace.h"
#include "ui/widgets/dock.h"

#include <QMenu>
#include <QMenuBar>

namespace tessera::ui {
namespace {

// A name's first word says which menu an action of a workspace belongs to.
struct Prefix {
    const char* word;
    int place;
};

}  // namespace

MainMenu::MainMenu(ActionRegistry& actions, QMenuBar* bar, QObject* parent)
    : QObject(parent), m_actions(actions) {
    const std::pair<const char*, QString> titles[PlaceCount] = {{"file", tr("&File")},
                                                                {"edit", tr("&Edit")},
                                                                {"view", tr("&View")},
                                                                {"job", tr("&Job")},
                                                                {"window", tr("&Window")},
                                                                {"help", tr("&Help")}};
    for (int place = 0; place < PlaceCount; ++place) {
        m_menus[place] = bar->addMenu(titles[place].second);
        m_menus[place]->setObjectName(QStringLiteral("menu.") +
                                      QString::fromLatin1(titles[place].first));
        m_menus[place]->setToolTipsVisible(true);
    }
}

void MainMenu::rebuild(const Workspace* workspace) {
    for (QMenu* menu : m_menus) {
        menu->clear();
    }
    addNamed(Edit,
             {QStringLiteral("edit-undo"),
              QStringLiteral("edit-redo"),
              {},
              QStringLiteral("edit-cut"),
              QStringLiteral("edit-copy"),
              QStringLiteral("edit-paste"),
              QStringLiteral("edit-select-all")});
    if (workspace != nullptr) {
        for (const Place place : {File, Edit, View, Job}) {
            addOfWorkspace(place, *workspace);
        }
    }
    addNamed(File, {{}, QStringLiteral("help-data-folder"), {}, QStringLiteral("app-quit")});
    addNamed(Edit, {{}, QStringLiteral("command-palette"), QStringLiteral("settings")});
    m_menus[View]->addSeparator();
    for (QAction* action : m_actions.all()) {
        const QString name = m_actions.name(action);
        if (name.startsWith(QStringLiteral("workspace-"))) {
            m_menus[View]->addAction(action);
        }
    }
    addNamed(View,
             {{},
              QStringLiteral("theme-system"),
              QStringLiteral("theme-dark"),
              QStringLiteral("theme-light"),
              QStringLiteral("theme-contrast"),
              {},
              QStringLiteral("window-full-screen")});
    if (workspace != nullptr) {
        addDocks(*workspace);
    }
    for (const char* verb : {"save", "load"}) {
        m_menus[Window]->addSeparator();
        for (int slot = 1; slot <= 3; ++slot) {
            addNamed(Window,
                     {QStringLiteral("window-%1-layout-%2").arg(QLatin1String(verb)).arg(slot)});
        }
    }
    addNamed(Window, {{}, QStringLiteral("window-reset-layout")});
    addNamed(Help,
             {QStringLiteral("help"),
              QStringLiteral("help-welcome"),
              QStringLiteral("help-doctor"),
              {},
              QStringLiteral("help-window-state"),
              {},
              QStringLiteral("help-about")});
}

void MainMenu::addNamed(Place place, const QStringList& names) {
    for (const QString& name : names) {
        if (name.isEmpty()) {
            m_menus[place]->addSeparator();
        } else if (QAction* action = m_actions.find(name)) {
            m_menus[place]->addAction(action);
        }
    }
}

void MainMenu::addOfWorkspace(Place place, const Workspace& workspace) {
    static constexpr Prefix kPrefixes[] = {{"file", File},
                                           {"recipe", File},
                                           {"view", View},
                                           {"transport", View},
                                           {"loop", View},
                                           {"clip", Edit},
                                           {"copy", Edit},
                                           {"library", Edit},
                                           {"rate", Edit},
                                           {"delete", Edit},
                                           {"search", Edit},
                                           {"bookmark", Edit}};
    QString group;
    for (QAction* action : m_actions.all()) {
        if (!m_actions.isWithin(action, &workspace)) {
            continue;
        }
        const QString name = m_actions.name(action);
        Place wanted = Job;
        for (const auto& [word, at] : kPrefixes) {
            if (name.startsWith(QLatin1String(word))) {
                wanted = static_cast<Place>(at);
            }
        }
        if (wanted != place) {
            continue;
        }
        if (m_actions.group(action) != group) {
            m_menus[place]->addSeparator();
            group = m_actions.group(action);
        }
        m_menus[place]->addAction(action);
    }
}

void MainMenu::addDocks(const Workspace& workspace) {
    for (Dock* dock : workspace.docks()) {
        m_menus[Window]->addAction(dock->toggleViewAction());
    }
}

}  // namespace tessera::ui
