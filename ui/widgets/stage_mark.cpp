#include "ui/widgets/stage_mark.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>

namespace tessera::ui {
namespace {

// Half widths of the markers in a box of 12; all look equally large.
constexpr qreal kBox = 12.0;
constexpr qreal kDisc = 4.5;
constexpr qreal kSquare = 4.0;
constexpr qreal kTriangle = 5.0;
constexpr qreal kDiamond = 5.2;

}  // namespace

void drawStageMark(QPainter& painter, StageMark mark, const QRectF& box, QColor colour) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour.isValid() ? colour : currentTheme().stage(mark));
    const qreal scale = std::min(box.width(), box.height()) / kBox;
    painter.translate(box.center());
    painter.scale(scale, scale);
    switch (mark) {
        case StageMark::Base:
            painter.drawEllipse(QPointF(), kDisc, kDisc);
            break;
        case StageMark::Mlcd:
            painter.drawRect(QRectF(-kSquare, -kSquare, 2 * kSquare, 2 * kSquare));
            break;
        case StageMark::Sparse:
            painter.drawPolygon(QPolygonF(
                {{0.0, -kTriangle}, {kTriangle, kTriangle - 1.0}, {-kTriangle, kTriangle - 1.0}}));
            break;
        case StageMark::SparseKd:
            painter.drawPolygon(
                QPolygonF({{0.0, -kDiamond}, {kDiamond, 0.0}, {0.0, kDiamond}, {-kDiamond, 0.0}}));
            break;
    }
    painter.restore();
}

QColor stageColourOnSelection(StageMark mark) {
    const Theme& theme = currentTheme();
    return theme.id == ThemeId::HighContrast ? theme.selectionText : theme.stage(mark);
}

QString stageWord(StageMark mark) {
    switch (mark) {
        case StageMark::Mlcd:
            return QCoreApplication::translate("Stage", "MLCD");
        case StageMark::Sparse:
            return QCoreApplication::translate("Stage", "Sparse");
        case StageMark::SparseKd:
            return QCoreApplication::translate("Stage", "Sparse-KD");
        case StageMark::Base:
            break;
    }
    return QCoreApplication::translate("Stage", "Base");
}

StageMark stageOfWord(const QString& word) {
    if (word == QStringLiteral("mlcd")) {
        return StageMark::Mlcd;
    }
    if (word == QStringLiteral("sparse")) {
        return StageMark::Sparse;
    }
    return word == QStringLiteral("sparse-kd") ? StageMark::SparseKd : StageMark::Base;
}

}  // namespace tessera::ui
