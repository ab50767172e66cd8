#pragma once

// Versions, licences, and the paper this program implements. GUI thread.

#include <QDialog>

namespace tessera::ui {

class AboutDialog final : public QDialog {
    Q_OBJECT

public:
    explicit AboutDialog(QWidget* parent);
};

}  // namespace tessera::ui
