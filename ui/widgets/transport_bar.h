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

private:
    class Private;
    Private* m;
};

// Adds transport-play, -pause (one toggle), -step-back, -step-forward, -loop, loop-in, loop-out,
// first and last frame to the registry, for `player`, in `scope`.
void addTransportActions(class ActionRegistry& actions, Player& player, QWidget* scope);

}  // namespace tessera::ui
