#include "ui/widgets/clip_view.h"

#include "ui/style/fonts.h"
#include "ui/theme.h"
#include "ui/widgets/player.h"

#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace tessera::ui {

namespace {

constexpr double kSmallestZoom = 0.125;
constexpr double kLargestZoom = 32.0;

// Air around a fitted clip: a fifteenth of the view, so that small views do not waste it.
int fitMargin(const QSize& view) {
    return std::min(view.width(), view.height()) / 15;
}

bool isWhole(double value) {
    return std::abs(value - std::round(value)) < 1e-6;
}

}  // namespace

ClipView::ClipView(Player& player, QWidget* parent) : QWidget(parent), m_player(player) {
    setAttribute(Qt::WA_OpaquePaintEvent);
    setFocusPolicy(Qt::ClickFocus);
    setAccessibleName(tr("Clip"));
    connect(&player, &Player::framesChanged, this, qOverload<>(&QWidget::update));
    connect(&player, &Player::positionChanged, this, qOverload<>(&QWidget::update));
}

void ClipView::setZoom(double zoom) {
    const double wanted = zoom <= 0.0 ? 0.0 : std::clamp(zoom, kSmallestZoom, kLargestZoom);
    m_offset = {};
    if (wanted != m_zoom) {
        m_zoom = wanted;
        Q_EMIT zoomChanged();
    }
    update();
}

void ClipView::setShowsFrameNumber(bool on) {
    m_showsFrameNumber = on;
    update();
}

void ClipView::setFitsTight(bool on) {
    m_fitsTight = on;
    update();
}

void ClipView::setNominalSize(QSize size) {
    if (size != m_nominalSize) {
        m_nominalSize = size;
        update();
    }
}

// The nominal size only enlarges: a clip that came out larger than expected is shown as it is.
QSize ClipView::clipSize() const {
    const base::SharedFrames& frames = m_player.frames();
    if (!frames) {
        return {};
    }
    const QSize own(frames->width, frames->height);
    return m_nominalSize.width() > own.width() ? m_nominalSize : own;
}

double ClipView::shownZoom() const {
    if (m_zoom > 0.0) {
        return m_zoom;
    }
    const QSize clip = clipSize();
    if (clip.isEmpty()) {
        return 1.0;
    }
    const int margin = m_fitsTight ? 0 : fitMargin(size());
    const double room = devicePixelRatioF();
    const double fit = std::min((width() - 2 * margin) * room / clip.width(),
                                (height() - 2 * margin) * room / clip.height());
    return std::clamp(fit, 0.01, kLargestZoom);
}

QRect ClipView::frameRect() const {
    const QSize clip = clipSize();
    if (clip.isEmpty()) {
        return {};
    }
    const double scale = shownZoom() / devicePixelRatioF();
    const QSize shown(std::max(1, static_cast<int>(std::lround(clip.width() * scale))),
                      std::max(1, static_cast<int>(std::lround(clip.height() * scale))));
    return QRect(QPoint((width() - shown.width()) / 2, (height() - shown.height()) / 2) + m_offset,
                 shown);
}

QImage ClipView::currentImage() const {
    const base::SharedFrames& frames = m_player.frames();
    if (!frames || frames->frames == 0) {
        return {};
    }
    const int index = std::clamp(m_player.position(), 0, frames->frames - 1);
    const QImage borrowed(frames->frame(index).data(),
                          frames->width,
                          frames->height,
                          qsizetype{3} * frames->width,
                          QImage::Format_RGB888);
    return borrowed.convertToFormat(QImage::Format_RGB32);
}

QSize ClipView::sizeHint() const {
    return {640, 480};
}

QSize ClipView::minimumSizeHint() const {
    return {160, 120};
}

void ClipView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), currentTheme().canvas);
    const QImage image = currentImage();
    if (image.isNull()) {
        return;
    }
    const QRect frame = frameRect();
    const QSize device = frame.size() * devicePixelRatioF();
    if (device.width() < image.width()) {
        // Bilinear alone would drop pixels below half size.
        QImage small = image.scaled(device, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        small.setDevicePixelRatio(devicePixelRatioF());
        painter.drawImage(frame.topLeft(), small);
    } else {
        const bool isOwnSize = image.size() == clipSize();
        painter.setRenderHint(QPainter::SmoothPixmapTransform, !isOwnSize || !isWhole(shownZoom()));
        painter.drawImage(frame, image);
    }
    if (m_showsFrameNumber) {
        drawFrameNumber(painter, frame);
    }
}

void ClipView::drawFrameNumber(QPainter& painter, const QRect& frame) const {
    const QString text = QString::number(m_player.position() + 1);
    painter.setFont(numberFont());
    const QRect words = painter.fontMetrics().boundingRect(text).adjusted(-5, -3, 5, 3);
    QRect box(QPoint(frame.left() + 6, frame.bottom() - words.height() - 5), words.size());
    box = box.intersected(rect());
    painter.fillRect(box, QColor(0, 0, 0, 160));
    painter.setPen(Qt::white);
    painter.drawText(box, Qt::AlignCenter, text);
}

void ClipView::zoomAround(double zoom, QPointF anchor) {
    const QRect before = frameRect();
    if (before.isEmpty()) {
        return;
    }
    const double x = (anchor.x() - before.left()) / before.width();
    const double y = (anchor.y() - before.top()) / before.height();
    m_zoom = std::clamp(zoom, kSmallestZoom, kLargestZoom);
    const QRect after = frameRect();
    m_offset +=
        (anchor - QPointF(after.left() + x * after.width(), after.top() + y * after.height()))
            .toPoint();
    Q_EMIT zoomChanged();
    update();
}

// Steps through the whole zooms, where pixels are sharp, and through halves below 1.
void ClipView::wheelEvent(QWheelEvent* event) {
    const double now = shownZoom();
    const int turns = event->angleDelta().y();
    if (turns == 0) {
        event->ignore();
        return;
    }
    const double next = turns > 0 ? (now < 1.0 ? std::min(1.0, now * 2.0) : std::floor(now) + 1.0)
                                  : (now <= 1.0 ? now / 2.0 : std::ceil(now) - 1.0);
    zoomAround(next, event->position());
    event->accept();
}

void ClipView::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton || event->button() == Qt::MiddleButton) {
        m_isDragging = m_zoom > 0.0;
        m_dragFrom = event->pos();
        if (m_isDragging) {
            setCursor(Qt::ClosedHandCursor);
        }
        event->accept();
    }
}

void ClipView::mouseMoveEvent(QMouseEvent* event) {
    if (m_isDragging) {
        m_offset += event->pos() - m_dragFrom;
        m_dragFrom = event->pos();
        update();
    }
}

void ClipView::mouseReleaseEvent(QMouseEvent*) {
    m_isDragging = false;
    unsetCursor();
}

void ClipView::mouseDoubleClickEvent(QMouseEvent*) {
    setZoom(m_zoom > 0.0 ? 0.0 : 1.0);
}

}  // namespace tessera::ui
