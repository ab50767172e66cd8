#pragma once

// The token matrix under a mask, with pan and zoom from the whole map to several pixels a token.
// The wheel zooms, a drag pans, a double click goes between whole map and 1:1; the pointer and the
// arrow keys move the place that the words below tell of. Painted once for each view and kept as a
// picture. GUI thread.

#include "core/plan/token_place.h"
#include "ui/views/mask_scene.h"

#include <QJsonObject>
#include <QPixmap>
#include <QWidget>

#include <optional>

namespace tessera::ui {

// What a saved picture is drawn from, on any thread.
struct MaskPicture {
    MaskScene scene;
    MapView view;
    QSize size;

    // `ratio` pixels of the picture for each of the screen; `description` goes inside of it.
    QImage drawn(double ratio, const QString& description) const;
};

class MaskView final : public QWidget {
    Q_OBJECT

public:
    static constexpr double kLargestZoom = 8.0;

    explicit MaskView(const MaskChoice& choice, QWidget* parent = nullptr);

    // Another shape is shown whole; another mask or block where the view stands.
    void show(const MaskChoice& choice);

    void setShowsFrames(bool on);
    void setShowsBlocks(bool on);

    bool drawsBlocks() const { return m_scene.drawsBlocks(view()); }

    // Device pixels a token.
    double zoom() const { return m_zoom; }

    double smallestZoom() const;  // the whole map

    bool isFitted() const { return m_isFitted; }

    void fit();
    void setZoom(double zoom);  // around the middle; kept within the limits

    void zoomBy(double factor) { setZoom(m_zoom * factor); }

    // Moves that token to the middle, as far as the map reaches.
    void centreOn(const QPointF& token);

    const plan::BlockMap& blocks() const { return m_scene.blocks(); }

    MapView view() const;

    // Where the map is on the screen, for the window's state: a token lies at
    // left + (token - from_key) * scale, and so on downwards.
    QJsonObject json() const;

    MaskPicture picture() const { return {m_scene, view(), size()}; }

    // The query and the key that are pointed at.
    struct Pair {
        std::int64_t query = 0;
        std::int64_t key = 0;

        bool operator==(const Pair&) const = default;
    };

    const std::optional<Pair>& pair() const { return m_pair; }

    void setPair(const std::optional<Pair>& pair);

    QSize sizeHint() const override { return {640, 480}; }

    QSize minimumSizeHint() const override { return {200, 160}; }

Q_SIGNALS:
    void viewChanged();
    void pairChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QRectF mapArea() const;

    double tokens() const { return static_cast<double>(m_scene.choice().layout.total()); }

    void place(const QPointF& centre, double zoom, bool isFitted);
    void zoomAround(double zoom, const QPointF& anchor);
    void make(const MaskChoice& choice);
    void pointAt(const QPointF& point);
    void movePair(int rows, int columns);
    void revealPair();
    QRectF marked() const;

    MaskScene m_scene;
    QPixmap m_drawn;  // the map without what is pointed at; null = to be drawn
    QPointF m_centre;
    double m_zoom = 1.0;
    bool m_isFitted = true;
    bool m_showsFrames = true;
    bool m_showsBlocks = true;
    bool m_isDragging = false;
    QPointF m_dragFrom;
    std::optional<Pair> m_pair;
};

}  // namespace tessera::ui
