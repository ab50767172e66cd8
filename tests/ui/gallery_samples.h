#pragma once

// The controls that the gallery shows, put together as in the drawings: a form with faults, every
// button and bar in every state, banners. GUI thread.

#include <QString>

class QDockWidget;
class QMainWindow;
class QWidget;

namespace tessera::ui {

class ActionRegistry;

// Names of the controls that the gallery gives the focus.
inline constexpr const char* kFaultyField = "gallery.frames";

inline QString text(const char* words) {
    return QString::fromUtf8(words);
}

QWidget* formBody();
QWidget* controlsBody();

// `actions` has "workspace-generate".
QWidget* statesBody(ActionRegistry& actions);
QWidget* workspaceBar(QWidget* parent);
QDockWidget* dockOf(QMainWindow& window, const char* title, const char* state, QWidget* body);

}  // namespace tessera::ui
