#pragma once

// Where the window and its docks were: remembered for each workspace, and three layouts a user may
// save. Kept in the settings. GUI thread.

#include <QMainWindow>

namespace tessera::ui {

class Settings;
class Workspace;

class WindowLayouts final {
public:
    static constexpr int kSlots = 3;

    explicit WindowLayouts(Settings& settings) : m_settings(settings) {}

    // False when nothing usable was remembered.
    bool restoreWindow(QMainWindow& window) const;
    void keepWindow(const QMainWindow& window);

    bool restoreCurrent(Workspace& workspace) const;
    void keepCurrent(const Workspace& workspace);

    bool hasSlot(const Workspace& workspace, int slot) const;  // 1 to kSlots
    bool load(Workspace& workspace, int slot) const;
    void save(const Workspace& workspace, int slot);

private:
    Settings& m_settings;
};

}  // namespace tessera::ui
