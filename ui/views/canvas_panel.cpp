#include "ui/views/canvas_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/canvas_header.h"
#include "ui/views/progress_rail.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/clip_view.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/player.h"
#include "ui/widgets/transport_bar.h"

#include <QPainter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace tessera::ui {

CanvasPanel::CanvasPanel(Player& player, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent), m_player(player) {
    setObjectName(QStringLiteral("generate.canvas"));
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(1, 1, 1, 1);
    m_column->setSpacing(0);
    m_header = new CanvasHeader(actions, this);
    m_column->addWidget(m_header);
    m_bannerPlace = new QWidget(this);
    auto* bannerColumn = new QVBoxLayout(m_bannerPlace);
    bannerColumn->setContentsMargins(
        measure::kLabelGap, measure::kLabelGap, measure::kLabelGap, measure::kLabelGap);
    m_bannerPlace->hide();
    m_column->addWidget(m_bannerPlace);
    m_stack = new QStackedWidget(this);
    auto* empty =
        new EmptyState(QStringLiteral("workspace-generate"),
                       tr("No clip yet."),
                       tr("Write what it should show, then start: the clip takes shape here."),
                       nullptr,
                       m_stack);
    empty->setProperty("surface", QStringLiteral("canvas"));
    m_view = new ClipView(player, m_stack);
    m_view->setObjectName(QStringLiteral("generate.clip"));
    m_stack->addWidget(empty);
    m_stack->addWidget(m_view);
    m_column->addWidget(m_stack, 1);
    m_column->addWidget(new TransportBar(player, actions, this));
    m_rail = new ProgressRail(actions, this);
    m_column->addWidget(m_rail);
}

void CanvasPanel::showFrames(const base::SharedFrames& frames, QSize nominal) {
    m_view->setNominalSize(nominal);
    m_player.setFrames(frames);
    m_stack->setCurrentIndex(frames ? 1 : 0);
}

// Deleted later: a banner goes away from inside one of its own buttons.
void CanvasPanel::setBanner(Banner* banner) {
    if (m_banner) {
        m_banner->hide();
        m_bannerPlace->layout()->removeWidget(m_banner);
        m_banner->deleteLater();
    }
    m_banner = banner;
    m_bannerPlace->setVisible(banner != nullptr);
    if (banner) {
        banner->setObjectName(QStringLiteral("generate.banner"));
        m_bannerPlace->layout()->addWidget(banner);
        banner->show();  // at once, not with the next event
        connect(banner, &Banner::closed, this, [this, banner] {
            if (m_banner == banner) {
                setBanner(nullptr);
            }
        });
    }
}

void CanvasPanel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), currentTheme().panel);
    painter.setPen(currentTheme().border);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace tessera::ui
