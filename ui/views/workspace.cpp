#include "ui/views/workspace.h"

#include "ui/actions/action_registry.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/widgets/dock.h"

#include <QAction>

#include <utility>

namespace tessera::ui {

Workspace::Workspace(
    QString name, QString title, int number, const Services& services, QWidget* parent)
    : QMainWindow(parent),
      m_name(std::move(name)),
      m_title(std::move(title)),
      m_number(number),
      m_services(services) {
    setWindowFlags(Qt::Widget);  // the constructor always adds Qt::Window
    setObjectName(QStringLiteral("workspace.") + m_name);
    setAccessibleName(m_title);
    setAnimated(false);
    setDockNestingEnabled(true);
    setDockOptions(QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks);
    setContextMenuPolicy(Qt::NoContextMenu);
    // Left and right docks reach from top to bottom; time runs under the canvas only.
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    setContentsMargins(measure::kGrid, measure::kGrid, measure::kGrid, measure::kGrid);
}

Dock* Workspace::addDock(const QString& name,
                         const QString& title,
                         Qt::DockWidgetArea area,
                         QWidget* body) {
    auto* dock = new Dock(title, this);
    dock->setObjectName(QStringLiteral("dock.") + name);
    dock->setAccessibleName(title);
    dock->setWidget(body);
    addDockWidget(area, dock);
    m_docks.push_back(dock);
    return dock;
}

QAction* Workspace::addAction(const char* name,
                              const char* drawing,
                              const QString& text,
                              const QString& tooltip,
                              const QKeySequence& keys,
                              std::function<void()> run) {
    QAction* action = m_services.actions.add(
        {QLatin1String(name), text, tooltip, m_title, keys, false}, this, std::move(run));
    action->setIcon(icon(QLatin1String(drawing)));
    return action;
}

}  // namespace tessera::ui
