#pragma once

// The slider of the transport: a tick a frame, the loop range, jumps to where it is pressed. Moves
// and follows one player. GUI thread.

#include <QAbstractSlider>

namespace tessera::ui {

class Player;

class ScrubBar final : public QAbstractSlider {
    Q_OBJECT

public:
    // `player` outlives the bar.
    explicit ScrubBar(Player& player, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    QRect groove() const;
    int xOf(int frame) const;
    int frameAt(int x) const;
    void follow();
    void drawTicks(QPainter& painter) const;

    Player& m_player;
    bool m_playsAfterDrag = false;
};

}  // namespace tessera::ui
