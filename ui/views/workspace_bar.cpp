#include "ui/views/workspace_bar.h"

#include "ui/actions/action_registry.h"
#include "ui/actions/key_cap.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace tessera::ui {

WorkspaceBar::WorkspaceBar(const ActionRegistry& actions, QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("workspaces"));
    setAccessibleName(tr("Workspaces"));
    setFixedHeight(measure::kWorkspaceBar);
    m_layout = new QHBoxLayout(this);
    m_layout->setContentsMargins(measure::kGrid * 2, 0, measure::kGrid * 2, 0);
    m_layout->setSpacing(measure::kGrid);
    m_workspaces = new QHBoxLayout;
    m_workspaces->setSpacing(measure::kGrid);
    m_layout->addLayout(m_workspaces);
    m_layout->addStretch();
    addFindAction(actions.find(QStringLiteral("command-palette")));
    auto* line = new QFrame(this);
    line->setFrameShape(QFrame::VLine);
    line->setFixedHeight(measure::kSmallControl);
    m_layout->addSpacing(measure::kGrid);
    m_layout->addWidget(line);
    m_layout->addSpacing(measure::kGrid);
    m_layout->addWidget(actionButton(actions.find(QStringLiteral("help")), "tool", this));
    m_layout->addWidget(actionButton(actions.find(QStringLiteral("settings")), "tool", this));
}

void WorkspaceBar::addWorkspace(QAction* action) {
    QPushButton* button = actionButton(action, "workspace", this);
    button->setIconSize(QSize(measure::kIcon, measure::kIcon));
    m_workspaces->addWidget(button, 0, Qt::AlignBottom);
}

void WorkspaceBar::addFindAction(QAction* action) {
    auto* button = new QPushButton(this);
    button->setProperty("look", QStringLiteral("tool"));
    button->setObjectName(QStringLiteral("button.command-palette"));
    button->setIcon(action->icon());
    button->setIconSize(QSize(measure::kIcon, measure::kIcon));
    button->setText(plainText(action));
    button->setAccessibleName(plainText(action));
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    auto* keys = new KeyCap(this);
    keys->setObjectName(QStringLiteral("workspaces.find-keys"));
    const auto follow = [button, keys, action] {
        button->setToolTip(tooltipWithShortcut(action));
        keys->setText(action->shortcut().toString(QKeySequence::NativeText));
        keys->setVisible(!action->shortcut().isEmpty());
        keys->updateGeometry();
    };
    connect(action, &QAction::changed, keys, follow);
    follow();
    m_layout->addWidget(button);
    m_layout->addWidget(keys);
}

void WorkspaceBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Theme& colours = currentTheme();
    painter.fillRect(rect(), colours.window);
    painter.fillRect(QRect(0, height() - 1, width(), 1), colours.border);
}

}  // namespace tessera::ui
