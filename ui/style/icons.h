#pragma once

// The icon set by name ("job-start"): SVG drawings whose currentColor follows theme and state at
// the moment they are painted, so that icons need not be set again when the theme changes. GUI
// thread.

#include <QIcon>
#include <QPixmap>
#include <QString>

namespace tessera::ui {

// Empty name = an empty icon. A name that there is no drawing for is a mistake: CHECK.
QIcon icon(const QString& name);

// Whether there is a drawing of this name.
bool hasIcon(const QString& name);

// One drawing in one colour, for painters. `size` in device-independent pixels.
QPixmap iconPixmap(const QString& name, int size, const QColor& colour, qreal pixelRatio);

}  // namespace tessera::ui
