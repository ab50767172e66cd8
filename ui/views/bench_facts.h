#pragma once

// The right side of the Bench: the machine of the measurement that is shown, and its chosen cell.
// GUI thread.

#include "core/bench/result.h"
#include "ui/models/bench_table.h"

#include <QString>
#include <QWidget>

#include <optional>
#include <utility>
#include <vector>

class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace tessera::ui {

// Names on the left, values on the right, as many as there are.
class FactList final : public QWidget {
    Q_OBJECT

public:
    using Fact = std::pair<QString, QString>;

    explicit FactList(QWidget* parent);

    void show(const std::vector<Fact>& facts);

private:
    QGridLayout* m_grid = nullptr;
    std::vector<std::pair<QLabel*, QLabel*>> m_labels;
};

class BenchEnvironmentPanel final : public QWidget {
    Q_OBJECT

public:
    explicit BenchEnvironmentPanel(QWidget* parent = nullptr);

    void show(const std::optional<bench::BenchResult>& result);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* m_none = nullptr;
    FactList* m_facts = nullptr;
};

class BenchCellPanel final : public QWidget {
    Q_OBJECT

public:
    explicit BenchCellPanel(QWidget* parent = nullptr);

    // `row` -1 = none is chosen.
    void show(const BenchTable& table, int row);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void paintVerdict();

    QLabel* m_none = nullptr;
    QWidget* m_body = nullptr;
    QLabel* m_name = nullptr;
    QLabel* m_median = nullptr;
    QLabel* m_verdict = nullptr;
    FactList* m_facts = nullptr;
    bool m_isWrong = false;
};

}  // namespace tessera::ui
