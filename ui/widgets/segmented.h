#pragma once

// A choice of two to four words side by side, one of them on (stage, faces of the speed dial).
// Keys: left and right. GUI thread.

#include "ui/theme.h"

#include <QWidget>

#include <optional>
#include <vector>

class QPainter;

namespace tessera::ui {

class Segmented final : public QWidget {
    Q_OBJECT

public:
    struct Choice {
        QString word;
        std::optional<StageMark> mark;
        bool isEnabled = true;
        QString tooltip;
    };

    explicit Segmented(std::vector<Choice> choices, QWidget* parent = nullptr);

    int index() const { return m_index; }

    // Emits changed() when it is another one. -1 = none of the words is on.
    void setIndex(int index);
    void setChoiceEnabled(int index, bool isEnabled, const QString& tooltip);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void changed(int index);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    int count() const { return static_cast<int>(m_choices.size()); }

    const Choice& choice(int index) const;
    int naturalWidth(int index) const;
    QRect segment(int index) const;
    int segmentAt(QPoint point) const;  // -1 beside all
    void hover(int index);
    void describe();
    void drawSegment(QPainter& painter, int index) const;
    void drawWord(QPainter& painter, int index, const QColor& ink) const;

    std::vector<Choice> m_choices;
    int m_index = 0;
    int m_hovered = -1;
};

}  // namespace tessera::ui
