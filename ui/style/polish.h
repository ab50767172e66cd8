#pragma once

// What widgets are told once before they are first shown: hover, margins, fonts, no animation. GUI
// thread.

class QWidget;

namespace tessera::ui {

void polishWidget(QWidget& widget);

}  // namespace tessera::ui
