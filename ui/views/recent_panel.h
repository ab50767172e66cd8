#pragma once

// The newest clips of the library as small moving pictures; a press shows one on the canvas. GUI
// thread.

#include "core/jobs/library.h"
#include "ui/theme.h"

#include <QAbstractButton>
#include <QImage>
#include <QTimer>
#include <QVector>
#include <QWidget>

#include <vector>

class QGridLayout;
class QLabel;

namespace tessera::ui {

class LibraryModel;

// One clip: moving picture, marker of its stage, the beginning of its prompt, how long it lasts.
class RecentTile final : public QAbstractButton {
    Q_OBJECT

public:
    explicit RecentTile(QWidget* parent);

    void show(const jobs::LibraryClip& clip, const QVector<QImage>& frames);
    void setFrame(int frame);

    const jobs::LibraryClip& clip() const { return m_clip; }

    QSize sizeHint() const override;

    bool hasHeightForWidth() const override { return true; }

    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QRect picture() const;

    jobs::LibraryClip m_clip;
    QVector<QImage> m_frames;
    int m_frame = 0;
};

class RecentPanel final : public QWidget {
    Q_OBJECT

public:
    // `library` outlives the panel.
    explicit RecentPanel(LibraryModel& library, QWidget* parent = nullptr);

Q_SIGNALS:
    void clipChosen(const tessera::jobs::LibraryClip& clip);
    void recipeChosen(const tessera::jobs::LibraryClip& clip, bool newSeed);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void refill();
    void offerMenu(const RecentTile& tile, const QPoint& position);

    LibraryModel& m_library;
    QGridLayout* m_grid = nullptr;
    QLabel* m_empty = nullptr;
    std::vector<RecentTile*> m_tiles;
    QTimer m_motion;
    int m_frame = 0;
};

}  // namespace tessera::ui
