#pragma once

// A rating of 0 to 5 stars that is set by a press or by the keys 0 to 5, left and right. GUI
// thread.

#include <QWidget>

namespace tessera::ui {

class StarRow final : public QWidget {
    Q_OBJECT

public:
    explicit StarRow(QWidget* parent = nullptr);

    int rating() const { return m_rating; }

    void setRating(int rating);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void rated(int rating);  // by the user

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    int starAt(int x) const;
    void rate(int rating);

    int m_rating = 0;
    int m_hovered = 0;
};

}  // namespace tessera::ui
