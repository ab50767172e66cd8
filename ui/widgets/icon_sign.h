#pragma once

// An icon beside words, in a colour of the theme that is shown. GUI thread.

#include "ui/theme.h"

#include <QWidget>

namespace tessera::ui {

class IconSign final : public QWidget {
    Q_OBJECT

public:
    IconSign(const QString& name, int size, QColor Theme::*colour, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_name;
    int m_size = 0;
    QColor Theme::*m_colour;
};

}  // namespace tessera::ui
