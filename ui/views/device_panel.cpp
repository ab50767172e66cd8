#include "ui/views/device_panel.h"

#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace tessera::ui {

namespace {

constexpr int kBarHeight = 12;

QString legendEntry(const QColor& colour, const QString& words) {
    return QStringLiteral(
               "<span style=\"color:%1\">\u25A0</span> <span style=\"color:%2\">%3</span>")
        .arg(colour.name(), currentTheme().muted.name(), words.toHtmlEscaped());
}

// "1.1 of 15.6 GB": one unit for both.
QString ofMachine(std::uint64_t need, std::uint64_t machine) {
    const QString all = bytes(machine);
    const QString part = bytes(need);
    const qsizetype unit = all.lastIndexOf(QLatin1Char(' '));
    const bool isSameUnit = unit > 0 && part.endsWith(all.mid(unit));
    return DevicePanel::tr("%1 of %2")
        .arg(isSameUnit ? part.chopped(all.size() - unit) : part, all);
}

}  // namespace

MemoryBar::MemoryBar(QWidget* parent) : QWidget(parent) {
    setFixedHeight(kBarHeight);
    setAccessibleName(tr("Memory"));
}

void MemoryBar::set(std::uint64_t weights, std::uint64_t work, std::uint64_t machine) {
    m_weights = weights;
    m_work = work;
    m_machine = machine;
    update();
}

QSize MemoryBar::sizeHint() const {
    return {160, kBarHeight};
}

void MemoryBar::paintEvent(QPaintEvent*) {
    const Theme& colours = currentTheme();
    QPainter painter(this);
    painter.fillRect(rect(), colours.outline);
    const QRect inner = rect().adjusted(1, 1, -1, -1);
    painter.fillRect(inner, colours.base);
    const double room = static_cast<double>(std::max(m_machine, m_weights + m_work));
    if (room <= 0.0) {
        return;
    }
    const auto width = [&](std::uint64_t part) {
        return static_cast<int>(std::lround(static_cast<double>(part) / room * inner.width()));
    };
    const int weights = m_weights > 0 ? std::max(2, width(m_weights)) : 0;
    const int work = width(m_work);
    painter.fillRect(QRect(inner.left(), inner.top(), weights, inner.height()), colours.accent);
    painter.fillRect(
        QRect(inner.left() + weights, inner.top(), work, inner.height()),
        m_weights + m_work > m_machine && m_machine > 0 ? colours.error : colours.plotAxis);
    if (weights + work > 0) {
        painter.fillRect(QRect(inner.left() + weights + work, 0, 2, height()), colours.text);
    }
}

DevicePanel::DevicePanel(QWidget* parent) : QWidget(parent) {
    setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    column->setSpacing(6);
    m_memory = addRow(column, tr("Memory"), "device.memory");
    m_bar = new MemoryBar(this);
    column->addWidget(m_bar);
    m_legend = new QLabel(this);
    m_legend->setFont(captionFont());
    m_legend->setTextFormat(Qt::RichText);
    column->addWidget(m_legend);
    m_state = addRow(column, tr("State"), "device.state");
    m_step = addRow(column, tr("One step"), "device.step");
    m_device = addRow(column, tr("Device"), "device.name");
    m_threads = addRow(column, tr("Threads"), "device.threads");
    column->addStretch(1);
    show({});
}

QLabel* DevicePanel::addRow(QVBoxLayout* column, const QString& name, const char* object) {
    auto* row = new QHBoxLayout;
    auto* words = new QLabel(name, this);
    words->setFont(tableFont());
    words->setForegroundRole(QPalette::PlaceholderText);
    auto* value = new QLabel(this);
    value->setObjectName(QLatin1String(object));
    value->setAccessibleName(name);
    value->setFont(numberFont());
    value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(words);
    row->addWidget(value, 1);
    column->addLayout(row);
    return value;
}

void DevicePanel::show(const DeviceView& view) {
    m_view = view;
    const QString unknown(kUnknown);
    const std::uint64_t work =
        view.needBytes > view.weightBytes ? view.needBytes - view.weightBytes : 0;
    m_bar->set(std::min(view.weightBytes, view.needBytes), work, view.machineBytes);
    m_memory->setText(view.needBytes == 0     ? unknown
                      : view.machineBytes > 0 ? ofMachine(view.needBytes, view.machineBytes)
                                              : bytes(view.needBytes));
    m_state->setText(view.state.isEmpty() ? unknown : view.state);
    m_step->setText(view.stepSeconds ? seconds(*view.stepSeconds) : unknown);
    m_device->setText(view.device.isEmpty() ? unknown : view.device);
    m_threads->setText(view.threads == 0 ? unknown
                       : view.cores > 0  ? tr("%1 of %2").arg(view.threads).arg(view.cores)
                                         : number(view.threads));
    paintLegend();
}

void DevicePanel::paintLegend() {
    const std::uint64_t work =
        m_view.needBytes > m_view.weightBytes ? m_view.needBytes - m_view.weightBytes : 0;
    m_legend->setVisible(m_view.needBytes > 0 && m_view.weightBytes > 0);
    m_legend->setText(
        legendEntry(currentTheme().accent, tr("weights %1").arg(bytes(m_view.weightBytes))) +
        QStringLiteral("&nbsp;&nbsp; ") +
        legendEntry(currentTheme().plotAxis, tr("work %1").arg(bytes(work))));
}

void DevicePanel::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), currentTheme().panel);
}

void DevicePanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_legend) {
        paintLegend();
    }
}

}  // namespace tessera::ui
