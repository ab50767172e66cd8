#pragma once

// The marker of a stage: disc, square, triangle, diamond in its hue (look.md, 1). GUI thread.

#include "ui/theme.h"

#include <QRectF>
#include <QString>

class QPainter;

namespace tessera::ui {

// Draws the marker centred in `box`; `colour` invalid = the stage's own.
void drawStageMark(QPainter& painter, StageMark mark, const QRectF& box, QColor colour = {});

// The marker's colour on a selected row or segment: black in high contrast.
QColor stageColourOnSelection(StageMark mark);

QString stageWord(StageMark mark);  // "Base", "MLCD", "Sparse", "Sparse-KD"

// By the recipe's word: "base", "mlcd", "sparse", "sparse-kd"; Base for another one.
StageMark stageOfWord(const QString& word);

}  // namespace tessera::ui
