#include "ui/views/dock_column.h"

#include <QDockWidget>
#include <QEvent>
#include <QMainWindow>
#include <QTimer>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr int kLowestBody = 72;  // two rows: enough to see that there is more
constexpr int kDockFrame = 4;    // gap between docks
constexpr int kMostAround = 64;  // title and border of a dock; more is a layout not yet done

}  // namespace

DockScroll::DockScroll(QWidget* body, QWidget* parent) : QScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    setProperty("surface", QStringLiteral("panel"));
    viewport()->setProperty("surface", QStringLiteral("panel"));
    setWidget(body);
    body->installEventFilter(this);
}

// Wrapped words make the height depend on the width.
int DockScroll::contentHeight() const {
    const QWidget* body = widget();
    const int width = viewport()->width();
    return body->hasHeightForWidth()
               ? std::max(body->heightForWidth(width), body->minimumSizeHint().height())
               : body->sizeHint().height();
}

QSize DockScroll::sizeHint() const {
    return {widget()->sizeHint().width(), contentHeight()};
}

QSize DockScroll::minimumSizeHint() const {
    return {widget()->minimumSizeHint().width(), m_lowest};
}

void DockScroll::setLimits(int lowest, int highest) {
    m_lowest = lowest;
    setMinimumHeight(lowest);
    setMaximumHeight(highest);
    updateGeometry();
}

bool DockScroll::eventFilter(QObject* watched, QEvent* event) {
    if (watched == widget() && event->type() == QEvent::LayoutRequest) {
        Q_EMIT contentChanged();
    }
    return QScrollArea::eventFilter(watched, event);
}

DockColumn::DockColumn(QMainWindow* window) : QObject(window), m_window(window) {
    window->installEventFilter(this);
}

void DockColumn::add(QDockWidget* dock, DockScroll* body, bool stretches, bool rigid) {
    m_entries.push_back({dock, body, stretches, rigid});
    connect(body, &DockScroll::contentChanged, this, &DockColumn::schedule);
    connect(dock, &QDockWidget::visibilityChanged, this, &DockColumn::schedule);
    connect(dock, &QDockWidget::topLevelChanged, this, &DockColumn::schedule);
    connect(dock, &QDockWidget::dockLocationChanged, this, &DockColumn::schedule);
    schedule();
}

bool DockColumn::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize || event->type() == QEvent::FontChange ||
        event->type() == QEvent::Show) {
        schedule();
    }
    return QObject::eventFilter(watched, event);
}

// Once for all that changes together, after the layouts have their new hints.
void DockColumn::schedule() {
    if (!m_isScheduled) {
        m_isScheduled = true;
        QTimer::singleShot(0, this, &DockColumn::arrange);
    }
}

// While everything fits, each body is exactly as high as its contents and the stretching one takes
// the rest. Otherwise the stretching one gives way first, then the others. Said by sizes and not by
// least heights, which would keep the window from becoming smaller.
void DockColumn::arrange() {
    m_isScheduled = false;
    QList<QDockWidget*> docks;
    QList<int> heights;
    int stretching = -1;
    int needed = 0;
    for (const Entry& entry : m_entries) {
        const int content = entry.body->contentHeight();
        entry.body->setLimits(
            entry.rigid ? content : std::min(content, kLowestBody),
            entry.stretches || entry.dock->isFloating() ? QWIDGETSIZE_MAX : content);
        if (entry.dock->isFloating() || entry.dock->isHidden()) {
            continue;
        }
        const int around = std::clamp(entry.dock->height() - entry.body->height(), 0, kMostAround);
        stretching = entry.stretches ? static_cast<int>(docks.size()) : stretching;
        docks.append(entry.dock);
        heights.append(content + around);
        needed += content + around + kDockFrame;
    }
    if (stretching >= 0) {
        const int rest = heights[stretching] + m_window->contentsRect().height() - needed;
        heights[stretching] = std::max(kLowestBody, rest);
    }
    m_window->resizeDocks(docks, heights, Qt::Vertical);
}

}  // namespace tessera::ui
