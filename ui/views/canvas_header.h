#pragma once

// The row above the canvas: a tag that says what is seen (Preview, Clip, Cancelled), its words, and
// what can be done with it. GUI thread.

#include <QList>
#include <QWidget>

class QAction;
class QHBoxLayout;
class QLabel;
class QToolButton;

namespace tessera::ui {

class ActionRegistry;

// A word in a thin frame; in the accent colour for what is still in the making.
class Tag final : public QWidget {
    Q_OBJECT

public:
    explicit Tag(QWidget* parent);

    void set(const QString& word, bool isAccented);

    QString word() const { return m_word; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_word;
    bool m_isAccented = false;
};

class CanvasHeader final : public QWidget {
    Q_OBJECT

public:
    // Its buttons are the actions view-preview, clip-export, view-fit and view-actual-size.
    explicit CanvasHeader(ActionRegistry& actions, QWidget* parent = nullptr);

    // Empty `tag` = nothing is seen.
    void show(const QString& tag, bool isAccented, const QString& title, const QString& note);
    void setExports(bool on);
    void setAside(bool on);  // a clip lies over a preview: offers the way back

    QString tag() const;
    QString note() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QToolButton* addButton(QHBoxLayout* row, QAction* action, const QString& word);
    void elide();

    Tag* m_tag = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_note = nullptr;
    QToolButton* m_back = nullptr;
    QToolButton* m_export = nullptr;
    QString m_titleText;
};

}  // namespace tessera::ui
