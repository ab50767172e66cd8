#pragma once

// Moving thumbnails of clips, kept up to a limit of memory and asked of the disk worker when they
// are not there, the one wanted last first: what scrolled into view does not wait for what scrolled
// out. GUI thread.

#include <QCache>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QStringList>
#include <QVector>

namespace tessera::ui {

class DiskWorker;

class ThumbnailCache final : public QObject {
    Q_OBJECT

public:
    explicit ThumbnailCache(DiskWorker& disk, QObject* parent = nullptr);

    // Empty when they are not there yet (ready() follows) or the file cannot be read.
    QVector<QImage> frames(const QString& clip);

    void forget(const QString& clip);
    void setLimit(int megabytes);

    // While nobody browses the library, only the last few are kept: those of a long night's clips
    // would be all that grows in the program.
    void setBrowsed(bool isBrowsed);

Q_SIGNALS:
    void ready(const QString& clip);

private:
    void ask();
    void applyLimit();
    void take(const QString& clip, const QVector<QImage>& frames);

    DiskWorker& m_disk;
    QCache<QString, QVector<QImage>> m_cache;  // cost in kilobytes
    int m_limitMb;
    bool m_isBrowsed = false;
    QStringList m_wanted;   // the last one is asked for first
    QSet<QString> m_asked;  // on the disk thread now
};

}  // namespace tessera::ui
