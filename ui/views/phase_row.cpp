#include "ui/views/phase_row.h"

#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tessera::ui {

namespace {

constexpr int kHeight = 24;
constexpr int kMark = 14;
constexpr int kAfterMark = 6;
constexpr int kBeforeSeconds = 5;
constexpr int kDash = 14;
constexpr int kAroundDash = 10;
constexpr int kBarHeight = 11;
constexpr int kBarGap = 2;

int widthIn(const QFont& font, const QString& text) {
    return QFontMetrics(font).horizontalAdvance(text);
}

}  // namespace

PhaseRow::PhaseRow(QWidget* parent) : QWidget(parent) {
    setFixedHeight(kHeight);
}

void PhaseRow::set(const QString& title,
                   std::vector<PhaseMark> phases,
                   const QString& label,
                   const QString& value,
                   const QString& note) {
    m_title = title;
    m_phases = std::move(phases);
    m_label = label;
    m_value = value;
    m_note = note;
    QStringList words{title};
    for (const PhaseMark& phase : m_phases) {
        words.append(phase.word + QLatin1Char(' ') + phase.seconds);
    }
    setAccessibleName(words.join(QStringLiteral(", ")));
    setAccessibleDescription(QStringList{label, value, note}.join(QLatin1Char(' ')).simplified());
    update();
}

QSize PhaseRow::sizeHint() const {
    return {520, kHeight};
}

QSize PhaseRow::minimumSizeHint() const {
    return {200, kHeight};
}

int PhaseRow::widthOf(Detail detail) const {
    int width = 0;
    for (const PhaseMark& phase : m_phases) {
        const bool isNow = phase.state == PhaseMark::State::Now;
        const bool hasSeconds = detail == Detail::Full || isNow;
        width += kMark + kAfterMark + widthIn(isNow ? bold(tableFont()) : tableFont(), phase.word);
        if (hasSeconds && !phase.seconds.isEmpty()) {
            width += kBeforeSeconds + widthIn(numberFont(), phase.seconds);
        }
        width += 2 * kAroundDash + kDash;
    }
    return width;
}

void PhaseRow::drawMark(QPainter& painter, QPointF middle, PhaseMark::State state) const {
    if (state == PhaseMark::State::Done) {
        const QPixmap tick = iconPixmap(QStringLiteral("state-done"),
                                        measure::kSmallIcon,
                                        currentTheme().success,
                                        devicePixelRatioF());
        painter.drawPixmap(
            QPointF(middle.x() - measure::kSmallIcon / 2.0, middle.y() - measure::kSmallIcon / 2.0),
            tick);
        return;
    }
    const bool isNow = state == PhaseMark::State::Now;
    painter.setPen(isNow ? QPen(Qt::NoPen) : QPen(currentTheme().muted, 1.5));
    painter.setBrush(isNow ? QBrush(currentTheme().accent) : QBrush(Qt::NoBrush));
    painter.drawEllipse(middle, 4.5, 4.5);
}

int PhaseRow::drawPhases(QPainter& painter, int x, Detail detail) const {
    const Theme& colours = currentTheme();
    bool isFirst = true;
    for (const PhaseMark& phase : m_phases) {
        const bool isNow = phase.state == PhaseMark::State::Now;
        if (detail == Detail::WordOnly && !isNow && m_phases.size() > 1) {
            continue;
        }
        if (!isFirst) {
            painter.fillRect(QRect(x + kAroundDash, height() / 2, kDash, 1), colours.outline);
            x += 2 * kAroundDash + kDash;
        }
        isFirst = false;
        drawMark(painter, {x + kMark / 2.0, height() / 2.0}, phase.state);
        x += kMark + kAfterMark;
        painter.setFont(isNow ? bold(tableFont()) : tableFont());
        painter.setPen(isNow ? colours.text : colours.muted);
        painter.drawText(
            QRect(x, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, phase.word);
        x += painter.fontMetrics().horizontalAdvance(phase.word);
        if ((detail == Detail::Full || isNow) && !phase.seconds.isEmpty()) {
            x += kBeforeSeconds;
            painter.setFont(numberFont());
            painter.drawText(
                QRect(x, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, phase.seconds);
            x += painter.fontMetrics().horizontalAdvance(phase.seconds);
        }
    }
    return x;
}

// Returns the x left of what it drew.
int PhaseRow::drawRight(QPainter& painter) const {
    const Theme& colours = currentTheme();
    int x = width();
    const auto draw = [&](const QFont& font, const QColor& colour, const QString& text) {
        if (text.isEmpty()) {
            return;
        }
        painter.setFont(font);
        painter.setPen(colour);
        x -= painter.fontMetrics().horizontalAdvance(text);
        painter.drawText(QRect(x, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, text);
        x -= kAfterMark;
    };
    draw(numberFont(), colours.muted, m_note);
    draw(bold(bigNumberFont()), colours.text, m_value);
    draw(tableFont(), colours.muted, m_label);
    return x;
}

void PhaseRow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int right = drawRight(painter);
    int x = 0;
    if (!m_title.isEmpty()) {
        painter.setFont(bold(tableFont()));
        painter.setPen(currentTheme().text);
        painter.drawText(QRect(0, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, m_title);
        x = painter.fontMetrics().horizontalAdvance(m_title) + 2 * kAroundDash;
    }
    painter.setClipRect(QRect(0, 0, std::max(0, right - kAroundDash), height()));
    const int room = right - x - kAroundDash;
    const Detail detail = widthOf(Detail::Full) <= room      ? Detail::Full
                          : widthOf(Detail::NowOnly) <= room ? Detail::NowOnly
                                                             : Detail::WordOnly;
    drawPhases(painter, x, detail);
}

ShareBar::ShareBar(QWidget* parent) : QWidget(parent) {
    setFixedHeight(kBarHeight);
    setAccessibleName(tr("Shares of the estimate"));
}

void ShareBar::set(const PhaseSeconds& shares) {
    if (shares != m_shares) {
        m_shares = shares;
        update();
    }
}

void ShareBar::paintEvent(QPaintEvent*) {
    const Theme& colours = currentTheme();
    QPainter painter(this);
    const double all = std::accumulate(m_shares.begin(), m_shares.end(), 0.0);
    if (all <= 0.0) {
        painter.setPen(colours.outline);
        painter.setBrush(colours.base);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
        return;
    }
    const auto parts = static_cast<int>(
        std::ranges::count_if(m_shares, [](double seconds) { return seconds > 0.0; }));
    const double room = width() - (parts - 1) * kBarGap;
    double x = 0.0;
    for (std::size_t phase = 0; phase < kPhaseCount; ++phase) {
        if (m_shares[phase] <= 0.0) {
            continue;
        }
        const double wide = std::max(4.0, m_shares[phase] / all * room);
        const QRect part(static_cast<int>(x), 0, static_cast<int>(std::lround(wide)), height());
        if (phase == kDenoise) {
            painter.setPen(colours.accent);
            painter.setBrush(colours.selection);
            painter.drawRect(part.adjusted(0, 0, -1, -1));
        } else {
            painter.fillRect(part, colours.plotAxis);
        }
        x += wide + kBarGap;
    }
}

}  // namespace tessera::ui
