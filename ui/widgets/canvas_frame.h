#pragma once

// What lies in the middle of a workspace, in the frame of the docks around it. GUI thread.

#include <QWidget>

namespace tessera::ui {

class CanvasFrame final : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace tessera::ui
