#pragma once

// A shortcut shown as in the mock-ups: fixed-pitch letters in a thin frame. GUI thread.

#include <QColor>
#include <QLabel>
#include <QRect>

class QPainter;

namespace tessera::ui {

// Draws the cap at the right end of `row`; returns the x left of it. Nothing for an empty text.
int drawKeyCap(QPainter& painter, const QRect& row, const QString& keys, const QColor& ink);

// The same as a label; the text is the shortcut.
class KeyCap final : public QLabel {
    Q_OBJECT

public:
    explicit KeyCap(QWidget* parent);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace tessera::ui
