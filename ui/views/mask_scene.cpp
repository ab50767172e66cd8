#include "ui/views/mask_scene.h"

#include "ui/style/fonts.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QImage>
#include <QPainter>
#include <QTransform>
#include <QtMath>

#include <algorithm>
#include <cmath>

namespace tessera::ui {

namespace {

constexpr double kSmallestBlock = 6.0;  // pixels; below it blocks run together
constexpr double kSmallestTile = 5.0;   // pixels; below it the frames' lines would hide the tiles
constexpr double kHatch = 8.0;          // pixels between the lines, whatever the zoom
constexpr int kAxisGap = 6;

// Frames from first up to, not with, end.
struct FrameRange {
    int first = 0;
    int end = 0;
};

QColor mixed(const QColor& a, const QColor& b, double shareOfA) {
    const auto mix = [shareOfA](int of, int with) {
        return qRound(of * shareOfA + with * (1.0 - shareOfA));
    };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

// On whole device pixels, so that neighbours meet without a seam.
double snapped(double value, double ratio) {
    return std::round(value * ratio) / ratio;
}

// A rectangle of tokens as pixels of the painter's device.
QRectF boxOf(const QPainter& painter, const MapView& view, const QRectF& tokens) {
    const double ratio = painter.device()->devicePixelRatioF();
    const QPointF from = view.pointOf(tokens.topLeft());
    const QPointF to = view.pointOf(tokens.bottomRight());
    const QPointF topLeft(snapped(from.x(), ratio), snapped(from.y(), ratio));
    const QPointF bottomRight(snapped(to.x(), ratio), snapped(to.y(), ratio));
    return QRectF(topLeft, bottomRight).intersected(view.area);
}

FrameRange framesIn(const plan::TokenLayout& layout, double from, double to) {
    const auto frameAt = [&](double token) {
        return (token - static_cast<double>(layout.text)) / static_cast<double>(layout.tokens);
    };
    const auto frames = static_cast<int>(layout.frames);
    return {std::clamp(static_cast<int>(std::floor(frameAt(from))), 0, frames),
            std::clamp(static_cast<int>(std::ceil(frameAt(to))), 0, frames)};
}

double frameBegin(const plan::TokenLayout& layout, int frame) {
    return static_cast<double>(layout.text + frame * layout.tokens);
}

// Calls use(begin, end) for each stretch of neighbours that `isWanted` holds for.
template <class IsWanted, class Use>
void forStretches(std::size_t count, const IsWanted& isWanted, const Use& use) {
    for (std::size_t begin = 0; begin < count; ++begin) {
        std::size_t end = begin;
        while (end < count && isWanted(end)) {
            ++end;
        }
        if (end > begin) {
            use(begin, end);
            begin = end;
        }
    }
}

}  // namespace

QPointF MapView::tokenAt(const QPointF& point) const {
    return origin + (point - area.topLeft()) / scale;
}

QPointF MapView::pointOf(const QPointF& token) const {
    return area.topLeft() + (token - origin) * scale;
}

QRectF MapView::tokens() const {
    return {origin, area.size() / scale};
}

MaskScene::MaskScene(const MaskChoice& choice)
    : m_choice(choice),
      m_blocks(choice.mask, choice.layout, choice.block),
      m_theme(currentTheme()),
      m_font(captionFont()),
      m_textWord(QCoreApplication::translate("MaskScene", "text")) {}

QColor MaskScene::ownColour() const {
    return mixed(m_theme.accent, m_theme.base, 0.55);
}

QColor MaskScene::droppedColour() const {
    return mixed(m_theme.text, m_theme.base, 0.35);
}

QSize MaskScene::axisRoom() const {
    const QFontMetrics metrics(m_font);
    const QString last = QStringLiteral("f%1").arg(m_choice.layout.frames - 1);
    const int text = m_choice.layout.text > 0 ? metrics.horizontalAdvance(m_textWord) : 0;
    return {std::max(text, metrics.horizontalAdvance(last)) + kAxisGap, metrics.height() + 2};
}

QRectF MaskScene::mapIn(const QPainter& painter, const MapView& view) const {
    const auto total = static_cast<double>(m_choice.layout.total());
    return boxOf(painter, view, {0.0, 0.0, total, total});
}

bool MaskScene::drawsBlocks(const MapView& view) const {
    return m_showsBlocks && static_cast<double>(m_choice.block) * view.scale >= kSmallestBlock;
}

BlockWindow MaskScene::blocksIn(const MapView& view) const {
    const QRectF tokens = view.tokens();
    const auto block = static_cast<double>(m_choice.block);
    const auto first = [&](double token) {
        return std::clamp<std::int64_t>(
            static_cast<std::int64_t>(std::floor(token / block)), 0, m_blocks.side());
    };
    const auto end = [&](double token) {
        return std::clamp<std::int64_t>(
            static_cast<std::int64_t>(std::ceil(token / block)), 0, m_blocks.side());
    };
    BlockWindow window;
    window.firstRow = first(tokens.top());
    window.firstColumn = first(tokens.left());
    window.rows = static_cast<std::size_t>(end(tokens.bottom()) - window.firstRow);
    window.columns = static_cast<std::size_t>(end(tokens.right()) - window.firstColumn);
    window.kinds.reserve(window.rows * window.columns);
    std::vector<plan::BlockMap::Content> columns;
    for (std::size_t column = 0; column < window.columns; ++column) {
        columns.push_back(
            m_blocks.run(window.firstColumn + static_cast<std::int64_t>(column)).content);
    }
    for (std::size_t row = 0; row < window.rows; ++row) {
        const plan::BlockMap::Content& content =
            m_blocks.run(window.firstRow + static_cast<std::int64_t>(row)).content;
        for (const plan::BlockMap::Content& column : columns) {
            window.kinds.push_back(plan::BlockMap::kind(content, column));
        }
    }
    return window;
}

void MaskScene::drawGround(QPainter& painter, const QRectF& box) const {
    painter.fillRect(box, m_theme.canvas);
}

void MaskScene::draw(QPainter& painter, const MapView& view) const {
    painter.save();
    painter.setClipRect(view.area);
    drawSkipped(painter, mapIn(painter, view));
    const bool hasBlocks = drawsBlocks(view);
    const BlockWindow window = hasBlocks ? blocksIn(view) : BlockWindow{};
    if (hasBlocks) {
        drawDropped(painter, view, window);
    }
    drawKept(painter, view);
    if (hasBlocks) {
        const BlockLines lines = linesOf(painter, view, window);
        drawFaintLines(painter, view, lines);
        drawBorderLines(painter, lines, window);
    }
    if (m_showsFrames) {
        drawFrameGrid(painter, view);
    }
    painter.restore();
}

// The lines stand still on the screen while the map moves under them.
void MaskScene::drawSkipped(QPainter& painter, const QRectF& box) const {
    painter.fillRect(box, m_theme.base);
    painter.save();
    painter.setClipRect(box, Qt::IntersectClip);
    painter.setPen(QPen(mixed(m_theme.outline, m_theme.base, 0.7), 1.0));
    std::vector<QLineF> lines;
    const double height = box.height();
    const int first = qFloor((box.left() + box.top()) / kHatch);
    const int last = qFloor((box.right() + box.bottom()) / kHatch);
    for (int line = first; line <= last; ++line) {
        // From the lower left to the upper right, where x + y is the same.
        const double left = line * kHatch - box.top();
        lines.emplace_back(left - height, box.bottom(), left, box.top());
    }
    painter.drawLines(lines.data(), static_cast<int>(lines.size()));
    painter.restore();
}

void MaskScene::drawKept(QPainter& painter, const MapView& view) const {
    const plan::TokenLayout& layout = m_choice.layout;
    const auto total = static_cast<double>(layout.total());
    const auto size = static_cast<double>(layout.tokens);
    const QRectF tokens = view.tokens();
    const FrameRange rows = framesIn(layout, tokens.top(), tokens.bottom());
    const FrameRange columns = framesIn(layout, tokens.left(), tokens.right());
    const QColor own = ownColour();
    for (int frame = std::max(rows.first, columns.first); frame < std::min(rows.end, columns.end);
         ++frame) {
        const double begin = frameBegin(layout, frame);
        painter.fillRect(boxOf(painter, view, {begin, begin, size, size}), own);
    }
    const auto fillRow = [&](double begin, double height) {
        painter.fillRect(boxOf(painter, view, {0.0, begin, total, height}), m_theme.accent);
    };
    const auto fillColumn = [&](double begin, double width) {
        painter.fillRect(boxOf(painter, view, {begin, 0.0, width, total}), m_theme.accent);
    };
    for (int frame = rows.first; frame < rows.end; ++frame) {
        if (m_choice.mask.isReference(frame)) {
            fillRow(frameBegin(layout, frame), size);
        }
    }
    for (int frame = columns.first; frame < columns.end; ++frame) {
        if (m_choice.mask.isReference(frame)) {
            fillColumn(frameBegin(layout, frame), size);
        }
    }
    if (layout.text > 0) {
        fillRow(0.0, static_cast<double>(layout.text));
        fillColumn(0.0, static_cast<double>(layout.text));
    }
}

void MaskScene::drawFrameGrid(QPainter& painter, const MapView& view) const {
    const plan::TokenLayout& layout = m_choice.layout;
    if (static_cast<double>(layout.tokens) * view.scale < kSmallestTile) {
        return;
    }
    const double ratio = painter.device()->devicePixelRatioF();
    const QRectF map = mapIn(painter, view);
    const QRectF tokens = view.tokens();
    const double thick = drawsBlocks(view) ? 2.0 : 1.0;
    const FrameRange rows = framesIn(layout, tokens.top(), tokens.bottom());
    const FrameRange columns = framesIn(layout, tokens.left(), tokens.right());
    const int firstLine = layout.text > 0 ? 0 : 1;
    for (int frame = std::max(rows.first, firstLine); frame < rows.end; ++frame) {
        const double y = snapped(view.pointOf({0.0, frameBegin(layout, frame)}).y(), ratio);
        painter.fillRect(QRectF(map.left(), y - thick / 2.0, map.width(), thick), m_theme.canvas);
    }
    for (int frame = std::max(columns.first, firstLine); frame < columns.end; ++frame) {
        const double x = snapped(view.pointOf({frameBegin(layout, frame), 0.0}).x(), ratio);
        painter.fillRect(QRectF(x - thick / 2.0, map.top(), thick, map.height()), m_theme.canvas);
    }
}

// Under what is kept: of a border block shows what is computed for nothing.
void MaskScene::drawDropped(QPainter& painter,
                            const MapView& view,
                            const BlockWindow& window) const {
    const auto block = static_cast<double>(m_choice.block);
    const auto total = static_cast<double>(m_choice.layout.total());
    const QColor dropped = droppedColour();
    for (std::size_t row = 0; row < window.rows; ++row) {
        const double top = window.top(row) * block;
        const auto fill = [&](std::size_t begin, std::size_t end) {
            const double left = window.left(begin) * block;
            const QRectF span(left, top, window.left(end) * block - left, block);
            painter.fillRect(boxOf(painter, view, span.intersected({0.0, 0.0, total, total})),
                             dropped);
        };
        forStretches(
            window.columns,
            [&](std::size_t column) { return window.at(row, column) == plan::BlockKind::Partial; },
            fill);
    }
}

// Where the lines before, between and behind the blocks of the window are on the screen.
MaskScene::BlockLines MaskScene::linesOf(const QPainter& painter,
                                         const MapView& view,
                                         const BlockWindow& window) const {
    const double ratio = painter.device()->devicePixelRatioF();
    const auto block = static_cast<double>(m_choice.block);
    const QRectF map = mapIn(painter, view);
    BlockLines lines;
    for (std::size_t line = 0; line <= window.rows; ++line) {
        const double y = view.pointOf({0.0, window.top(line) * block}).y();
        lines.y.push_back(std::min(snapped(y, ratio), map.bottom() - 1.0));
    }
    for (std::size_t line = 0; line <= window.columns; ++line) {
        const double x = view.pointOf({window.left(line) * block, 0.0}).x();
        lines.x.push_back(std::min(snapped(x, ratio), map.right() - 1.0));
    }
    return lines;
}

// Around all blocks; seen on what is kept and on what is skipped. The upright ones are one row of
// pixels that is repeated: a see-through line of its own for each took 7 ms of a frame (160 lines,
// 2026-11-30, raster engine), the row 0.2.
void MaskScene::drawFaintLines(QPainter& painter,
                               const MapView& view,
                               const BlockLines& lines) const {
    const double ratio = painter.device()->devicePixelRatioF();
    const QRectF map = mapIn(painter, view);
    QColor colour = mixed(m_theme.base, m_theme.text, 0.72);
    colour.setAlpha(150);
    for (const double y : lines.y) {
        painter.fillRect(QRectF(map.left(), y, map.width(), 1.0), colour);
    }
    QImage row(std::max(1, qCeil(map.width() * ratio)), 1, QImage::Format_ARGB32_Premultiplied);
    row.fill(Qt::transparent);
    const int thick = std::max(1, qRound(ratio));
    for (const double x : lines.x) {
        const int first = qRound((x - map.left()) * ratio);
        for (int at = std::max(first, 0); at < std::min(first + thick, row.width()); ++at) {
            row.setPixelColor(at, 0, colour);
        }
    }
    QBrush brush(row);
    brush.setTransform(
        QTransform::fromTranslate(map.left(), map.top()).scale(1.0 / ratio, 1.0 / ratio));
    painter.fillRect(map, brush);
}

// Strong lines around the blocks at a border of frames.
void MaskScene::drawBorderLines(QPainter& painter,
                                const BlockLines& lines,
                                const BlockWindow& window) const {
    const auto isBorder = [&](std::size_t row, std::size_t column) {
        return row < window.rows && column < window.columns &&
               window.at(row, column) == plan::BlockKind::Partial;
    };
    for (std::size_t line = 0; line <= window.rows; ++line) {
        forStretches(
            window.columns,
            [&](std::size_t column) {
                return isBorder(line, column) || (line > 0 && isBorder(line - 1, column));
            },
            [&](std::size_t begin, std::size_t end) {
                const double left = lines.x[begin];
                painter.fillRect(QRectF(left, lines.y[line], lines.x[end] - left + 1.0, 1.0),
                                 m_theme.text);
            });
    }
    for (std::size_t line = 0; line <= window.columns; ++line) {
        forStretches(
            window.rows,
            [&](std::size_t row) {
                return isBorder(row, line) || (line > 0 && isBorder(row, line - 1));
            },
            [&](std::size_t begin, std::size_t end) {
                const double top = lines.y[begin];
                painter.fillRect(QRectF(lines.x[line], top, 1.0, lines.y[end] - top + 1.0),
                                 m_theme.text);
            });
    }
}

void MaskScene::drawBorderBlock(QPainter& painter, const QRectF& box) const {
    painter.fillRect(box, droppedColour());
    painter.fillRect(QRectF(box.topLeft(), QSizeF(box.width() / 2.0, box.height())),
                     referenceColour());
    painter.setPen(QPen(m_theme.text, 1.0));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
}

void MaskScene::drawFocus(QPainter& painter, const MapView& view, const QRectF& tokens) const {
    const QRectF box = boxOf(painter, view, tokens);
    painter.save();
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Qt::black, 3.0, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(box);
    painter.setPen(QPen(Qt::white, 1.0, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(box);
    painter.restore();
}

void MaskScene::drawAxes(QPainter& painter, const MapView& view) const {
    const plan::TokenLayout& layout = m_choice.layout;
    const QFontMetrics metrics(m_font);
    const QRectF map = mapIn(painter, view);
    const QRectF tokens = view.tokens();
    painter.save();
    painter.setFont(m_font);
    painter.setPen(m_theme.text);
    // A name stands in the middle of what is seen of its frame; the next waits until it has room.
    const auto drawAxis = [&](bool isTop) {
        double free = -1.0;
        const auto name = [&](double begin, double end, const QString& text) {
            const QPointF from = view.pointOf({begin, begin});
            const QPointF to = view.pointOf({end, end});
            const double low =
                std::max(isTop ? from.x() : from.y(), isTop ? map.left() : map.top());
            const double high =
                std::min(isTop ? to.x() : to.y(), isTop ? map.right() : map.bottom());
            const double room = isTop ? metrics.horizontalAdvance(text) : metrics.height();
            const double middle = (low + high) / 2.0;
            if (high <= low || middle - room / 2.0 < free) {
                return;
            }
            free = middle + room / 2.0 + (isTop ? kAxisGap : 2);
            if (isTop) {
                painter.drawText(QRectF(middle - room,
                                        map.top() - metrics.height() - 2.0,
                                        2.0 * room,
                                        metrics.height()),
                                 Qt::AlignCenter,
                                 text);
            } else {
                painter.drawText(QRectF(map.left() - axisRoom().width(),
                                        middle - room,
                                        axisRoom().width() - kAxisGap,
                                        2.0 * room),
                                 Qt::AlignRight | Qt::AlignVCenter,
                                 text);
            }
        };
        if (layout.text > 0) {
            name(0.0, static_cast<double>(layout.text), m_textWord);
        }
        const FrameRange frames = isTop ? framesIn(layout, tokens.left(), tokens.right())
                                        : framesIn(layout, tokens.top(), tokens.bottom());
        for (int frame = frames.first; frame < frames.end; ++frame) {
            name(frameBegin(layout, frame),
                 frameBegin(layout, frame + 1),
                 QStringLiteral("f%1").arg(frame));
        }
    };
    drawAxis(true);
    drawAxis(false);
    painter.restore();
}

}  // namespace tessera::ui
