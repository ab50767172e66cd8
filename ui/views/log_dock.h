#pragma once

// The log of this session: filter by level and words, copy, open the file. GUI thread.

#include <QWidget>

#include <memory>

class QComboBox;
class QLineEdit;
class QTableView;

namespace tessera::ui {

class ActionRegistry;
class Dock;
class LogModel;
class Workspace;

class LogDock final : public QWidget {
    Q_OBJECT

public:
    // `log` outlives the widget.
    LogDock(LogModel& log, ActionRegistry& actions, QWidget* parent);
    ~LogDock() override;

    // The chosen lines, or all that are shown, on the clipboard.
    void copyLines() const;

private:
    class Filter;

    void makeTable();
    QWidget* makeTools(ActionRegistry& actions);
    void filter();

    LogModel& m_log;
    Filter* m_filter = nullptr;
    QComboBox* m_level = nullptr;
    QLineEdit* m_words = nullptr;
    QTableView* m_table = nullptr;
    bool m_isAtEnd = true;
};

// The dock "log".
Dock* addLogDock(Workspace& workspace, LogModel& log, ActionRegistry& actions);

// "<data folder>/logs/tessera.log".
QString logFile();

}  // namespace tessera::ui
