#include "ui/views/recent_panel.h"

#include "ui/bridge/text.h"
#include "ui/models/library_model.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/widgets/stage_mark.h"

#include <QGridLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr std::size_t kTiles = 6;
constexpr int kColumns = 2;
constexpr int kWords = 22;      // height of the line under the picture
constexpr int kMotionMs = 125;  // the rate of the bundled model's clips

StageMark markOf(pipeline::Stage stage) {
    return static_cast<StageMark>(stage);
}

}  // namespace

RecentTile::RecentTile(QWidget* parent) : QAbstractButton(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setContextMenuPolicy(Qt::CustomContextMenu);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void RecentTile::show(const jobs::LibraryClip& clip, const QVector<QImage>& frames) {
    m_clip = clip;
    m_frames = frames;
    setAccessibleName(tr("Clip: %1").arg(toQt(clip.recipe.asked.prompt)));
    setToolTip(toQt(clip.recipe.asked.prompt));
    setEnabled(!clip.isMissing);
    update();
}

void RecentTile::setFrame(int frame) {
    m_frame = frame;
    if (m_frames.size() > 1) {
        update(picture());
    }
}

QSize RecentTile::sizeHint() const {
    return {132, heightForWidth(132)};
}

int RecentTile::heightForWidth(int width) const {
    return width * 2 / 3 + kWords;
}

QRect RecentTile::picture() const {
    return {0, 0, width(), height() - kWords};
}

void RecentTile::paintEvent(QPaintEvent*) {
    const Theme& colours = currentTheme();
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const QRect box = picture();
    painter.fillRect(box, colours.canvas);
    if (!m_frames.isEmpty()) {
        const QImage& image = m_frames[m_frame % static_cast<int>(m_frames.size())];
        const QSize shown = image.size().scaled(box.size(), Qt::KeepAspectRatio);
        painter.drawImage(QRect(QPoint(box.left() + (box.width() - shown.width()) / 2,
                                       box.top() + (box.height() - shown.height()) / 2),
                                shown),
                          image);
    }
    if (hasFocus() || isDown() || underMouse()) {
        painter.setPen(QPen(hasFocus() ? colours.accent : colours.outline, hasFocus() ? 2 : 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(box).adjusted(1, 1, -1, -1));
    }
    const QRect line(0, box.bottom() + 1, width(), kWords);
    const QString length = seconds(m_clip.fps > 0.0 ? m_clip.frames / m_clip.fps : 0.0);
    painter.setPen(colours.muted);
    painter.setFont(numberFont());
    const int lengthWidth = painter.fontMetrics().horizontalAdvance(length);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, length);
    drawStageMark(painter,
                  markOf(m_clip.recipe.asked.stage),
                  QRectF(0, line.top() + (kWords - 10) / 2.0, 10, 10));
    painter.setFont(captionFont());
    const QRect words = line.adjusted(15, 0, -lengthWidth - 8, 0);
    painter.drawText(
        words,
        Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(
            toQt(m_clip.recipe.asked.prompt).simplified(), Qt::ElideRight, words.width()));
}

RecentPanel::RecentPanel(LibraryModel& library, QWidget* parent)
    : QWidget(parent), m_library(library) {
    setProperty("surface", QStringLiteral("panel"));
    m_grid = new QGridLayout(this);
    m_grid->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    m_grid->setHorizontalSpacing(measure::kLabelGap);
    m_grid->setVerticalSpacing(measure::kGrid);
    for (std::size_t i = 0; i < kTiles; ++i) {
        auto* tile = new RecentTile(this);
        tile->setObjectName(QStringLiteral("recent.%1").arg(i));
        tile->hide();
        const int place = static_cast<int>(i);
        m_grid->addWidget(tile, place / kColumns, place % kColumns);
        connect(tile, &QAbstractButton::clicked, this, [this, tile] {
            Q_EMIT clipChosen(tile->clip());
        });
        connect(
            tile, &QWidget::customContextMenuRequested, this, [this, tile](const QPoint& position) {
                offerMenu(*tile, tile->mapToGlobal(position));
            });
        m_tiles.push_back(tile);
    }
    m_empty = new QLabel(tr("The newest clips of the library appear here."), this);
    m_empty->setFont(tableFont());
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setWordWrap(true);
    m_grid->addWidget(m_empty, 0, 0, 1, kColumns, Qt::AlignTop);
    m_grid->setColumnStretch(0, 1);
    m_grid->setColumnStretch(1, 1);
    m_grid->setRowStretch(static_cast<int>(kTiles) / kColumns, 1);
    m_motion.setInterval(kMotionMs);
    connect(&m_motion, &QTimer::timeout, this, [this] {
        ++m_frame;
        for (RecentTile* tile : m_tiles) {
            tile->setFrame(m_frame);
        }
    });
    connect(&library, &QAbstractItemModel::modelReset, this, &RecentPanel::refill);
    connect(&library, &QAbstractItemModel::rowsInserted, this, &RecentPanel::refill);
    connect(&library, &QAbstractItemModel::rowsRemoved, this, &RecentPanel::refill);
    connect(&library, &QAbstractItemModel::dataChanged, this, &RecentPanel::refill);
    refill();
}

// Only the whole library, newest first, says what is recent; while somebody searches it, what was
// there stays.
void RecentPanel::refill() {
    if (!m_library.query().text.empty() ||
        m_library.query().order != jobs::LibraryQuery::Order::NewestFirst ||
        m_library.query().place != jobs::LibraryQuery::Place::Clips) {
        return;
    }
    m_empty->setVisible(m_library.rowCount() == 0);
    for (std::size_t i = 0; i < m_tiles.size(); ++i) {
        const int row = static_cast<int>(i);
        const bool isThere = row < m_library.rowCount();
        if (isThere) {
            const QVariant frames = m_library.data(m_library.index(row), LibraryModel::FramesRole);
            m_tiles[i]->show(m_library.clip(row), frames.value<QVector<QImage>>());
        }
        m_tiles[i]->setVisible(isThere);
    }
}

void RecentPanel::offerMenu(const RecentTile& tile, const QPoint& position) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const jobs::LibraryClip& clip = tile.clip();
    menu->addAction(tr("Use recipe"), this, [this, clip] { Q_EMIT recipeChosen(clip, false); });
    menu->addAction(
        tr("Use recipe with new seed"), this, [this, clip] { Q_EMIT recipeChosen(clip, true); });
    menu->popup(position);
}

void RecentPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_motion.start();
}

void RecentPanel::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    m_motion.stop();
}

void RecentPanel::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), currentTheme().panel);
}

}  // namespace tessera::ui
