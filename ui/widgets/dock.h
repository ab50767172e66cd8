#pragma once

// A dock with our title bar: title, muted state text, own buttons, float, close (look.md, 3). GUI
// thread.

#include <QDockWidget>

class QHBoxLayout;
class QToolButton;

namespace tessera::ui {

class Dock final : public QDockWidget {
    Q_OBJECT

public:
    Dock(const QString& title, QWidget* parent);

    // Muted words behind the title: "1 running, 2 waiting, 47 s".
    void setState(const QString& text);

    // A widget left of float and close.
    void addTitleWidget(QWidget* widget);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    class Title;

    QToolButton* titleButton(const QString& icon, const QString& name);
    void showButtons();

    Title* m_title = nullptr;
    QHBoxLayout* m_tools = nullptr;
    QToolButton* m_float = nullptr;
    QToolButton* m_close = nullptr;
};

}  // namespace tessera::ui
