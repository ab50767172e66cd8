#pragma once

// The canvas: shows the player's current frame centred on whole pixels, fitted or at 1:1 with pan
// and zoom; nothing over the clip but its frame number (look.md, 3). GUI thread.

#include <QImage>
#include <QPoint>
#include <QRect>
#include <QWidget>

namespace tessera::ui {

class Player;

class ClipView final : public QWidget {
    Q_OBJECT

public:
    // `player` outlives the view.
    explicit ClipView(Player& player, QWidget* parent = nullptr);

    // 0 = fit to the view; else device pixels a clip pixel.
    double zoom() const { return m_zoom; }

    void setZoom(double zoom);

    void setShowsFrameNumber(bool on);

    // Fitted clips touch the edges of the view instead of having air around them.
    void setFitsTight(bool on);

    // The size in which the clip is shown where its frames are smaller (previews); empty = the
    // frames' own.
    void setNominalSize(QSize size);

    // Where the current frame lies now, in this widget; empty when there is none.
    QRect frameRect() const;

    // The current frame as it would be exported.
    QImage currentImage() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void zoomChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    QSize clipSize() const;
    double shownZoom() const;
    void zoomAround(double zoom, QPointF anchor);
    void drawFrameNumber(QPainter& painter, const QRect& frame) const;

    Player& m_player;
    QSize m_nominalSize;
    double m_zoom = 0.0;
    QPoint m_offset;
    QPoint m_dragFrom;
    bool m_isDragging = false;
    bool m_showsFrameNumber = false;
    bool m_fitsTight = false;
};

}  // namespace tessera::ui
