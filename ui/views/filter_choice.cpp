#include "ui/views/filter_choice.h"

#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/widgets/stage_mark.h"

#include <QPainter>
#include <QStyleOptionButton>

namespace tessera::ui {

namespace {

constexpr int kMark = 11;
constexpr int kMarkRoom = 18;

}  // namespace

FilterChoice::FilterChoice(const QString& word,
                           const QString& value,
                           std::optional<StageMark> mark,
                           QWidget* parent)
    : QCheckBox(word, parent), m_value(value), m_mark(mark) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setMinimumHeight(std::max(measure::kTableRow, QFontMetrics(bodyFont()).height() + 6));
}

void FilterChoice::setCount(int count) {
    m_count = count;
    setAccessibleName(tr("%1, %2 clips").arg(text(), number(count)));
    update();
}

// The whole row is the target.
bool FilterChoice::hitButton(const QPoint& position) const {
    return rect().contains(position);
}

void FilterChoice::paintEvent(QPaintEvent*) {
    const Theme& colours = currentTheme();
    QPainter painter(this);
    QStyleOptionButton option;
    initStyleOption(&option);
    const QRect box = style()->subElementRect(QStyle::SE_CheckBoxIndicator, &option, this);
    QRect words = style()->subElementRect(QStyle::SE_CheckBoxContents, &option, this);
    option.rect = box;
    style()->drawPrimitive(QStyle::PE_IndicatorCheckBox, &option, &painter, this);
    if (m_mark) {
        drawStageMark(
            painter, *m_mark, QRectF(words.left(), (height() - kMark) / 2.0, kMark, kMark));
        words.setLeft(words.left() + kMarkRoom);
    }
    painter.setFont(bodyFont());
    painter.setPen(colours.text);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, text());
    painter.setFont(numberFont());
    painter.setPen(colours.muted);
    painter.drawText(rect(), Qt::AlignRight | Qt::AlignVCenter, number(m_count));
    if (option.state.testFlag(QStyle::State_HasFocus) &&
        option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(colours.accent, 2));
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(1, 1, -1, -1), measure::kRadius, measure::kRadius);
    }
}

}  // namespace tessera::ui
