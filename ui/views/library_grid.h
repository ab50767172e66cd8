#pragma once

// The clips found, as cards in rows: as many beside one another as there is room for. Cards move
// under the mouse and where the keyboard is; they can be dragged out as files. GUI thread.

#include <QListView>
#include <QTimer>

namespace tessera::ui {

class ClipCardDelegate;
class LibraryModel;

class LibraryGrid final : public QListView {
    Q_OBJECT

public:
    // `library` outlives the grid.
    explicit LibraryGrid(LibraryModel& library, QWidget* parent = nullptr);

    QModelIndexList chosen() const;

    // "Today, 16 of 214 clips": of the topmost row that is seen.
    QString groupLine() const;

public Q_SLOTS:
    // What the Edit menu tells the widget that has the focus.
    void undo();
    void copy();

Q_SIGNALS:
    void chosenChanged();
    void undoWanted();
    void groupLineChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void startDrag(Qt::DropActions actions) override;
    void selectionChanged(const QItemSelection& selected,
                          const QItemSelection& deselected) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void scrollContentsBy(int dx, int dy) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    void fitCells();
    void follow();
    void move();
    QModelIndex topmost() const;

    LibraryModel& m_library;
    ClipCardDelegate* m_cards;
    QPersistentModelIndex m_hovered;
    QTimer m_motion;
    int m_frame = 0;
};

}  // namespace tessera::ui
