#pragma once

// Quitting while a job runs: cancel it, let it end first, or stay. Follows the job until it has
// ended; waiting jobs stay in the journal for the next start. GUI thread.

#include "ui/services.h"

#include <QDialog>

class QLabel;
class QProgressBar;
class QPushButton;

namespace tessera::ui {

class QuitDialog final : public QDialog {
    Q_OBJECT

public:
    QuitDialog(const Services& services, QWidget* parent);

Q_SIGNALS:
    // Nothing runs any more.
    void readyToQuit();

protected:
    void reject() override;  // = Stay

private:
    enum class Choice { None, Cancel, Finish };

    void choose(Choice choice);
    void showJob();
    void checkEnd();

    Services m_services;
    Choice m_choice = Choice::None;
    bool m_wasHeld = false;
    QLabel* m_what = nullptr;
    QLabel* m_waiting = nullptr;
    QLabel* m_step = nullptr;
    QProgressBar* m_progress = nullptr;
    QLabel* m_left = nullptr;
    QPushButton* m_cancel = nullptr;
    QPushButton* m_finish = nullptr;
    QPushButton* m_stay = nullptr;
};

}  // namespace tessera::ui
