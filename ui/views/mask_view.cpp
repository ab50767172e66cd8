#include "ui/views/mask_view.h"

#include "ui/style/paint.h"
#include "ui/style/style.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace tessera::ui {

namespace {

constexpr double kMargin = 12.0;
constexpr double kWheelNotch = 240.0;  // eighths of a degree for twice the size

// Where the middle of what is seen may be along one axis.
double kept(double centre, double seen, double total) {
    return seen >= total ? total / 2.0 : std::clamp(centre, seen / 2.0, total - seen / 2.0);
}

// The line that begins at or before the token.
std::int64_t lineBegin(std::int64_t token, std::int64_t size) {
    return token / size * size;
}

}  // namespace

QImage MaskPicture::drawn(double ratio, const QString& description) const {
    QImage image(size * ratio, QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    QPainter painter(&image);
    scene.drawGround(painter, QRectF(QPointF(0.0, 0.0), QSizeF(size)));
    scene.draw(painter, view);
    scene.drawAxes(painter, view);
    painter.end();
    image.setText(QStringLiteral("Description"), description);
    return image;
}

MaskView::MaskView(const MaskChoice& choice, QWidget* parent) : QWidget(parent), m_scene(choice) {
    setAttribute(Qt::WA_OpaquePaintEvent);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Token matrix"));
    fit();
}

void MaskView::make(const MaskChoice& choice) {
    m_scene = MaskScene(choice);
    m_scene.setShowsFrames(m_showsFrames);
    m_scene.setShowsBlocks(m_showsBlocks);
    m_drawn = {};
    update();
}

void MaskView::show(const MaskChoice& choice) {
    const bool isOtherShape = !(choice.layout == m_scene.choice().layout);
    make(choice);
    if (isOtherShape) {
        setPair(std::nullopt);
        fit();
    }
    Q_EMIT viewChanged();
    Q_EMIT pairChanged();
}

void MaskView::setShowsFrames(bool on) {
    m_showsFrames = on;
    make(m_scene.choice());
}

void MaskView::setShowsBlocks(bool on) {
    m_showsBlocks = on;
    make(m_scene.choice());
    Q_EMIT viewChanged();
}

QRectF MaskView::mapArea() const {
    const QSize axes = m_scene.axisRoom();
    const QRectF area = QRectF(rect()).adjusted(
        kMargin + axes.width(), kMargin + axes.height(), -kMargin, -kMargin);
    return {area.topLeft(), area.size().expandedTo(QSizeF(1.0, 1.0))};
}

// A small map may be shown larger than 1:1 when it is whole.
double MaskView::smallestZoom() const {
    const QSizeF room = mapArea().size() * devicePixelRatioF();
    return std::min(std::min(room.width(), room.height()) / tokens(), kLargestZoom);
}

MapView MaskView::view() const {
    MapView view;
    view.area = mapArea();
    view.scale = m_zoom / devicePixelRatioF();
    const QSizeF seen = view.area.size() / view.scale;
    view.origin = m_centre - QPointF(seen.width(), seen.height()) / 2.0;
    return view;
}

QJsonObject MaskView::json() const {
    const MapView now = view();
    const QPointF corner = mapToGlobal(QPoint(0, 0)) + now.area.topLeft();
    return {{QStringLiteral("left"), corner.x()},
            {QStringLiteral("top"), corner.y()},
            {QStringLiteral("width"), now.area.width()},
            {QStringLiteral("height"), now.area.height()},
            {QStringLiteral("from_key"), now.origin.x()},
            {QStringLiteral("from_query"), now.origin.y()},
            {QStringLiteral("scale"), now.scale}};
}

void MaskView::place(const QPointF& centre, double zoom, bool isFitted) {
    m_zoom = std::clamp(zoom, std::min(smallestZoom(), 1.0), kLargestZoom);
    m_isFitted = isFitted;
    const QSizeF seen = mapArea().size() * (devicePixelRatioF() / m_zoom);
    m_centre = {kept(centre.x(), seen.width(), tokens()),
                kept(centre.y(), seen.height(), tokens())};
    m_drawn = {};
    update();
    Q_EMIT viewChanged();
}

void MaskView::fit() {
    place({}, smallestZoom(), true);
}

void MaskView::setZoom(double zoom) {
    place(m_centre, zoom, false);
}

void MaskView::centreOn(const QPointF& token) {
    place(token, m_zoom, m_isFitted);
}

// The token under the anchor stays there.
void MaskView::zoomAround(double zoom, const QPointF& anchor) {
    const double next = std::clamp(zoom, std::min(smallestZoom(), 1.0), kLargestZoom);
    const QPointF token = view().tokenAt(anchor);
    const QPointF fromMiddle = mapArea().center() - anchor;
    place(token + fromMiddle * (devicePixelRatioF() / next), next, false);
    pointAt(anchor);
}

void MaskView::setPair(const std::optional<Pair>& pair) {
    if (pair != m_pair) {
        m_pair = pair;
        update();
        Q_EMIT pairChanged();
    }
}

void MaskView::pointAt(const QPointF& point) {
    const MapView now = view();
    const QPointF token = now.tokenAt(point);
    const bool isInside = now.area.contains(point) && token.x() >= 0.0 && token.y() >= 0.0 &&
                          token.x() < tokens() && token.y() < tokens();
    setPair(isInside ? std::optional<Pair>({static_cast<std::int64_t>(token.y()),
                                            static_cast<std::int64_t>(token.x())})
                     : std::nullopt);
}

// What the words tell of: the block, or the tile where blocks are too small to be seen.
QRectF MaskView::marked() const {
    const plan::TokenLayout& layout = m_scene.choice().layout;
    const auto span = [&](std::int64_t token) {
        std::int64_t begin = 0;
        std::int64_t size = m_scene.choice().block;
        if (drawsBlocks()) {
            begin = lineBegin(token, size);
        } else if (token < layout.text) {
            size = layout.text;
        } else {
            size = layout.tokens;
            begin = layout.text + lineBegin(token - layout.text, size);
        }
        return std::pair{static_cast<double>(begin),
                         static_cast<double>(std::min(size, layout.total() - begin))};
    };
    const auto [left, width] = span(m_pair->key);
    const auto [top, height] = span(m_pair->query);
    return {left, top, width, height};
}

void MaskView::paintEvent(QPaintEvent*) {
    const MapView now = view();
    if (m_drawn.isNull()) {
        m_drawn = QPixmap(size() * devicePixelRatioF());
        m_drawn.setDevicePixelRatio(devicePixelRatioF());
        QPainter painter(&m_drawn);
        m_scene.drawGround(painter, rect());
        m_scene.draw(painter, now);
        m_scene.drawAxes(painter, now);
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_drawn);
    if (m_pair) {
        m_scene.drawFocus(painter, now, marked());
    }
    if (hasFocus()) {
        drawRing(painter, rect(), currentTheme().accent, 2.0, 0.0);
    }
}

void MaskView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (m_isFitted) {
        fit();
    } else {
        place(m_centre, m_zoom, false);
    }
}

void MaskView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        make(m_scene.choice());
    }
}

void MaskView::wheelEvent(QWheelEvent* event) {
    const int turn = event->angleDelta().y();
    if (turn == 0) {
        event->ignore();
        return;
    }
    zoomAround(m_zoom * std::exp2(turn / kWheelNotch), event->position());
    event->accept();
}

void MaskView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton || event->button() == Qt::MiddleButton) {
        m_isDragging = true;
        m_dragFrom = event->position();
        event->accept();
    }
}

void MaskView::mouseMoveEvent(QMouseEvent* event) {
    if (m_isDragging) {
        setCursor(Qt::ClosedHandCursor);
        const QPointF step = event->position() - m_dragFrom;
        m_dragFrom = event->position();
        place(m_centre - step / view().scale, m_zoom, m_isFitted);
    }
    pointAt(event->position());
}

void MaskView::mouseReleaseEvent(QMouseEvent*) {
    m_isDragging = false;
    unsetCursor();
}

void MaskView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (m_isFitted) {
        zoomAround(1.0, event->position());
    } else {
        fit();
    }
}

void MaskView::leaveEvent(QEvent*) {
    if (!hasFocus()) {
        setPair(std::nullopt);
    }
}

void MaskView::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Left:
            return movePair(0, -1);
        case Qt::Key_Right:
            return movePair(0, 1);
        case Qt::Key_Up:
            return movePair(-1, 0);
        case Qt::Key_Down:
            return movePair(1, 0);
        case Qt::Key_Escape:
            return setPair(std::nullopt);
        default:
            QWidget::keyPressEvent(event);
    }
}

// By a block, or by a frame where blocks are too small to be seen; from the middle of the view when
// nothing is pointed at.
void MaskView::movePair(int rows, int columns) {
    if (!m_pair) {
        pointAt(mapArea().center());
        return;
    }
    const plan::TokenLayout& layout = m_scene.choice().layout;
    const std::int64_t step = drawsBlocks() ? m_scene.choice().block : layout.tokens;
    const auto moved = [&](std::int64_t token, int steps) {
        return std::clamp<std::int64_t>(token + steps * step, 0, layout.total() - 1);
    };
    setPair(Pair{moved(m_pair->query, rows), moved(m_pair->key, columns)});
    revealPair();
}

void MaskView::revealPair() {
    const QRectF seen = view().tokens();
    const QRectF wanted = marked();
    const auto shift = [](double low, double high, double from, double to) {
        return high - low > to - from ? (low + high - from - to) / 2.0
                                      : std::min(low - from, 0.0) + std::max(high - to, 0.0);
    };
    const QPointF by(shift(wanted.left(), wanted.right(), seen.left(), seen.right()),
                     shift(wanted.top(), wanted.bottom(), seen.top(), seen.bottom()));
    if (!by.isNull()) {
        place(m_centre + by, m_zoom, false);
    }
}

}  // namespace tessera::ui
