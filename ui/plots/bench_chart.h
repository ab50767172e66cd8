#pragma once

// The medians of one measurement as bars, grouped by mask: whiskers from p20 to p80, the value, and
// the baseline as a line with what changed. A kernel that is wrong has no bar. GUI thread.

#include <QString>
#include <QWidget>

#include <vector>

class QCPItemText;
class QCustomPlot;

namespace tessera::ui {

class BenchTable;

// One bar as it is drawn.
struct ChartBar {
    enum class State { Measured, Wrong, NotRun };
    enum class Trend { None, Noise, Quicker, Slower };

    int row = -1;    // of the table
    int series = 0;  // its kernel
    int group = 0;   // its mask
    State state = State::NotRun;
    double median = 0.0;  // milliseconds, as the next
    double p20 = 0.0;
    double p80 = 0.0;
    double baseline = 0.0;  // 0 = none
    QString change;         // "−6.2 %"
    Trend trend = Trend::None;
};

// What one chart shows.
struct ChartBars {
    struct Group {
        QString mask;
        QString skips;  // "skips 45.47 %"
    };

    std::vector<QString> series;  // kernels in the order of the rows
    int reference = -1;           // the series that computes every pair
    std::vector<Group> groups;    // densest mask first
    std::vector<ChartBar> bars;
    QString baselineName;  // empty = none is shown
};

// The rows of the shape and pass of row `chosen`, or of the first row.
ChartBars chartOf(const BenchTable& table, int chosen, const QString& baselineName);

class BenchChart final : public QWidget {
    Q_OBJECT

public:
    explicit BenchChart(QWidget* parent = nullptr);

    // `chosen` is a row of the table, -1 = none.
    void show(const ChartBars& bars, int chosen);

    const ChartBars& bars() const { return m_bars; }

Q_SIGNALS:
    void rowChosen(int row);

protected:
    void changeEvent(QEvent* event) override;

private:
    class Legend;

    void draw();
    void drawAxes();
    void drawSeries(int series);
    void drawBaseline(const ChartBar& bar, bool isValueInside);
    void drawValue(const ChartBar& bar, bool isInside);
    // `lift` pixels above (AlignBottom) or below (AlignTop) that place. Owned by the plot.
    QCPItemText* drawText(double x,
                          double y,
                          const QString& text,
                          const QColor& ink,
                          Qt::Alignment alignment,
                          int lift);
    double placeOf(const ChartBar& bar) const;
    double barWidth() const;
    void chooseAt(const QPoint& point);

    QCustomPlot* m_plot = nullptr;
    Legend* m_legend = nullptr;
    ChartBars m_bars;
    int m_chosen = -1;
    double m_highest = 1.0;  // of the axis
};

}  // namespace tessera::ui
