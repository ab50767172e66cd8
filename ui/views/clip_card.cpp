#include "ui/views/clip_card.h"

#include "ui/bridge/text.h"
#include "ui/models/library_model.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/widgets/stage_mark.h"

#include <QDateTime>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr int kPadding = 8;
constexpr int kMark = 10;
constexpr int kTagInset = 3;
constexpr int kStar = 20;
// Words on a clip stand on this, whatever the theme: the clip's colours are not the theme's.
constexpr QColor kTagGround(0, 0, 0, 160);

int lineHeight() {
    return std::max(QFontMetrics(bodyFont()).height(), QFontMetrics(numberFont()).height()) + 1;
}

int wordsHeight() {
    return 2 * lineHeight() + kPadding + 2;
}

bool hasStage(const jobs::LibraryClip& clip) {
    return clip.recipe.effective || !clip.recipe.source.empty();
}

// The hour on the day itself, the day before that.
QString madeAt(const jobs::LibraryClip& clip) {
    const QDateTime time = QDateTime::fromSecsSinceEpoch(clip.madeAt);
    return time.toString(time.date() == QDate::currentDate() ? QStringLiteral("HH:mm")
                                                             : QStringLiteral("yyyy-MM-dd"));
}

void drawTag(QPainter& painter, const QRect& picture, const QString& text) {
    painter.setFont(numberFont());
    const QFontMetrics metrics = painter.fontMetrics();
    QRect tag(0, 0, metrics.horizontalAdvance(text) + 10, metrics.height() + 2);
    tag.moveBottomRight(picture.bottomRight() - QPoint(kTagInset, kTagInset));
    painter.fillRect(tag, kTagGround);
    painter.setPen(Qt::white);
    painter.drawText(tag, Qt::AlignCenter, text);
}

void drawStar(QPainter& painter, const QRect& picture, int rating) {
    const QString digits = QString::number(rating);
    painter.setFont(numberFont());
    const int width = kStar + painter.fontMetrics().horizontalAdvance(digits) + 4;
    QRect tag(picture.right() - kTagInset - width + 1, picture.top() + kTagInset + 1, width, kStar);
    painter.fillRect(tag, kTagGround);
    const QPixmap star = iconPixmap(QStringLiteral("rate-star"),
                                    measure::kSmallIcon - 2,
                                    Qt::white,
                                    painter.device()->devicePixelRatioF());
    painter.drawPixmap(tag.left() + 3, tag.top() + (kStar - measure::kSmallIcon + 2) / 2, star);
    painter.setPen(Qt::white);
    painter.drawText(tag.adjusted(0, 0, -5, 0), Qt::AlignRight | Qt::AlignVCenter, digits);
}

}  // namespace

ClipCardDelegate::ClipCardDelegate(const LibraryModel& library, QObject* parent)
    : QStyledItemDelegate(parent), m_library(library) {}

int ClipCardDelegate::cellHeight(int cellWidth) {
    return (cellWidth - kGap) * 2 / 3 + wordsHeight() + kGap;
}

void ClipCardDelegate::setMoving(const QModelIndex& hovered, const QModelIndex& current) {
    m_hovered = hovered;
    m_current = current;
}

QSize ClipCardDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    const int width = option.rect.width() > kGap ? option.rect.width() : 240;
    return {width, cellHeight(width)};
}

void ClipCardDelegate::paint(QPainter* painter,
                             const QStyleOptionViewItem& option,
                             const QModelIndex& index) const {
    const Theme& colours = currentTheme();
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    const bool hasFocus = option.state.testFlag(QStyle::State_HasFocus);
    const QRect card = option.rect.adjusted(kGap / 2, kGap / 2, -kGap / 2, -kGap / 2);
    painter->save();
    painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    QPainterPath shape;
    shape.addRoundedRect(card, measure::kRadius, measure::kRadius);
    painter->setClipPath(shape);
    painter->fillRect(card, isSelected ? colours.selection : colours.raised);
    const QRect picture(card.left(), card.top(), card.width(), card.height() - wordsHeight());
    drawPicture(*painter, picture, index);
    drawWords(*painter,
              QRect(card.left(), picture.bottom() + 1, card.width(), wordsHeight()),
              index,
              option);
    painter->setClipping(false);
    const bool isMarked = isSelected || hasFocus;
    const qreal line = isMarked ? 2.0 : 1.0;
    const QColor edge = isMarked                                         ? colours.accent
                        : option.state.testFlag(QStyle::State_MouseOver) ? colours.outline
                                                                         : colours.border;
    painter->setPen(QPen(edge, line));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(QRectF(card).adjusted(line / 2, line / 2, -line / 2, -line / 2),
                             measure::kRadius,
                             measure::kRadius);
    if (isSelected && hasFocus && m_several) {
        painter->setPen(QPen(colours.text, 1, Qt::DotLine));
        painter->drawRect(QRectF(picture).adjusted(3.5, 3.5, -3.5, -3.5));
    }
    painter->restore();
}

void ClipCardDelegate::drawPicture(QPainter& painter,
                                   const QRect& box,
                                   const QModelIndex& index) const {
    const Theme& colours = currentTheme();
    const jobs::LibraryClip& clip = m_library.clip(index.row());
    painter.fillRect(box, colours.canvas);
    const auto frames = index.data(LibraryModel::FramesRole).value<QVector<QImage>>();
    if (!frames.isEmpty()) {
        const bool moves = m_hovered == index || m_current == index;
        const QImage& image = frames[moves ? m_frame % static_cast<int>(frames.size()) : 0];
        QRect shown(QPoint(), image.size().scaled(box.size(), Qt::KeepAspectRatio));
        shown.moveCenter(box.center());
        // A card is a little off 3:2 by rounding; a gap of one pixel would look like a mistake.
        if (box.width() - shown.width() <= 3 && box.height() - shown.height() <= 3) {
            shown = box;
        }
        painter.drawImage(shown, image);
    } else if (clip.isMissing) {
        painter.setPen(colours.muted);
        painter.setFont(tableFont());
        painter.drawText(box, Qt::AlignCenter, tr("The file is gone"));
    }
    if (clip.fps > 0.0 && clip.frames > 1) {
        drawTag(painter, box, seconds(clip.frames / clip.fps));
    }
    if (clip.rating > 0) {
        drawStar(painter, box, clip.rating);
    }
}

void ClipCardDelegate::drawWords(QPainter& painter,
                                 const QRect& box,
                                 const QModelIndex& index,
                                 const QStyleOptionViewItem& option) const {
    const Theme& colours = currentTheme();
    const jobs::LibraryClip& clip = m_library.clip(index.row());
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    const QColor quiet = isSelected ? colours.selectionText : colours.muted;
    const QRect words = box.adjusted(kPadding, kPadding / 2, -kPadding, -kPadding / 2 - 2);
    const QRect first(words.left(), words.top(), words.width(), words.height() / 2);
    const QRect second(
        words.left(), first.bottom() + 1, words.width(), words.height() - first.height());

    painter.setFont(bodyFont());
    painter.setPen(isSelected ? colours.selectionText : colours.text);
    painter.drawText(first,
                     Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(
                         index.data(Qt::DisplayRole).toString(), Qt::ElideRight, first.width()));

    const QString took = clip.secondsTotal > 0.0 ? readOut(clip.secondsTotal) : QString();
    const QString numbers =
        took.isEmpty() ? madeAt(clip) : took + QStringLiteral("  ") + madeAt(clip);
    painter.setFont(numberFont());
    painter.setPen(quiet);
    painter.drawText(second, Qt::AlignRight | Qt::AlignVCenter, numbers);
    const int room = second.width() - painter.fontMetrics().horizontalAdvance(numbers) - kPadding;

    int left = second.left();
    QString stage = tr("No recipe");
    if (hasStage(clip)) {
        const auto mark = static_cast<StageMark>(jobs::reproduce(clip.recipe).stage);
        const bool isPlain = isSelected && colours.id == ThemeId::HighContrast;
        drawStageMark(painter,
                      mark,
                      QRectF(left, second.center().y() - kMark / 2.0 + 0.5, kMark, kMark),
                      isPlain ? colours.selectionText : QColor());
        left += kMark + 5;
        stage = stageWord(mark);
    }
    painter.setFont(tableFont());
    painter.setPen(quiet);
    const int width = room - (left - second.left());
    painter.drawText(QRect(left, second.top(), width, second.height()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(stage, Qt::ElideRight, width));
}

}  // namespace tessera::ui
