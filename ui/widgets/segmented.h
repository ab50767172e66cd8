#pragma once

// A choice of two to four words side by side, one of them on (stage, faces of the speed dial). Keys:
// left and right. GUI thread.

#include "ui/theme.h"

#include <QWidget>

#include <optional>
#include <vector>

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

    void setIndex(int index);  // emits changed() when it is another one
    void setChoiceEnabled(int index, bool isEnabled, const QString& tooltip);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void changed(int index);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRect segment(int index) const;

    std::vector<Choice> m_choices;
    int m_index = 0;
};

}  // namespace tessera::ui
