#pragma once

// Lets a focused control keep the keys that work it: Space presses a button and arrows move a
// slider even where a shortcut (play, next frame) has the same key. GUI thread.

#include <QObject>

namespace tessera::ui {

class ControlKeys final : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    // Installed on the application.
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace tessera::ui
