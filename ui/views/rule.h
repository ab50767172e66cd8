#pragma once

// A line of one pixel in the border colour, between groups of a dock or rows of the canvas. GUI
// thread.

#include <QWidget>

namespace tessera::ui {

class Rule final : public QWidget {
    Q_OBJECT

public:
    Rule(Qt::Orientation orientation, QWidget* parent);

protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace tessera::ui
