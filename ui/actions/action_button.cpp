#include "ui/actions/action_registry.h"
#include "ui/style/style.h"

#include <QPointer>
#include <QPushButton>
#include <QToolButton>

#include <cstring>

namespace tessera::ui {

QString plainText(const QAction* action) {
    QString text = action->text();
    // "&&" stands for an ampersand, a single one for the mnemonic.
    const QString doubled = QStringLiteral("&&");
    text.replace(doubled, QString(QChar(1)));
    text.remove(QLatin1Char('&'));
    text.replace(QChar(1), QLatin1Char('&'));
    return text;
}

QString tooltipWithShortcut(const QAction* action) {
    QString sentence = action->toolTip();
    if (action->shortcut().isEmpty()) {
        return sentence;
    }
    return sentence + QStringLiteral(" (") + action->shortcut().toString(QKeySequence::NativeText) +
           QLatin1Char(')');
}

QPushButton* actionButton(QAction* action, const char* look, QWidget* parent) {
    auto* button = new QPushButton(parent);
    const bool isIconOnly = look != nullptr && std::strcmp(look, "tool") == 0;
    if (look != nullptr) {
        button->setProperty("look", QString::fromLatin1(look));
    }
    QString name = action->objectName();
    name.replace(QStringLiteral("action."), QStringLiteral("button."));
    button->setObjectName(name);
    button->setFocusPolicy(Qt::StrongFocus);
    const auto follow = [button, action, isIconOnly] {
        button->setIcon(action->icon());
        button->setText(isIconOnly ? QString() : plainText(action));
        button->setAccessibleName(plainText(action));
        button->setToolTip(tooltipWithShortcut(action));
        button->setEnabled(action->isEnabled());
        button->setCheckable(action->isCheckable());
        button->setChecked(action->isChecked());
    };
    if (isIconOnly) {
        button->setIconSize(QSize(measure::kIcon, measure::kIcon));
        button->setFixedSize(measure::kControl, measure::kControl);
    }
    follow();
    QObject::connect(action, &QAction::changed, button, follow);
    if (!action->isVisible()) {
        button->hide();
    }
    QObject::connect(action, &QAction::visibleChanged, button, [button, action] {
        button->setVisible(action->isVisible());
    });
    // The click has toggled a checkable button already; the action decides, and an exclusive one
    // may stay as it was without saying so.
    QObject::connect(button,
                     &QPushButton::clicked,
                     button,
                     [follow, action, alive = QPointer<QPushButton>(button)] {
                         action->trigger();
                         if (alive) {
                             follow();
                         }
                     });
    return button;
}

QToolButton* toolButton(QAction* action, Qt::ToolButtonStyle style, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setObjectName(QStringLiteral("button.") +
                          action->objectName().section(QLatin1Char('.'), 1));
    button->setProperty("look", QStringLiteral("tool"));
    button->setDefaultAction(action);
    button->setText(plainText(action));
    button->setToolTip(tooltipWithShortcut(action));
    button->setAccessibleName(plainText(action));
    button->setToolButtonStyle(style);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::StrongFocus);
    const int side = style == Qt::ToolButtonIconOnly ? measure::kIcon : measure::kSmallIcon;
    button->setIconSize({side, side});
    return button;
}

}  // namespace tessera::ui
