#include "ui/models/thumbnail_cache.h"

#include "ui/bridge/disk_worker.h"
#include "ui/bridge/text.h"

#include <algorithm>

namespace tessera::ui {

namespace {

// As wide as a card is on an ordinary screen: 16 frames of it are 3 MB.
constexpr int kWidth = 264;
constexpr int kKilobyte = 1024;
constexpr int kUsualLimitMb = 256;
constexpr int kUnseenLimitMb = 24;
constexpr int kUnseenKept = 6;  // the tiles of what is recent fit into that
constexpr int kAskedAtOnce = 2;
// So many fit at least, more than any screen shows at once: else the visible ones would drive each
// other out for ever.
constexpr int kLeastKept = 64;

int kilobytes(const QVector<QImage>& frames) {
    qsizetype bytes = 0;
    for (const QImage& frame : frames) {
        bytes += frame.sizeInBytes();
    }
    return static_cast<int>(bytes / kKilobyte) + 1;
}

QVector<QImage> everySecond(const QVector<QImage>& frames) {
    QVector<QImage> half;
    for (qsizetype i = 0; i < frames.size(); i += 2) {
        half.append(frames[i]);
    }
    return half;
}

}  // namespace

ThumbnailCache::ThumbnailCache(DiskWorker& disk, QObject* parent)
    : QObject(parent), m_disk(disk), m_limitMb(kUsualLimitMb) {
    applyLimit();
    connect(&disk, &DiskWorker::thumbnailReady, this, &ThumbnailCache::take);
}

QVector<QImage> ThumbnailCache::frames(const QString& clip) {
    if (const QVector<QImage>* frames = m_cache.object(clip)) {
        return *frames;
    }
    if (!m_asked.contains(clip)) {
        m_wanted.removeOne(clip);
        m_wanted.append(clip);
        ask();
    }
    return {};
}

void ThumbnailCache::forget(const QString& clip) {
    m_cache.remove(clip);
}

void ThumbnailCache::setLimit(int megabytes) {
    m_limitMb = megabytes;
    applyLimit();
}

void ThumbnailCache::setBrowsed(bool isBrowsed) {
    m_isBrowsed = isBrowsed;
    applyLimit();
}

void ThumbnailCache::applyLimit() {
    const int megabytes = m_isBrowsed ? m_limitMb : std::min(m_limitMb, kUnseenLimitMb);
    m_cache.setMaxCost(qsizetype{megabytes} * kKilobyte);
}

void ThumbnailCache::ask() {
    while (m_asked.size() < kAskedAtOnce && !m_wanted.isEmpty()) {
        const QString clip = m_wanted.takeLast();
        m_asked.insert(clip);
        m_disk.askThumbnail(pathOf(clip), kWidth);
    }
}

// Kept when empty as well: a file that cannot be read is not read again and again.
void ThumbnailCache::take(const QString& clip, const QVector<QImage>& frames) {
    m_asked.remove(clip);
    m_wanted.removeOne(clip);
    ask();
    const int room = std::max(
        1, std::min(m_limitMb * kKilobyte / kLeastKept, kUnseenLimitMb * kKilobyte / kUnseenKept));
    QVector<QImage> kept = frames;
    while (kept.size() > 1 && kilobytes(kept) > room) {
        kept = everySecond(kept);
    }
    m_cache.insert(clip, new QVector<QImage>(kept), std::min(kilobytes(kept), room));
    Q_EMIT ready(clip);
}

}  // namespace tessera::ui
