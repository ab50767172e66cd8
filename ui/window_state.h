#pragma once

// "Copy window state": everything on screen as JSON, for bug reports and for tests that look at the
// window from outside. GUI thread.

#include <QJsonArray>
#include <QJsonObject>
#include <QRect>
#include <QString>

#include <vector>

class QWidget;

namespace tessera::ui {

class EngineClient;
class QueueModel;
class Workspace;

// True when the words that the widget shows do not fit into it (font metrics).
bool isTextClipped(const QWidget& widget);

// The words that the widget shows; empty for those that show none.
QString shownText(const QWidget& widget);

// The widget and its visible children.
QJsonObject widgetState(const QWidget& widget);

QJsonArray queueState(const QueueModel& queue);

struct WindowStateSources {
    const QWidget& window;
    const std::vector<Workspace*>& workspaces;
    const Workspace* current = nullptr;
    const EngineClient& engine;
    const QueueModel& queue;
};

// All of it; the event clock is read and, with `resetsClock`, started again.
QJsonObject windowState(const WindowStateSources& sources, bool resetsClock);

}  // namespace tessera::ui
