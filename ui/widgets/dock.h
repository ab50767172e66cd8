#pragma once

// A dock with our title bar: title, muted state text, own buttons, float, close (look.md, 3). GUI
// thread.

#include <QDockWidget>

class QLabel;
class QHBoxLayout;

namespace tessera::ui {

class Dock final : public QDockWidget {
    Q_OBJECT

public:
    Dock(const QString& title, QWidget* parent);

    // Muted words behind the title: "1 running, 2 waiting, 47 s".
    void setState(const QString& text);

    // A widget left of float and close.
    void addTitleWidget(QWidget* widget);

private:
    QLabel* m_state = nullptr;
    QHBoxLayout* m_tools = nullptr;
};

}  // namespace tessera::ui
