#pragma once

// Docks of one column take the height of their contents while there is room, and let them scroll
// when there is not. One object a column, owned by its main window. GUI thread.

#include <QObject>
#include <QScrollArea>

#include <vector>

class QDockWidget;
class QMainWindow;

namespace tessera::ui {

// A body that scrolls when its dock is lower than it.
class DockScroll final : public QScrollArea {
    Q_OBJECT

public:
    explicit DockScroll(QWidget* body, QWidget* parent = nullptr);

    int contentHeight() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

    // The dock may not become lower, or higher, than this.
    void setLimits(int lowest, int highest);

Q_SIGNALS:
    void contentChanged();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    int m_lowest = 0;
};

class DockColumn final : public QObject {
    Q_OBJECT

public:
    explicit DockColumn(QMainWindow* window);

    // From top to bottom. A `stretches` one takes what is left; a `rigid` one is never lower than
    // its contents.
    void add(QDockWidget* dock, DockScroll* body, bool stretches, bool rigid = false);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Entry {
        QDockWidget* dock;
        DockScroll* body;
        bool stretches;
        bool rigid;
    };

    void schedule();
    void arrange();

    QMainWindow* m_window;
    std::vector<Entry> m_entries;
    bool m_isScheduled = false;
};

}  // namespace tessera::ui
