#pragma once

// The middle of the Generate workspace: header, banner, canvas with the clip (or what to do first),
// transport, progress rail. Shows what it is told to. GUI thread.

#include "core/base/frames.h"

#include <QWidget>

class QStackedWidget;
class QVBoxLayout;

namespace tessera::ui {

class ActionRegistry;
class Banner;
class CanvasHeader;
class ClipView;
class Player;
class ProgressRail;

class CanvasPanel final : public QWidget {
    Q_OBJECT

public:
    // `player` outlives the panel.
    CanvasPanel(Player& player, ActionRegistry& actions, QWidget* parent = nullptr);

    CanvasHeader& header() { return *m_header; }

    ClipView& view() { return *m_view; }

    ProgressRail& rail() { return *m_rail; }

    // Null = the empty state. `nominal` = size of the finished clip.
    void showFrames(const base::SharedFrames& frames, QSize nominal);

    // Takes ownership; null = none. It goes away when it is closed.
    void setBanner(Banner* banner);

    Banner* banner() const { return m_banner; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Player& m_player;
    QVBoxLayout* m_column = nullptr;
    CanvasHeader* m_header = nullptr;
    QWidget* m_bannerPlace = nullptr;
    Banner* m_banner = nullptr;
    QStackedWidget* m_stack = nullptr;
    ClipView* m_view = nullptr;
    ProgressRail* m_rail = nullptr;
};

}  // namespace tessera::ui
