#include "ui/plots/bench_chart.h"

#include "ui/models/bench_words.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>
#include <qcustomplot.h>

#include <algorithm>

namespace tessera::ui {

namespace {

// Of the place of a group, one wide: its bars, and each of them with the gap to the next.
constexpr double kGroupWidth = 0.86;
constexpr double kWidestBar = 0.28;
constexpr double kBarShare = 0.90;
constexpr double kHeadroom = 1.20;      // over the highest whisker, for what stands above it
constexpr double kLowestInside = 0.14;  // of the axis: a lower bar has no room for its value
constexpr int kFewestPlaces = 3;        // one mask alone has no bars as wide as the window
constexpr int kMostTexts = 12;          // groups; more of them leave no room for values
constexpr int kSecondLine = 24;         // from the axis to the words under the mask
constexpr int kTextLine = 15;
constexpr int kSwatch = 12;

enum class Fill { Hatched, Selection, Primary, Outlined };

// In high contrast the two fills are one colour.
bool isSelectionOwn() {
    return currentTheme().selection != currentTheme().primary;
}

// Hatched reference, selection fill, primary fill (look.md, 5).
Fill fillOf(const ChartBars& bars, int series) {
    if (series == bars.reference) {
        return Fill::Hatched;
    }
    const auto isComposed = [&](int at) {
        return bars.series[static_cast<std::size_t>(at)] == QStringLiteral("composed");
    };
    if (isComposed(series)) {
        return isSelectionOwn() ? Fill::Selection : Fill::Outlined;
    }
    for (int before = 0; before < series; ++before) {
        if (before != bars.reference && !isComposed(before)) {
            return Fill::Outlined;
        }
    }
    return Fill::Primary;
}

QBrush brushOf(Fill fill) {
    const Theme& colours = currentTheme();
    switch (fill) {
        case Fill::Hatched:
            return QBrush(colours.text, Qt::BDiagPattern);
        case Fill::Selection:
            return colours.selection;
        case Fill::Primary:
            return colours.primary;
        case Fill::Outlined:
            break;
    }
    return colours.base;
}

QColor lineOf(Fill fill) {
    const Theme& colours = currentTheme();
    return fill == Fill::Hatched     ? colours.text
           : fill == Fill::Selection ? colours.accent
           : fill == Fill::Outlined  ? colours.accent
                                     : colours.primary;
}

QColor inkInside(Fill fill) {
    const Theme& colours = currentTheme();
    return fill == Fill::Primary     ? colours.primaryText
           : fill == Fill::Selection ? colours.selectionText
                                     : colours.text;
}

QColor inkOf(ChartBar::Trend trend) {
    const Theme& colours = currentTheme();
    return trend == ChartBar::Trend::Quicker  ? colours.success
           : trend == ChartBar::Trend::Slower ? colours.warning
                                              : colours.muted;
}

}  // namespace

// The kernels and the baseline in a row above the axes.
class BenchChart::Legend final : public QWidget {
public:
    explicit Legend(QWidget* parent) : QWidget(parent) {
        setFixedHeight(std::max(measure::kTableRow, QFontMetrics(captionFont()).height() + 8));
    }

    void set(const ChartBars& bars) {
        m_bars = bars;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& colours = currentTheme();
        QPainter painter(this);
        painter.setFont(captionFont());
        int x = measure::kGrid;
        for (int series = 0; series < static_cast<int>(m_bars.series.size()); ++series) {
            const Fill fill = fillOf(m_bars, series);
            const QRect box(x, (height() - kSwatch) / 2, kSwatch, kSwatch);
            painter.fillRect(box, colours.base);
            painter.fillRect(box, brushOf(fill));
            painter.setPen(lineOf(fill));
            painter.drawRect(box.adjusted(0, 0, -1, -1));
            x = words(painter, box.right() + 6, m_bars.series[static_cast<std::size_t>(series)]);
        }
        if (!m_bars.baselineName.isEmpty()) {
            painter.fillRect(QRect(x, height() / 2 - 1, 18, 2), colours.text);
            words(painter, x + 24, BenchChart::tr("baseline “%1”").arg(m_bars.baselineName));
        }
    }

private:
    // Returns where the next entry begins.
    int words(QPainter& painter, int x, const QString& text) const {
        constexpr int kBetween = 20;
        painter.setPen(currentTheme().muted);
        const QRect room(x, 0, std::max(0, width() - x), height());
        const QString shown = painter.fontMetrics().elidedText(text, Qt::ElideRight, room.width());
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, shown);
        return x + painter.fontMetrics().horizontalAdvance(shown) + kBetween;
    }

    ChartBars m_bars;
};

BenchChart::BenchChart(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("bench.chart"));
    setAccessibleName(tr("Time by mask and kernel"));
    setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kGrid, measure::kBodyMargin, measure::kGrid);
    column->setSpacing(0);
    m_legend = new Legend(this);
    column->addWidget(m_legend);
    m_plot = new QCustomPlot(this);
    m_plot->setObjectName(QStringLiteral("bench.plot"));
    m_plot->setAccessibleName(tr("Bars of the medians"));
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setMinimumHeight(140);
    column->addWidget(m_plot, 1);
    connect(m_plot, &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        chooseAt(event->pos());
    });
}

void BenchChart::show(const ChartBars& bars, int chosen) {
    m_bars = bars;
    m_chosen = chosen;
    draw();
}

void BenchChart::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_plot != nullptr) {
        draw();
    }
}

double BenchChart::barWidth() const {
    const double count = std::max<double>(1.0, static_cast<double>(m_bars.series.size()));
    return std::min(kWidestBar, kGroupWidth / count);
}

double BenchChart::placeOf(const ChartBar& bar) const {
    const double middle = (static_cast<double>(m_bars.series.size()) - 1.0) / 2.0;
    return bar.group + (bar.series - middle) * barWidth();
}

void BenchChart::draw() {
    m_legend->set(m_bars);
    m_plot->clearPlottables();
    m_plot->clearItems();
    double highest = 0.0;
    for (const ChartBar& bar : m_bars.bars) {
        highest = std::max({highest, bar.p80, bar.median, bar.baseline});
    }
    m_highest = highest > 0.0 ? highest * kHeadroom : 1.0;
    drawAxes();
    for (int series = 0; series < static_cast<int>(m_bars.series.size()); ++series) {
        drawSeries(series);
    }
    const bool hasTexts = static_cast<int>(m_bars.groups.size()) <= kMostTexts;
    for (const ChartBar& bar : m_bars.bars) {
        const bool hasLine = bar.baseline > 0.0 && bar.series != m_bars.reference;
        const bool isInside = hasLine && bar.median > kLowestInside * m_highest &&
                              fillOf(m_bars, bar.series) != Fill::Hatched;
        if (hasLine) {
            drawBaseline(bar, isInside || !hasTexts);
        }
        if (hasTexts) {
            drawValue(bar, isInside);
        }
    }
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void BenchChart::drawAxes() {
    const Theme& colours = currentTheme();
    m_plot->setBackground(colours.panel);
    QCPAxisRect* box = m_plot->axisRect();
    box->setBackground(colours.base);
    const auto places =
        static_cast<double>(std::max(kFewestPlaces, static_cast<int>(m_bars.groups.size())));
    const double middle = (static_cast<double>(m_bars.groups.size()) - 1.0) / 2.0;
    const QSharedPointer<QCPAxisTickerText> masks(new QCPAxisTickerText);
    const bool hasTexts = static_cast<int>(m_bars.groups.size()) <= kMostTexts;
    for (int group = 0; group < static_cast<int>(m_bars.groups.size()); ++group) {
        const ChartBars::Group& about = m_bars.groups[static_cast<std::size_t>(group)];
        masks->addTick(group, about.mask);
        if (hasTexts) {
            auto* words = new QCPItemText(m_plot);
            words->setClipToAxisRect(false);
            words->position->setTypeX(QCPItemPosition::ptPlotCoords);
            words->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
            words->position->setCoords(group, 1.0);
            words->setPositionAlignment(Qt::AlignTop | Qt::AlignHCenter);
            words->setPadding(QMargins(0, kSecondLine, 0, 0));
            words->setText(about.skips);
            words->setFont(captionFont());
            words->setColor(colours.muted);
        }
    }
    m_plot->xAxis->setTicker(masks);
    m_plot->xAxis->setRange(middle - places / 2.0, middle + places / 2.0);
    m_plot->xAxis->setTickLabelFont(bold(tableFont()));
    m_plot->xAxis->setTickLabelRotation(hasTexts ? 0.0 : -60.0);
    m_plot->xAxis->setLabel(hasTexts ? tr("mask, share of 128-blocks skipped") : tr("mask"));
    m_plot->xAxis->setLabelPadding(hasTexts ? kTextLine + 8 : measure::kGrid);
    m_plot->xAxis->grid()->setVisible(false);
    m_plot->yAxis->setRange(0.0, m_highest);
    m_plot->yAxis->setLabel(tr("median, ms"));
    m_plot->yAxis->setTickLabelFont(numberFont());
    m_plot->yAxis->grid()->setPen(QPen(colours.plotGrid, 1.0));
    m_plot->yAxis->grid()->setZeroLinePen(Qt::NoPen);
    m_plot->yAxis->grid()->setAntialiased(false);
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setBasePen(QPen(colours.plotAxis, 1.0));
        axis->setTickPen(QPen(colours.plotAxis, 1.0));
        axis->setSubTicks(false);
        axis->setTickLength(0, measure::kGrid);
        axis->setTickLabelColor(axis == m_plot->xAxis ? colours.text : colours.muted);
        axis->setLabelFont(captionFont());
        axis->setLabelColor(colours.muted);
    }
}

void BenchChart::drawSeries(int series) {
    const Theme& colours = currentTheme();
    const Fill fill = fillOf(m_bars, series);
    auto* bars = new QCPBars(m_plot->xAxis, m_plot->yAxis);
    bars->setWidth(barWidth() * kBarShare);
    bars->setPen(QPen(lineOf(fill), 1.0));
    bars->setBrush(brushOf(fill));
    auto* whiskers = new QCPErrorBars(m_plot->xAxis, m_plot->yAxis);
    whiskers->setDataPlottable(bars);
    whiskers->setPen(QPen(colours.text, 1.0));
    whiskers->setWhiskerWidth(9.0);
    whiskers->setSymbolGap(0.0);
    for (const ChartBar& bar : m_bars.bars) {
        if (bar.series != series || bar.state != ChartBar::State::Measured) {
            continue;
        }
        bars->addData(placeOf(bar), bar.median);
        whiskers->addData(bar.median - bar.p20, bar.p80 - bar.median);
        if (bar.row == m_chosen) {
            auto* ring = new QCPItemRect(m_plot);
            const double half = barWidth() * kBarShare / 2.0;
            ring->topLeft->setCoords(placeOf(bar) - half, bar.median);
            ring->bottomRight->setCoords(placeOf(bar) + half, 0.0);
            ring->setPen(QPen(fill == Fill::Primary ? colours.text : colours.accent, 2.0));
        }
    }
}

QCPItemText* BenchChart::drawText(
    double x, double y, const QString& text, const QColor& ink, Qt::Alignment alignment, int lift) {
    auto* words = new QCPItemText(m_plot);
    words->position->setCoords(x, y);
    words->setPositionAlignment(alignment | Qt::AlignHCenter);
    const bool isAbove = alignment.testFlag(Qt::AlignBottom);
    words->setPadding(QMargins(0, isAbove ? 0 : lift, 0, isAbove ? lift : 0));
    words->setText(text);
    QFont font = numberFont();
    font.setPointSizeF(captionFont().pointSizeF());
    words->setFont(font);
    words->setColor(ink);
    return words;
}

// The line as wide as the bar, and above everything what changed.
void BenchChart::drawBaseline(const ChartBar& bar, bool isValueInside) {
    const double x = placeOf(bar);
    const double half = barWidth() / 2.0;
    // On a ground of its own: where bars are narrow the words reach over the hatched one beside.
    drawText(x,
             std::max(bar.baseline, bar.p80),
             bar.change,
             inkOf(bar.trend),
             Qt::AlignBottom,
             isValueInside ? measure::kGrid : measure::kGrid + kTextLine)
        ->setBrush(currentTheme().base);
    auto* line = new QCPItemLine(m_plot);
    line->start->setCoords(x - half, bar.baseline);
    line->end->setCoords(x + half, bar.baseline);
    line->setPen(QPen(currentTheme().text, 2.0));
}

void BenchChart::drawValue(const ChartBar& bar, bool isInside) {
    const Theme& colours = currentTheme();
    const double x = placeOf(bar);
    switch (bar.state) {
        case ChartBar::State::Measured:
            if (isInside) {
                // Under the lower whisker.
                drawText(x,
                         bar.p20,
                         msText(bar.median),
                         inkInside(fillOf(m_bars, bar.series)),
                         Qt::AlignTop,
                         measure::kGrid);
            } else {
                const bool hasLine = bar.baseline > 0.0 && bar.series != m_bars.reference;
                drawText(x,
                         std::max(bar.p80, hasLine ? bar.baseline : 0.0),
                         msText(bar.median),
                         colours.text,
                         Qt::AlignBottom,
                         measure::kGrid);
            }
            break;
        case ChartBar::State::Wrong:
            drawText(x, 0.0, tr("wrong"), colours.error, Qt::AlignBottom, measure::kGrid);
            break;
        case ChartBar::State::NotRun:
            drawText(x, 0.0, kUnknown, colours.muted, Qt::AlignBottom, measure::kGrid);
            break;
    }
}

// The bar under the pointer, or the place where one would stand.
void BenchChart::chooseAt(const QPoint& point) {
    const double x = m_plot->xAxis->pixelToCoord(point.x());
    for (const ChartBar& bar : m_bars.bars) {
        if (std::abs(x - placeOf(bar)) <= barWidth() / 2.0) {
            Q_EMIT rowChosen(bar.row);
            return;
        }
    }
}

}  // namespace tessera::ui
