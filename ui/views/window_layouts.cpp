#include "ui/views/window_layouts.h"

#include "ui/settings.h"
#include "ui/views/workspace.h"

namespace tessera::ui {
namespace {

// To be raised when docks get other names: older layouts are then passed over.
constexpr int kLayoutVersion = 1;

const QString kWindow = QStringLiteral("window/geometry");

QString currentKey(const Workspace& workspace) {
    return QStringLiteral("layouts/%1/current").arg(workspace.name());
}

QString slotKey(const Workspace& workspace, int slot) {
    return QStringLiteral("layouts/%1/%2").arg(workspace.name()).arg(slot);
}

}  // namespace

bool WindowLayouts::restoreWindow(QMainWindow& window) const {
    return window.restoreGeometry(m_settings.value(kWindow).toByteArray());
}

void WindowLayouts::keepWindow(const QMainWindow& window) {
    m_settings.setValue(kWindow, window.saveGeometry());
}

bool WindowLayouts::restoreCurrent(Workspace& workspace) const {
    return workspace.restoreState(m_settings.value(currentKey(workspace)).toByteArray(),
                                  kLayoutVersion);
}

void WindowLayouts::keepCurrent(const Workspace& workspace) {
    m_settings.setValue(currentKey(workspace), workspace.saveState(kLayoutVersion));
}

bool WindowLayouts::hasSlot(const Workspace& workspace, int slot) const {
    return m_settings.value(slotKey(workspace, slot)).isValid();
}

bool WindowLayouts::load(Workspace& workspace, int slot) const {
    return workspace.restoreState(m_settings.value(slotKey(workspace, slot)).toByteArray(),
                                  kLayoutVersion);
}

void WindowLayouts::save(const Workspace& workspace, int slot) {
    m_settings.setValue(slotKey(workspace, slot), workspace.saveState(kLayoutVersion));
}

}  // namespace tessera::ui
