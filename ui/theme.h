#pragma once

// Colours of the window as named tokens (look.md, 1): three themes, one struct. Widgets take their
// colours from the palette where a role exists and from currentTheme() where none does. GUI thread.

#include <QColor>
#include <QPalette>

class QApplication;

namespace tessera::ui {

enum class ThemeId { Dark, Light, HighContrast };

// What the user chose: one theme, or whatever the desktop uses (dark or light).
enum class ThemeChoice { System, Dark, Light, HighContrast };

// The four kinds of clip. Always shown with marker and word, and their hues for nothing else.
enum class StageMark { Base, Mlcd, Sparse, SparseKd };

struct Theme {
    ThemeId id = ThemeId::Dark;
    QColor window, panel, raised, hover, pressed, base, alternate, canvas, border, outline;
    QColor text, muted, disabled;
    QColor accent;  // = focus
    QColor primary, primaryHover, primaryText;
    QColor selection, selectionText;
    QColor link;
    QColor success, successGround, warning, warningGround, error, errorGround, infoGround;
    QColor icon;
    QColor plotGrid, plotAxis;
    QColor tooltip;
    QColor stageBase, stageMlcd, stageSparse, stageSparseKd;

    const QColor& stage(StageMark mark) const;
};

const Theme& theme(ThemeId id);

// The theme that the application shows. Dark before applyTheme().
const Theme& currentTheme();

QPalette paletteOf(const Theme& theme);

// Palette and style of the whole application. Widgets hear of it as QEvent::PaletteChange. System
// follows the palette that the application started with.
void applyTheme(QApplication& application, ThemeChoice choice);

// WCAG 2 contrast ratio, 1 to 21, of two opaque colours.
double contrastRatio(const QColor& a, const QColor& b);

}  // namespace tessera::ui
