#pragma once

// The line at the bottom: device, threads and precision, memory of the process, what runs and how
// far it is; on the right whether all is kept, and the size of the library. GUI thread.

#include "ui/services.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;

namespace tessera::pipeline {
struct GenerationRequest;
}

namespace tessera::ui {

class StatusLine final : public QWidget {
    Q_OBJECT

public:
    StatusLine(const Services& services, QWidget* parent);

    // What the current workspace says while no job runs; empty = "Ready".
    void setMessage(const QString& text);

    // Not everything is kept: said instead of "Saved". Empty = all is well.
    void setProblem(const QString& words, const QString& tooltip);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QLabel* addLabel(const char* name, const QString& accessibleName);
    void addParts();
    void followServices();
    void showDevice(const pipeline::GenerationRequest& effective);
    void showMemory();
    void showJob();
    void showSaved();
    void showLibrary();
    void paintIcons();

    Services m_services;
    QString m_message;
    QString m_problem;
    QString m_problemTooltip;
    QTimer m_memoryTimer;
    QLabel* m_deviceIcon = nullptr;
    QLabel* m_device = nullptr;
    QLabel* m_deviceRest = nullptr;
    QLabel* m_memoryWord = nullptr;
    QLabel* m_memory = nullptr;
    QLabel* m_phase = nullptr;
    QLabel* m_step = nullptr;
    QProgressBar* m_progress = nullptr;
    QLabel* m_left = nullptr;
    QLabel* m_savedIcon = nullptr;
    QLabel* m_saved = nullptr;
    QLabel* m_library = nullptr;
};

}  // namespace tessera::ui
