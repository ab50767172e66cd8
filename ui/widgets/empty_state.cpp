#include "ui/widgets/empty_state.h"

#include "ui/actions/action_registry.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/widgets/icon_sign.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace tessera::ui {
namespace {

constexpr int kIconSize = 40;
constexpr int kLineWidth = 320;
constexpr int kColumnShare = 1000;  // of the width, beside two stretches of 1

QLabel* centredLabel(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
    return label;
}

}  // namespace

EmptyState::EmptyState(const QString& icon,
                       const QString& sentence,
                       const QString& line,
                       QAction* action,
                       QWidget* parent,
                       Button button)
    : QWidget(parent) {
    auto* column = new QWidget(this);
    column->setMaximumWidth(kLineWidth);
    auto* rows = new QVBoxLayout(column);
    rows->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    rows->setSpacing(measure::kRowGap);
    rows->addStretch(1);
    rows->addWidget(new IconSign(icon, kIconSize, &Theme::muted, column), 0, Qt::AlignHCenter);
    rows->addSpacing(measure::kGrid);
    rows->addWidget(centredLabel(sentence, column));
    if (!line.isEmpty()) {
        QLabel* second = centredLabel(line, column);
        second->setFont(tableFont());
        second->setForegroundRole(QPalette::PlaceholderText);
        rows->addWidget(second);
    }
    if (action != nullptr) {
        rows->addSpacing(measure::kGrid);
        const char* look = button == Button::Filled ? "filled" : nullptr;
        rows->addWidget(actionButton(action, look, column), 0, Qt::AlignHCenter);
    }
    rows->addStretch(1);

    auto* across = new QHBoxLayout(this);
    across->setContentsMargins(0, 0, 0, 0);
    across->addStretch(1);
    across->addWidget(column, kColumnShare);
    across->addStretch(1);
    setAccessibleName(sentence);
    setAccessibleDescription(line);
}

}  // namespace tessera::ui
