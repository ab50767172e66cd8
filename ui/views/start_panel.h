#pragma once

// The one primary button of the workspace with its price under it, or with what keeps it from
// starting. While a job runs it adds to the queue. GUI thread.

#include "ui/views/form_faults.h"

#include <QList>
#include <QWidget>

class QAction;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace tessera::ui {

class FaultPlaces;
class KeyCap;

struct StartView {
    bool isBusy = false;  // something runs or waits
    bool isHeld = false;  // the queue is paused
    QString faults;       // "2 fields to fix: Frames, Size"
    QString price;        // "About 17.1 s on this machine"
    bool isPriceBad = false;
};

class StartPanel final : public QWidget {
    Q_OBJECT

public:
    // `others` are further ways to queue, in the menu beside the button.
    StartPanel(FaultPlaces& places,
               QAction* start,
               QAction* enqueue,
               const QList<QAction*>& others,
               QWidget* parent = nullptr);

    void show(const StartView& view);

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void addButtons(QVBoxLayout* column,
                    QAction* start,
                    QAction* enqueue,
                    const QList<QAction*>& others);
    void paintWords();
    void showKeys(const QAction* start);

    QPushButton* m_generate = nullptr;
    QPushButton* m_add = nullptr;
    QPushButton* m_enqueue = nullptr;
    QPushButton* m_more = nullptr;
    QLabel* m_faultIcon = nullptr;
    QLabel* m_words = nullptr;
    KeyCap* m_keys = nullptr;
    StartView m_view;
};

}  // namespace tessera::ui
