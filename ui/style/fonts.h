#pragma once

// The sizes of type (look.md, 2), relative to the user's UI font. GUI thread.

#include <QFont>

class QWidget;

namespace tessera::ui {

QFont bodyFont();
QFont titleFont();      // dock titles: B - 1, semi-bold
QFont tableFont();      // tables and status: B - 1
QFont captionFont();    // B - 1.5
QFont numberFont();     // fields, tables, read-outs: fixed pitch, B - 1
QFont bigNumberFont();  // B + 3
QFont bold(QFont font);

}  // namespace tessera::ui
