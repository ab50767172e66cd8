#pragma once

// The window's words in the user's language, where there is a file for it in
// "<resources>/translations". GUI thread.

class QCoreApplication;

namespace tessera::ui {

// "tessera_<language>.qm" and Qt's own; English where there is none.
void installTranslations(QCoreApplication& application);

}  // namespace tessera::ui
