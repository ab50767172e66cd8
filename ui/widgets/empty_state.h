#pragma once

// Nothing here yet: icon, one sentence, one muted line, one button, centred (look.md, 4). GUI
// thread.

#include <QWidget>

class QAction;

namespace tessera::ui {

class EmptyState final : public QWidget {
    Q_OBJECT

public:
    // Filled where the workspace has no primary button of its own.
    enum class Button { Filled, Plain };

    // `action` may be null: no button then.
    EmptyState(const QString& icon,
               const QString& sentence,
               const QString& line,
               QAction* action,
               QWidget* parent,
               Button button = Button::Filled);
};

}  // namespace tessera::ui
