#pragma once

// The whole map, small, with what the matrix shows of it framed; and what its colours mean. A click
// or a drag moves the matrix there. GUI thread.

#include "ui/views/mask_scene.h"

#include <QPixmap>
#include <QWidget>

#include <vector>

namespace tessera::ui {

class MaskOverview final : public QWidget {
    Q_OBJECT

public:
    explicit MaskOverview(const MaskChoice& choice, QWidget* parent = nullptr);

    void show(const MaskChoice& choice);

    // What the matrix shows, in tokens.
    void setSeen(const QRectF& tokens);

    QSize sizeHint() const override { return {240, 172}; }

    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void placeWanted(const QPointF& token);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    MapView view() const;
    void make(const MaskChoice& choice);

    MaskScene m_scene;
    QPixmap m_drawn;  // null = to be drawn
    QRectF m_seen;
};

// The colours of the map with their words.
class MaskLegend final : public QWidget {
    Q_OBJECT

public:
    explicit MaskLegend(const MaskChoice& choice, QWidget* parent = nullptr);

    void show(const MaskChoice& choice);

    bool hasHeightForWidth() const override { return true; }

    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    enum class Sign { Reference, Own, Skipped, Border };

    struct Entry {
        Sign sign;
        QString word;
    };

    std::vector<Entry> entries() const;
    void drawSign(QPainter& painter, const QRectF& box, Sign sign) const;
    QPoint placeOf(std::size_t entry, int width) const;

    MaskScene m_scene;
};

}  // namespace tessera::ui
