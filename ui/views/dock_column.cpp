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
// the rest. Otherwise the stretching one gives way first, then all that are not rigid.
void DockColumn::arrange() {
    m_isScheduled = false;
    int needed = 0;
    int spare = 0;
    for (const Entry& entry : m_entries) {
        if (!entry.dock->isFloating() && !entry.dock->isHidden()) {
            const int around = entry.dock->height() - entry.body->height();
            const int content = entry.body->contentHeight();
            needed += content + std::clamp(around, 0, 64) + kDockFrame;
            spare += entry.stretches ? std::max(0, content - kLowestBody) : 0;
        }
    }
    const bool fits = needed <= m_window->height();
    const bool fitsTight = needed - spare <= m_window->height();
    for (const Entry& entry : m_entries) {
        const int content = entry.body->contentHeight();
        if (entry.dock->isFloating()) {
            entry.body->setLimits(kLowestBody, QWIDGETSIZE_MAX);
            continue;
        }
        const bool isWhole = fits || entry.rigid || (fitsTight && !entry.stretches);
        entry.body->setLimits(isWhole ? content : std::min(content, kLowestBody),
                              entry.stretches ? QWIDGETSIZE_MAX : content);
    }
}

}  // namespace tessera::ui
