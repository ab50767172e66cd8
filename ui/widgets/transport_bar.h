#pragma once

// Play, step, loop, scrub, "frame 14 of 29", speed: 44 px (look.md, 2). GUI thread.

#include <QWidget>

namespace tessera::ui {

class Player;

class TransportBar final : public QWidget {
    Q_OBJECT

public:
    // `player` outlives the bar. Its actions (transport-play, ...) are taken from `actions`.
    TransportBar(Player& player, class ActionRegistry& actions, QWidget* parent = nullptr);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    class Private;
    Private* m_private;
};

// Adds transport-play (one toggle), -step-back, -step-forward, -loop, -first, -last, loop-in and
// loop-out to the registry. They move `player` while `scope` is the one on the screen, so that each
// place with a clip may add its own player under the same names.
void addTransportActions(class ActionRegistry& actions, Player& player, QWidget* scope);

}  // namespace tessera::ui
