#pragma once

// Ctrl+K: type a few letters of what you want, Enter does it. Lies over the main window, is worked
// with the keyboard alone and gives the focus back before the action runs. GUI thread.

#include <QFrame>
#include <QPointer>
#include <QStringList>

class QAction;
class QLabel;
class QLineEdit;
class QListView;

namespace tessera::ui {

class ActionRegistry;

class CommandPalette final : public QFrame {
    Q_OBJECT

public:
    // `actions` outlives the palette; `window` is the main window.
    CommandPalette(ActionRegistry& actions, QWidget* window);
    ~CommandPalette() override;

    void open();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    class Model;

    void search();
    void place();
    void run();
    void leave();

    ActionRegistry& m_actions;
    Model* m_model = nullptr;
    QLineEdit* m_typed = nullptr;
    QListView* m_list = nullptr;
    QLabel* m_note = nullptr;
    QPointer<QWidget> m_focusBefore;
    QStringList m_recent;  // names, newest first
};

}  // namespace tessera::ui
