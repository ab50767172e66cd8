#pragma once

// A clip of the library as a card: its picture, which may move, length and star on it, under it the
// prompt, the stage with its marker, how long making it took and when it was made. GUI thread.

#include <QPersistentModelIndex>
#include <QStyledItemDelegate>

namespace tessera::ui {

class LibraryModel;

class ClipCardDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    // `library` outlives the delegate and is the model of its view.
    explicit ClipCardDelegate(const LibraryModel& library, QObject* parent = nullptr);

    // Between the cards.
    static constexpr int kGap = 18;

    // Height of a cell whose card has this width.
    static int cellHeight(int cellWidth);

    // The frame that moving cards show.
    void setFrame(int frame) { m_frame = frame; }

    // Which cards move: under the mouse, and the keyboard's.
    void setMoving(const QModelIndex& hovered, const QModelIndex& current);

    // With several chosen the keyboard's place is marked as well.
    void setSeveral(bool on) { m_several = on; }

    void paint(QPainter* painter,
               const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void drawPicture(QPainter& painter, const QRect& box, const QModelIndex& index) const;
    void drawWords(QPainter& painter,
                   const QRect& box,
                   const QModelIndex& index,
                   const QStyleOptionViewItem& option) const;

    const LibraryModel& m_library;
    QPersistentModelIndex m_hovered;
    QPersistentModelIndex m_current;
    int m_frame = 0;
    bool m_several = false;
};

}  // namespace tessera::ui
