#pragma once

// One of the seven workspaces: a canvas in the middle and docks around it (choose left, explain
// right, time at the bottom), inside the main window's stack. Each keeps its own layout. GUI
// thread.

#include "ui/services.h"

#include <QJsonObject>
#include <QKeySequence>
#include <QMainWindow>
#include <QString>

#include <functional>
#include <vector>

class QAction;

namespace tessera::ui {

class Dock;

class Workspace : public QMainWindow {
    Q_OBJECT

public:
    // `name` ("generate") names layouts, objectName and icon ("workspace-generate"); `number` is
    // the N of Ctrl+N.
    Workspace(QString name, QString title, int number, const Services& services, QWidget* parent);

    const QString& name() const { return m_name; }

    const QString& title() const { return m_title; }

    int number() const { return m_number; }

    // Puts `body` into a dock; its objectName is "dock.<name>".
    Dock* addDock(const QString& name,
                  const QString& title,
                  Qt::DockWidgetArea area,
                  QWidget* body);

    // In the order in which they were added, for the Window menu.
    const std::vector<Dock*>& docks() const { return m_docks; }

    // Sizes and places as the workspace is designed; called after all docks are there and by
    // "reset layout".
    virtual void resetLayout() = 0;

    // For "Copy window state": what a test or a bug report wants to know.
    virtual QJsonObject state() const { return {}; }

    // The workspace came to the front.
    virtual void entered() {}

    // Draws its states for --screenshot, one after the other: names of the states, and showing one.
    virtual QStringList screenshotStates() const { return {QStringLiteral("idle")}; }

    virtual void showScreenshotState(const QString&) {}

Q_SIGNALS:
    // A line for the status bar; empty = "Ready".
    void statusChanged(const QString& text);

protected:
    const Services& services() const { return m_services; }

    // An action of this workspace, in the registry under its title; `drawing` is its icon.
    QAction* addAction(const char* name,
                       const char* drawing,
                       const QString& text,
                       const QString& tooltip,
                       const QKeySequence& keys,
                       std::function<void()> run);

private:
    QString m_name;
    QString m_title;
    int m_number;
    Services m_services;
    std::vector<Dock*> m_docks;
};

}  // namespace tessera::ui
