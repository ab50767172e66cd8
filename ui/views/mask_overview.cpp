#include "ui/views/mask_overview.h"

#include "ui/style/fonts.h"
#include "ui/style/style.h"

#include <QEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr int kSign = 12;
constexpr int kSignGap = 6;
constexpr int kEntryGap = 14;
constexpr int kLineGap = 4;

}  // namespace

MaskOverview::MaskOverview(const MaskChoice& choice, QWidget* parent)
    : QWidget(parent), m_scene(choice) {
    setObjectName(QStringLiteral("plan.overview"));
    setAccessibleName(tr("Whole map"));
    setToolTip(tr("The whole map; a click moves the matrix there."));
    make(choice);
}

void MaskOverview::make(const MaskChoice& choice) {
    m_scene = MaskScene(choice);
    m_scene.setShowsBlocks(false);
    m_drawn = {};
    update();
}

void MaskOverview::show(const MaskChoice& choice) {
    make(choice);
}

void MaskOverview::setSeen(const QRectF& tokens) {
    m_seen = tokens;
    update();
}

MapView MaskOverview::view() const {
    const QSize axes = m_scene.axisRoom();
    const double side = std::max(
        1, std::min(width() - 2 * axes.width(), height() - axes.height()));  // in the middle
    MapView view;
    view.area = {(width() - side) / 2.0, static_cast<double>(axes.height()), side, side};
    view.scale = side / static_cast<double>(m_scene.choice().layout.total());
    return view;
}

void MaskOverview::paintEvent(QPaintEvent*) {
    const MapView now = view();
    if (m_drawn.isNull()) {
        m_drawn = QPixmap(size() * devicePixelRatioF());
        m_drawn.setDevicePixelRatio(devicePixelRatioF());
        QPainter painter(&m_drawn);
        painter.fillRect(rect(), currentTheme().panel);
        m_scene.draw(painter, now);
        m_scene.drawAxes(painter, now);
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_drawn);
    const auto total = static_cast<double>(m_scene.choice().layout.total());
    const QRectF whole(0.0, 0.0, total, total);
    const QRectF seen = m_seen.intersected(whole);
    if (!seen.isEmpty() && !m_seen.contains(whole)) {
        m_scene.drawFocus(painter, now, seen);
    }
}

void MaskOverview::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_drawn = {};
}

void MaskOverview::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        make(m_scene.choice());
    }
}

void MaskOverview::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        Q_EMIT placeWanted(view().tokenAt(event->position()));
    }
}

void MaskOverview::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons().testFlag(Qt::LeftButton)) {
        Q_EMIT placeWanted(view().tokenAt(event->position()));
    }
}

MaskLegend::MaskLegend(const MaskChoice& choice, QWidget* parent)
    : QWidget(parent), m_scene(choice) {
    setObjectName(QStringLiteral("plan.legend"));
    setAccessibleName(tr("Legend"));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void MaskLegend::show(const MaskChoice& choice) {
    m_scene = MaskScene(choice);
    updateGeometry();
    update();
}

std::vector<MaskLegend::Entry> MaskLegend::entries() const {
    return {
        {Sign::Reference,
         m_scene.choice().layout.text > 0 ? tr("reference frame or text") : tr("reference frame")},
        {Sign::Own, tr("own frame")},
        {Sign::Skipped, tr("skipped")},
        {Sign::Border, tr("border block")}};
}

// Entries follow each other and wrap.
QPoint MaskLegend::placeOf(std::size_t entry, int width) const {
    const QFontMetrics metrics(captionFont());
    const int line = std::max(kSign, metrics.height()) + kLineGap;
    QPoint at;
    const std::vector<Entry> all = entries();
    for (std::size_t i = 0; i <= entry; ++i) {
        const int own = kSign + kSignGap + metrics.horizontalAdvance(all[i].word);
        if (at.x() > 0 && at.x() + own > width) {
            at = {0, at.y() + line};
        }
        if (i < entry) {
            at.rx() += own + kEntryGap;
        }
    }
    return at;
}

int MaskLegend::heightForWidth(int width) const {
    const int line = std::max(kSign, QFontMetrics(captionFont()).height());
    return placeOf(entries().size() - 1, width).y() + line;
}

QSize MaskLegend::sizeHint() const {
    constexpr int kUsualWidth = 280;
    return {kUsualWidth, heightForWidth(kUsualWidth)};
}

void MaskLegend::drawSign(QPainter& painter, const QRectF& box, Sign sign) const {
    switch (sign) {
        case Sign::Reference:
            painter.fillRect(box, m_scene.referenceColour());
            break;
        case Sign::Own:
            painter.fillRect(box, m_scene.ownColour());
            break;
        case Sign::Skipped:
            m_scene.drawSkipped(painter, box);
            break;
        case Sign::Border:
            m_scene.drawBorderBlock(painter, box);
            break;
    }
}

void MaskLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(captionFont());
    const int line = std::max(kSign, painter.fontMetrics().height());
    const std::vector<Entry> all = entries();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const QPoint at = placeOf(i, width());
        drawSign(painter, QRect(at.x(), at.y() + (line - kSign) / 2, kSign, kSign), all[i].sign);
        painter.setPen(currentTheme().muted);
        painter.drawText(QRect(at.x() + kSign + kSignGap, at.y(), width(), line),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         all[i].word);
    }
}

void MaskLegend::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        m_scene = MaskScene(m_scene.choice());
        updateGeometry();
    }
}

}  // namespace tessera::ui
