#include "ui/widgets/segmented.h"

#include "core/base/check.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/widgets/stage_mark.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QHoverEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kPadding = 12;
constexpr int kTightPadding = 5;
constexpr int kMark = 12;
constexpr int kMarkGap = 6;

}  // namespace

Segmented::Segmented(std::vector<Choice> choices, QWidget* parent)
    : QWidget(parent), m_choices(std::move(choices)) {
    CHECK(!m_choices.empty());
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    describe();
}

void Segmented::setIndex(int index) {
    CHECK(index >= -1 && index < count(), index);
    if (index == m_index) {
        return;
    }
    m_index = index;
    describe();
    update();
    Q_EMIT changed(index);
}

void Segmented::setChoiceEnabled(int index, bool isEnabled, const QString& tooltip) {
    CHECK(index >= 0 && index < count(), index);
    Choice& one = m_choices[static_cast<std::size_t>(index)];
    one.isEnabled = isEnabled;
    one.tooltip = tooltip;
    update();
}

const Segmented::Choice& Segmented::choice(int index) const {
    return m_choices[static_cast<std::size_t>(index)];
}

// Bold, because any of them may be the chosen one.
int Segmented::naturalWidth(int index) const {
    const Choice& one = choice(index);
    const int word = QFontMetrics(bold(font())).horizontalAdvance(one.word);
    return word + (one.mark ? kMark + kMarkGap : 0);
}

QSize Segmented::sizeHint() const {
    int widest = 0;
    for (int index = 0; index < count(); ++index) {
        widest = std::max(widest, naturalWidth(index));
    }
    return {count() * (widest + 2 * kPadding), controlHeight(this)};
}

QSize Segmented::minimumSizeHint() const {
    int width = 0;
    for (int index = 0; index < count(); ++index) {
        width += naturalWidth(index) + 2 * kTightPadding;
    }
    return {width, controlHeight(this)};
}

// All alike where the words allow it; otherwise each has its words and an equal rest.
QRect Segmented::segment(int index) const {
    int widest = 0;
    int sum = 0;
    int before = 0;
    for (int at = 0; at < count(); ++at) {
        const int natural = naturalWidth(at) + 2 * kTightPadding;
        widest = std::max(widest, natural);
        sum += natural;
        before += at < index ? natural : 0;
    }
    if (count() * widest <= width()) {
        const int left = width() * index / count();
        return {left, 0, width() * (index + 1) / count() - left, height()};
    }
    const int rest = std::max(0, width() - sum);
    const int left = before + rest * index / count();
    const int right =
        before + naturalWidth(index) + 2 * kTightPadding + rest * (index + 1) / count();
    return {left, 0, right - left, height()};
}

int Segmented::segmentAt(QPoint point) const {
    for (int index = 0; index < count(); ++index) {
        if (segment(index).contains(point)) {
            return index;
        }
    }
    return -1;
}

void Segmented::drawWord(QPainter& painter, int index, const QColor& ink) const {
    const Choice& one = choice(index);
    const bool isOn = index == m_index;
    painter.setFont(isOn ? bold(font()) : font());
    const QRect box = segment(index);
    const int word = painter.fontMetrics().horizontalAdvance(one.word);
    int left = box.left() + (box.width() - word - (one.mark ? kMark + kMarkGap : 0)) / 2;
    if (one.mark) {
        const QRectF mark(left, box.center().y() - kMark / 2.0 + 0.5, kMark, kMark);
        QColor colour = isOn ? stageColourOnSelection(*one.mark) : currentTheme().stage(*one.mark);
        if (!isEnabled() || !one.isEnabled) {
            colour = ink;
        }
        drawStageMark(painter, *one.mark, mark, colour);
        left += kMark + kMarkGap;
    }
    painter.setPen(ink);
    painter.drawText(QRect(left, box.top(), word + 2, box.height()),
                     Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                     one.word);
}

void Segmented::drawSegment(QPainter& painter, int index) const {
    const Theme& theme = currentTheme();
    const bool isOn = index == m_index;
    const bool canChoose = isEnabled() && choice(index).isEnabled;
    const QRect box = segment(index);
    QColor ink = theme.text;
    if (!canChoose) {
        ink = theme.disabled;
    }
    if (isOn) {
        painter.fillRect(box, isEnabled() ? theme.selection : theme.pressed);
        ink = isEnabled() ? theme.selectionText : theme.disabled;
    } else if (canChoose && index == m_hovered) {
        painter.fillRect(box, theme.hover);
    }
    if (index > 0) {
        painter.fillRect(QRect(box.left(), 0, 1, height()), theme.border);
    }
    drawWord(painter, index, ink);
}

void Segmented::paintEvent(QPaintEvent*) {
    const Theme& theme = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = rect();
    QPainterPath shape;
    shape.addRoundedRect(box, measure::kRadius, measure::kRadius);
    painter.fillPath(shape, isEnabled() ? theme.raised : theme.panel);
    painter.save();
    painter.setClipPath(shape);
    for (int index = 0; index < count(); ++index) {
        drawSegment(painter, index);
    }
    painter.restore();
    const bool isRinged = hasFocus() || property("fault").toBool();
    const QColor marked = hasFocus() ? theme.accent : theme.error;
    const QColor plain = isEnabled() ? theme.outline : theme.border;
    const qreal inset = isRinged ? 1.0 : 0.5;
    painter.setPen(QPen(isRinged ? marked : plain, 2.0 * inset));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(
        box.adjusted(inset, inset, -inset, -inset), measure::kRadius, measure::kRadius);
}

void Segmented::mousePressEvent(QMouseEvent* event) {
    const int index = segmentAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && index >= 0 && choice(index).isEnabled) {
        setIndex(index);
    }
}

void Segmented::keyPressEvent(QKeyEvent* event) {
    int step = 0;
    int from = m_index;  // -1: right begins at the first, left finds none
    switch (event->key()) {
        case Qt::Key_Left:
            step = -1;
            break;
        case Qt::Key_Right:
            step = 1;
            break;
        case Qt::Key_Home:
            from = -1;
            step = 1;
            break;
        case Qt::Key_End:
            from = count();
            step = -1;
            break;
        default:
            QWidget::keyPressEvent(event);
            return;
    }
    for (int index = from + step; index >= 0 && index < count(); index += step) {
        if (choice(index).isEnabled) {
            setIndex(index);
            return;
        }
    }
}

void Segmented::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) {
        updateGeometry();
    }
    QWidget::changeEvent(event);
}

bool Segmented::event(QEvent* event) {
    switch (event->type()) {
        case QEvent::HoverMove:
        case QEvent::HoverEnter:
            hover(segmentAt(static_cast<QHoverEvent*>(event)->position().toPoint()));
            break;
        case QEvent::HoverLeave:
            hover(-1);
            break;
        case QEvent::ToolTip: {
            const auto* help = static_cast<QHelpEvent*>(event);
            const int index = segmentAt(help->pos());
            if (index >= 0 && !choice(index).tooltip.isEmpty()) {
                QToolTip::showText(help->globalPos(), choice(index).tooltip, this, segment(index));
                return true;
            }
            break;
        }
        default:
            break;
    }
    return QWidget::event(event);
}

void Segmented::hover(int index) {
    if (index != m_hovered) {
        m_hovered = index;
        update();
    }
}

// Screen readers hear the chosen word.
void Segmented::describe() {
    setAccessibleDescription(m_index < 0 ? QString() : choice(m_index).word);
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

}  // namespace tessera::ui
