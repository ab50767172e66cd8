#pragma once

// The rows of one measurement as a table, beside the baseline that is shown with it. The speed of a
// kernel that is wrong is nowhere in it. GUI thread.

#include "core/bench/result.h"

#include <QAbstractTableModel>

#include <optional>

namespace tessera::ui {

class BenchTable final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        Kernel,
        Shape,
        Mask,
        Pass,
        Median,
        Range,
        Rate,
        AgainstBaseline,
        Cold,
        Error,
        Check,
        ColumnCount
    };

    // A median beside that of the baseline.
    struct Change {
        double share = 0.0;  // -0.062 = takes 6.2 % less time
        double baselineMs = 0.0;
        bool isNoise = false;  // the ranges from p20 to p80 overlap
    };

    explicit BenchTable(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    void setResult(std::optional<bench::BenchResult> result);
    void setBaseline(std::optional<bench::BenchResult> baseline);

    const std::optional<bench::BenchResult>& result() const { return m_result; }

    const bench::BenchRow& row(int row) const;

    // Empty where the baseline has no such cell, or one of the two was not measured.
    std::optional<Change> change(int row) const;

    // Whether rows differ in that: what all share stands in the title.
    bool hasSeveralShapes() const;
    bool hasSeveralPasses() const;

    // Lines of tabs with plain digits, the names of the columns first.
    QString plainTable() const;

Q_SIGNALS:
    void changed();

private:
    QString text(const bench::BenchRow& row, int column, int at) const;
    QVariant ink(const bench::BenchRow& row, int column, int at) const;

    std::optional<bench::BenchResult> m_result;
    std::optional<bench::BenchResult> m_baseline;
};

}  // namespace tessera::ui
