#pragma once

// Under the transport: before the start the estimate by phases, during a run how far it is with
// Pause, Finish early and Cancel, after a cancel what became of it. GUI thread.

#include "ui/views/generation_run.h"

#include <QWidget>

#include <optional>

class QLabel;
class QProgressBar;
class QPushButton;

namespace tessera::ui {

class ActionRegistry;
class PhaseRow;
class ShareBar;

class ProgressRail final : public QWidget {
    Q_OBJECT

public:
    // Its buttons are the actions job-pause, job-pause-free, job-finish-early and
    // job-cancel.
    explicit ProgressRail(ActionRegistry& actions, QWidget* parent = nullptr);

    void showEstimate(const std::optional<engine::GenerationEstimate>& estimate,
                      const PhaseSeconds& shares,
                      bool isAsking);
    void showRun(const GenerationRun& run);

Q_SIGNALS:
    // The job that was cancelled, once more.
    void againWanted(bool isNext);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void addRunning(ActionRegistry& actions);
    void addCancelled();
    void showSteps(const GenerationRun& run);
    void showPart(QWidget* part);

    PhaseRow* m_phases = nullptr;
    ShareBar* m_shares = nullptr;
    QWidget* m_running = nullptr;
    QLabel* m_step = nullptr;
    QProgressBar* m_bar = nullptr;
    QLabel* m_percent = nullptr;
    QPushButton* m_pause = nullptr;
    QPushButton* m_free = nullptr;  // while paused
    QPushButton* m_finish = nullptr;
    QPushButton* m_cancel = nullptr;
    QWidget* m_cancelled = nullptr;
    QLabel* m_cancelledWhat = nullptr;
    QLabel* m_cancelledAfter = nullptr;
};

}  // namespace tessera::ui
