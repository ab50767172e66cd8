#include "ui/views/library_grid.h"

#include "ui/models/library_model.h"
#include "ui/numbers.h"
#include "ui/style/style.h"
#include "ui/views/clip_card.h"

#include <QClipboard>
#include <QDateTime>
#include <QDrag>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMimeData>
#include <QScrollBar>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr int kSmallestCell = 220;
constexpr int kMotionMs = 125;  // the rate of the bundled model's clips
constexpr int kDragWidth = 120;

}  // namespace

LibraryGrid::LibraryGrid(LibraryModel& library, QWidget* parent)
    : QListView(parent), m_library(library), m_cards(new ClipCardDelegate(library, this)) {
    setObjectName(QStringLiteral("library.grid"));
    setAccessibleName(tr("Clips"));
    setProperty("surface", QStringLiteral("panel"));
    viewport()->setProperty("surface", QStringLiteral("panel"));
    setFrameShape(QFrame::NoFrame);
    setModel(&library);
    setItemDelegate(m_cards);
    setViewMode(QListView::IconMode);
    setMovement(QListView::Static);
    setResizeMode(QListView::Adjust);
    setUniformItemSizes(true);
    setWordWrap(false);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setDragEnabled(true);
    setDragDropMode(QAbstractItemView::DragOnly);
    setDefaultDropAction(Qt::CopyAction);
    setMouseTracking(true);
    setContextMenuPolicy(Qt::CustomContextMenu);
    const int inset = measure::kBodyMargin - ClipCardDelegate::kGap / 2;
    setViewportMargins(inset, 0, inset, 0);
    m_motion.setInterval(kMotionMs);
    connect(&m_motion, &QTimer::timeout, this, &LibraryGrid::move);
    connect(&library, &LibraryModel::refreshed, this, [this] {
        follow();
        Q_EMIT chosenChanged();
        Q_EMIT groupLineChanged();
    });
}

QModelIndexList LibraryGrid::chosen() const {
    QModelIndexList rows = selectionModel()->selectedIndexes();
    std::ranges::sort(rows, {}, &QModelIndex::row);
    return rows;
}

QModelIndex LibraryGrid::topmost() const {
    const QModelIndex seen = indexAt(QPoint(kSmallestCell / 2, ClipCardDelegate::kGap));
    return seen.isValid() ? seen : m_library.index(0);
}

QString LibraryGrid::groupLine() const {
    const int found = m_library.rowCount();
    const QString total = number(m_library.total());
    const QModelIndex top = topmost();
    const auto order = m_library.query().order;
    const bool isByTime = order == jobs::LibraryQuery::Order::NewestFirst ||
                          order == jobs::LibraryQuery::Order::OldestFirst;
    if (!top.isValid() || !isByTime) {
        return tr("%1 of %2 clips").arg(number(found), total);
    }
    const QDate day = QDateTime::fromSecsSinceEpoch(m_library.clip(top.row()).madeAt).date();
    const qint64 from = day.startOfDay().toSecsSinceEpoch();
    const qint64 to = day.addDays(1).startOfDay().toSecsSinceEpoch();
    int count = 0;
    for (int row = 0; row < found; ++row) {
        const qint64 madeAt = m_library.clip(row).madeAt;
        count += madeAt >= from && madeAt < to ? 1 : 0;
    }
    const QDate today = QDate::currentDate();
    const QString name = day == today               ? tr("Today")
                         : day == today.addDays(-1) ? tr("Yesterday")
                                                    : day.toString(Qt::ISODate);
    return tr("%1, %2 of %3 clips").arg(name, number(count), total);
}

// ---- What the Edit menu asks for ----

void LibraryGrid::undo() {
    Q_EMIT undoWanted();
}

void LibraryGrid::copy() {
    const QModelIndexList rows = chosen();
    if (!rows.isEmpty()) {
        QGuiApplication::clipboard()->setMimeData(m_library.mimeData(rows));
    }
}

void LibraryGrid::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Undo)) {
        undo();
    } else if (event->matches(QKeySequence::Copy)) {
        copy();
    } else {
        QListView::keyPressEvent(event);
    }
}

void LibraryGrid::startDrag(Qt::DropActions actions) {
    QModelIndexList rows = chosen();
    rows.removeIf(
        [](const QModelIndex& row) { return !row.flags().testFlag(Qt::ItemIsDragEnabled); });
    if (rows.isEmpty() || !actions.testFlag(Qt::CopyAction)) {
        return;
    }
    auto* drag = new QDrag(this);
    drag->setMimeData(m_library.mimeData(rows));
    const auto frames = rows.front().data(LibraryModel::FramesRole).value<QVector<QImage>>();
    if (!frames.isEmpty()) {
        drag->setPixmap(
            QPixmap::fromImage(frames.front().scaledToWidth(kDragWidth, Qt::SmoothTransformation)));
    }
    drag->exec(Qt::CopyAction);
}

// ---- Cells ----

void LibraryGrid::resizeEvent(QResizeEvent* event) {
    fitCells();
    QListView::resizeEvent(event);
}

void LibraryGrid::changeEvent(QEvent* event) {
    QListView::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        fitCells();
    }
}

// A row is as wide as the view: what is left over goes to all its cards.
void LibraryGrid::fitCells() {
    const int width = viewport()->width() - 1;  // one more pixel would begin a new row
    const int columns = std::max(1, width / kSmallestCell);
    const int cell = std::max(width / columns, kSmallestCell / 2);
    const QSize size(cell, ClipCardDelegate::cellHeight(cell));
    if (size != gridSize()) {
        setGridSize(size);
        verticalScrollBar()->setSingleStep(size.height() / 3);
    }
}

// ---- Motion ----

void LibraryGrid::mouseMoveEvent(QMouseEvent* event) {
    const QModelIndex under = indexAt(event->pos());
    if (m_hovered != under) {
        m_hovered = under;
        follow();
    }
    QListView::mouseMoveEvent(event);
}

void LibraryGrid::leaveEvent(QEvent* event) {
    QListView::leaveEvent(event);
    m_hovered = QModelIndex();
    follow();
}

void LibraryGrid::focusInEvent(QFocusEvent* event) {
    QListView::focusInEvent(event);
    follow();
}

void LibraryGrid::focusOutEvent(QFocusEvent* event) {
    QListView::focusOutEvent(event);
    follow();
}

void LibraryGrid::selectionChanged(const QItemSelection& selected,
                                   const QItemSelection& deselected) {
    QListView::selectionChanged(selected, deselected);
    m_cards->setSeveral(chosen().size() > 1);
    Q_EMIT chosenChanged();
}

void LibraryGrid::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    follow();
    Q_EMIT chosenChanged();
}

void LibraryGrid::scrollContentsBy(int dx, int dy) {
    QListView::scrollContentsBy(dx, dy);
    Q_EMIT groupLineChanged();
}

void LibraryGrid::follow() {
    const QModelIndex current = hasFocus() ? currentIndex() : QModelIndex();
    m_cards->setMoving(m_hovered, current);
    const bool moves = m_hovered.isValid() || current.isValid();
    if (moves && !m_motion.isActive()) {
        m_motion.start();
    } else if (!moves) {
        m_motion.stop();
    }
    viewport()->update();
}

void LibraryGrid::move() {
    m_cards->setFrame(++m_frame);
    if (!isVisible()) {
        m_motion.stop();
        return;
    }
    for (const QModelIndex& index : {QModelIndex(m_hovered), currentIndex()}) {
        if (index.isValid()) {
            update(index);
        }
    }
}

}  // namespace tessera::ui
