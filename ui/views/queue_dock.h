#pragma once

// The queue: every job of this session, with editing in place, reordering, pausing, saving and
// loading. GUI thread.

#include "ui/models/queue_model.h"
#include "ui/services.h"

#include <QTimer>
#include <QWidget>

#include <deque>
#include <functional>
#include <optional>

class QAction;
class QLabel;
class QStackedWidget;
class QTableView;

namespace tessera::ui {

class Banner;
class Dock;
class Workspace;

class QueueDock final : public QWidget {
    Q_OBJECT

public:
    // The actions work in `workspace`; their shortcuts without Ctrl only while the table has the
    // focus.
    QueueDock(Workspace& workspace, const Services& services, QWidget* parent);

    // Everything that waits, as *.queue.json; and back, behind what waits already. What goes wrong
    // is shown above the table.
    void save(const QString& file);
    void load(const QString& file);

    QAction* holdAction() const { return m_hold; }

Q_SIGNALS:
    // An ended job: its clip, or what went wrong with it.
    void jobWanted(const tessera::ui::QueueRow& row);

    // The fields of that job, to make it again or to change them.
    void recipeWanted(const tessera::pipeline::GenerationRequest& request);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void makeTable();
    void makeRowActions();
    void makeQueueActions(Workspace& workspace);
    QAction* addAction(const char* name,
                       const char* iconName,
                       const QString& text,
                       const QString& tooltip,
                       const QKeySequence& keys,
                       QWidget* scope,
                       std::function<void()> run);
    void followServices();
    void fitColumns();

    std::optional<QueueRow> chosen() const;
    void choose(jobs::JobId job);

    // The request with a file of its own: two jobs never write to the same one.
    pipeline::GenerationRequest withNewOutput(pipeline::GenerationRequest request) const;
    void replacePrompt(jobs::JobId job, const QString& prompt);
    void duplicate();
    void moveBy(int rows);
    void cancel();
    void cancelOthers();
    void retry();
    void openRow();
    void setHeld(bool held);
    void askSave();
    void askLoad();
    void submitLoaded();
    void showMenu(const QPoint& at);
    void showState();
    void showError(const QString& what, const base::Error& error);

    Services m_services;
    QStackedWidget* m_pages = nullptr;
    QTableView* m_table = nullptr;
    QWidget* m_problem = nullptr;
    Banner* m_banner = nullptr;
    QAction* m_hold = nullptr;
    QAction* m_edit = nullptr;
    QAction* m_duplicate = nullptr;
    QAction* m_up = nullptr;
    QAction* m_down = nullptr;
    QAction* m_cancel = nullptr;
    QAction* m_cancelOthers = nullptr;
    QAction* m_retry = nullptr;
    QAction* m_open = nullptr;
    QAction* m_useRecipe = nullptr;
    QAction* m_clear = nullptr;
    QAction* m_save = nullptr;
    QAction* m_load = nullptr;
    std::deque<jobs::JobRequest> m_loading;  // of a file, not submitted yet
    QTimer m_loadTurn;                       // submits the next few of them
};

// The dock "queue" with its state in words and "Pause queue" in its title; returns its body.
QueueDock* addQueueDock(Workspace& workspace, const Services& services);

}  // namespace tessera::ui
