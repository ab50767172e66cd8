#pragma once

// Why the program does not open, for people who started it without a terminal: the only window of
// such a start. GUI thread.

#include "core/base/error.h"

#include <QDialog>

namespace tessera::ui {

class StartRefusedDialog final : public QDialog {
    Q_OBJECT

public:
    explicit StartRefusedDialog(const base::Error& error);
};

}  // namespace tessera::ui
