#include "ui/views/workspace.h"

#include "ui/style/style.h"
#include "ui/widgets/dock.h"

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

}  // namespace tessera::ui
