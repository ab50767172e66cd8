#pragma once

// How it is measured, and the one primary button of the workspace with its price under it, or with
// what keeps it from starting. GUI thread.

#include "ui/models/bench_form.h"

#include <QWidget>

class QAction;
class QCheckBox;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace tessera::ui {

class KeyCap;
class NumberSpin;

struct BenchStart {
    bool isActive = false;  // a measurement waits or runs
    QString fault;          // keeps another from starting; empty = nothing does
    QString price;          // "15 cells, about 38 s"
};

class BenchProtocolPanel final : public QWidget {
    Q_OBJECT

public:
    explicit BenchProtocolPanel(QAction* run, QWidget* parent = nullptr);

    void show(const BenchForm& form);
    void read(BenchForm& form) const;
    void showStart(const BenchStart& start);

Q_SIGNALS:
    void edited();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void addStart(QVBoxLayout* column, QAction* run);
    void paintWords();

    NumberSpin* m_warmUps = nullptr;
    NumberSpin* m_runs = nullptr;
    QCheckBox* m_backward = nullptr;
    QCheckBox* m_flush = nullptr;
    QPushButton* m_run = nullptr;
    QLabel* m_faultIcon = nullptr;
    QLabel* m_words = nullptr;
    KeyCap* m_keys = nullptr;
    BenchStart m_start;
};

}  // namespace tessera::ui
