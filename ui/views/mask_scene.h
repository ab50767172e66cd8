#pragma once

// Draws the attention map under a mask: what is kept by reference frames and text, what by the own
// frame, what is skipped; the frames' borders; and, where they are large enough, the blocks. Draws
// only what is seen, so its time does not grow with the tokens. A value with its own colours and
// fonts: any thread.

#include "core/plan/block_map.h"
#include "ui/theme.h"
#include "ui/views/mask_choice.h"

#include <QFont>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <cstdint>
#include <vector>

class QPainter;

namespace tessera::ui {

// The part of the map that is seen. x counts keys, y queries, both in tokens.
struct MapView {
    QRectF area;         // where the map may be drawn
    QPointF origin;      // the token at its top left corner; below 0 where the map is smaller
    double scale = 1.0;  // device-independent pixels a token

    QPointF tokenAt(const QPointF& point) const;
    QPointF pointOf(const QPointF& token) const;
    QRectF tokens() const;  // what the area covers
};

// The kinds of neighbouring blocks, row by row.
struct BlockWindow {
    std::int64_t firstRow = 0;
    std::int64_t firstColumn = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<plan::BlockKind> kinds;

    // In blocks of the whole map.
    double top(std::size_t row) const {
        return static_cast<double>(firstRow + static_cast<std::int64_t>(row));
    }

    double left(std::size_t column) const {
        return static_cast<double>(firstColumn + static_cast<std::int64_t>(column));
    }

    plan::BlockKind at(std::size_t row, std::size_t column) const {
        return kinds[row * columns + column];
    }
};

class MaskScene {
public:
    // GUI thread.
    explicit MaskScene(const MaskChoice& choice);

    const MaskChoice& choice() const { return m_choice; }

    const plan::BlockMap& blocks() const { return m_blocks; }

    void setShowsFrames(bool on) { m_showsFrames = on; }

    void setShowsBlocks(bool on) { m_showsBlocks = on; }

    // Blocks are wanted and large enough to be told apart.
    bool drawsBlocks(const MapView& view) const;

    // Every block that the view touches.
    BlockWindow blocksIn(const MapView& view) const;

    // What lies around the map.
    void drawGround(QPainter& painter, const QRectF& box) const;

    void draw(QPainter& painter, const MapView& view) const;

    // The frames' names left of the map and over it, where they have room.
    void drawAxes(QPainter& painter, const MapView& view) const;

    // The white line in a black one around a part of the map, given in tokens.
    void drawFocus(QPainter& painter, const MapView& view, const QRectF& tokens) const;

    // Room that drawAxes() needs left of the map and over it.
    QSize axisRoom() const;

    // The colours of what is drawn, for the legend.
    QColor referenceColour() const { return m_theme.accent; }

    QColor ownColour() const;
    QColor droppedColour() const;  // pairs that a border block computes and drops
    void drawSkipped(QPainter& painter, const QRectF& box) const;
    void drawBorderBlock(QPainter& painter, const QRectF& box) const;

private:
    struct BlockLines {
        std::vector<double> x;
        std::vector<double> y;
    };

    QRectF mapIn(const QPainter& painter, const MapView& view) const;
    void drawKept(QPainter& painter, const MapView& view) const;
    void drawFrameGrid(QPainter& painter, const MapView& view) const;
    void drawDropped(QPainter& painter, const MapView& view, const BlockWindow& window) const;
    BlockLines linesOf(const QPainter& painter,
                       const MapView& view,
                       const BlockWindow& window) const;
    void drawFaintLines(QPainter& painter, const MapView& view, const BlockLines& lines) const;
    void drawBorderLines(QPainter& painter,
                         const BlockLines& lines,
                         const BlockWindow& window) const;

    MaskChoice m_choice;
    plan::BlockMap m_blocks;
    Theme m_theme;
    QFont m_font;
    QString m_textWord;
    bool m_showsFrames = true;
    bool m_showsBlocks = true;
};

}  // namespace tessera::ui
