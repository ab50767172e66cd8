#pragma once

// The middle of the Bench: a title, the chart or what stands in its place, and under it how far the
// measurement is. GUI thread.

#include "ui/models/bench_run.h"

#include <QWidget>

class QAction;
class QHBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QVBoxLayout;

namespace tessera::ui {

class Banner;
class BenchChart;

class BenchCanvas final : public QWidget {
    Q_OBJECT

public:
    BenchCanvas(QAction* run, QAction* cancel, QWidget* parent = nullptr);

    BenchChart& chart() { return *m_chart; }

    // `hasChart`: there are rows; else the empty state, or that a measurement runs.
    void showRun(const BenchRun& run, bool hasChart, bool isQueueHeld);

    // Over the chart until it is closed; null takes it away. Takes ownership.
    void setBanner(Banner* banner);

    Banner* banner() const { return m_banner; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void addTitle(QVBoxLayout* column);
    void addRail(QVBoxLayout* column, QAction* run, QAction* cancel);

    QWidget* m_bannerPlace = nullptr;
    Banner* m_banner = nullptr;
    QStackedWidget* m_pages = nullptr;
    BenchChart* m_chart = nullptr;
    QWidget* m_rail = nullptr;
    QHBoxLayout* m_railRow = nullptr;
    QLabel* m_step = nullptr;
    QProgressBar* m_bar = nullptr;
    QLabel* m_percent = nullptr;
    QLabel* m_left = nullptr;
    QPushButton* m_cancel = nullptr;
    QPushButton* m_again = nullptr;
};

}  // namespace tessera::ui
