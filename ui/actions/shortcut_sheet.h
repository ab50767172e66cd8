#pragma once

// F1: every action by group with its keys; a row that is clicked takes the next keys pressed. Keys
// that another action has are refused with its name. GUI thread.

#include <QDialog>
#include <QKeySequence>

class QAction;
class QLabel;
class QLineEdit;
class QTreeWidget;
class QTreeWidgetItem;

namespace tessera::ui {

class ActionRegistry;

class ShortcutSheet final : public QDialog {
    Q_OBJECT

public:
    ShortcutSheet(ActionRegistry& actions, QWidget* parent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fill();
    void filter();
    void listen(QTreeWidgetItem* item);
    void stopListening();
    bool takeKey(QEvent* event);
    void bind(const QKeySequence& keys);
    void say(const QString& text, bool isError);
    QAction* actionOf(const QTreeWidgetItem* item) const;

    ActionRegistry& m_actions;
    QLineEdit* m_search = nullptr;
    QTreeWidget* m_tree = nullptr;
    QLabel* m_note = nullptr;
    QTreeWidgetItem* m_listening = nullptr;
    bool m_noteIsError = false;
};

}  // namespace tessera::ui
