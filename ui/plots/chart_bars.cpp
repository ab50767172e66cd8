// Which bars a chart of a measurement has.

#include "ui/bridge/text.h"
#include "ui/models/bench_table.h"
#include "ui/models/bench_words.h"
#include "ui/plots/bench_chart.h"

#include <algorithm>

namespace tessera::ui {

using bench::BenchRow;
using bench::Verdict;

namespace {

ChartBar barOf(const BenchTable& table, int at) {
    const BenchRow& row = table.row(at);
    ChartBar bar;
    bar.row = at;
    bar.state = row.verdict == Verdict::Agrees  ? ChartBar::State::Measured
                : row.verdict == Verdict::Wrong ? ChartBar::State::Wrong
                                                : ChartBar::State::NotRun;
    bar.median = row.medianMs;
    bar.p20 = row.p20Ms;
    bar.p80 = row.p80Ms;
    if (const auto change = table.change(at)) {
        bar.baseline = change->baselineMs;
        bar.change = changeText(change->share);
        bar.trend = change->isNoise       ? ChartBar::Trend::Noise
                    : change->share < 0.0 ? ChartBar::Trend::Quicker
                                          : ChartBar::Trend::Slower;
    }
    return bar;
}

template <class Entries, class Value, class Projection>
int placeIn(const Entries& entries, const Value& value, Projection projection) {
    const auto found = std::ranges::find(entries, value, projection);
    return found == entries.end() ? -1 : static_cast<int>(found - entries.begin());
}

}  // namespace

ChartBars chartOf(const BenchTable& table, int chosen, const QString& baselineName) {
    ChartBars chart;
    chart.baselineName = baselineName;
    if (table.rowCount() == 0) {
        return chart;
    }
    const BenchRow& like = table.row(std::clamp(chosen, 0, table.rowCount() - 1));
    for (int at = 0; at < table.rowCount(); ++at) {
        const BenchRow& row = table.row(at);
        if (row.pass != like.pass || !(row.layout == like.layout) || row.heads != like.heads ||
            row.headSize != like.headSize) {
            continue;
        }
        ChartBar bar = barOf(table, at);
        const QString kernel = toQt(row.kernel);
        bar.series = placeIn(chart.series, kernel, std::identity());
        if (bar.series < 0) {
            bar.series = static_cast<int>(chart.series.size());
            chart.series.push_back(kernel);
        }
        chart.reference = row.isBaseline ? bar.series : chart.reference;
        const QString mask = toQt(row.mask);
        bar.group = placeIn(chart.groups, mask, &ChartBars::Group::mask);
        if (bar.group < 0) {
            bar.group = static_cast<int>(chart.groups.size());
            chart.groups.push_back({mask, skipsText(row)});
        }
        chart.bars.push_back(std::move(bar));
    }
    return chart;
}

}  // namespace tessera::ui
