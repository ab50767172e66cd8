#pragma once

// Every action of the program in one place: name, words, icon, shortcut. Menus, buttons, the
// command palette, the F1 sheet and the shortcut editor are made from it. Owned by the application;
// outlives the workspaces. GUI thread.

#include <QAction>
#include <QKeySequence>
#include <QObject>
#include <QString>

#include <functional>
#include <map>
#include <vector>

class QPushButton;
class QToolButton;
class QWidget;

namespace tessera::ui {

class Settings;

struct ActionText {
    QString name;     // stable, kebab-case, the icon's file name where there is one: "job-start"
    QString text;     // menu words with mnemonic: "&Generate"
    QString tooltip;  // one sentence
    QString group;    // of the F1 sheet: "Generate", "Transport", ...
    QKeySequence shortcut;
    bool hasIcon = true;
};

class ActionRegistry final : public QObject {
    Q_OBJECT

public:
    // `settings` outlives the registry; rebound shortcuts are kept there under "shortcuts/<name>".
    explicit ActionRegistry(Settings& settings, QObject* parent = nullptr);

    // Makes the action; objectName = "action." + name. The shortcut works anywhere in `scope` (a
    // workspace or the main window), which is also where the action is added. A name twice: CHECK.
    QAction* add(const ActionText& text, QWidget* scope, std::function<void()> run);

    QAction* find(const QString& name) const;  // null when there is none

    // In the order in which they were added.
    const std::vector<QAction*>& all() const { return m_order; }

    QString name(const QAction* action) const;
    QString group(const QAction* action) const;
    QKeySequence defaultShortcut(const QAction* action) const;

    // Where the action works: a workspace or the main window.
    QWidget* scope(const QAction* action) const;

    // The scope is `widget` or something in it, in a floating dock too.
    bool isWithin(const QAction* action, const QWidget* widget) const;

    // Enabled, and its scope is on screen.
    bool canRun(const QAction* action) const;

    // Actions that would share `keys` with `action`; rebinding is refused while there are any. Two
    // actions may share keys when neither's scope lies inside the other's: they are never both
    // heard.
    std::vector<QAction*> conflicts(const QAction* action, const QKeySequence& keys) const;

    // Changes the shortcut and remembers it in the settings; an empty one takes it away.
    void rebind(QAction* action, const QKeySequence& keys);

    // Applies what rebind() remembered. Called once all actions are there.
    void restore();
    void resetAll();

    // Why an action cannot be used now, for the palette: what setReason() said, or where it works.
    void setReason(QAction* action, const QString& reason);
    QString reason(const QAction* action) const;

Q_SIGNALS:
    void changed();

private:
    struct Entry {
        QString name;
        QString group;
        QKeySequence defaultShortcut;
        QWidget* scope = nullptr;
        QString reason;
    };

    void forget(const QObject* action);

    Settings& m_settings;
    std::vector<QAction*> m_order;
    std::map<QString, QAction*> m_byName;
    std::map<const QObject*, Entry> m_entries;
};

// The action's words without mnemonic and dots, for lists and accessible names.
QString plainText(const QAction* action);

// One sentence and the shortcut in parentheses, for buttons.
QString tooltipWithShortcut(const QAction* action);

// A button that shows and follows an action: icon, text, enabled, tooltip with the shortcut.
// `look` as in style.h; "tool" shows the icon alone.
QPushButton* actionButton(QAction* action, const char* look, QWidget* parent);

// The same, flat and without weight, for rows of tools: its icon alone, or with the words beside.
QToolButton* toolButton(QAction* action, Qt::ToolButtonStyle style, QWidget* parent);

}  // namespace tessera::ui
