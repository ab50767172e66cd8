#pragma once

// The clips of the library that match the search, as a list. Reads and writes the database on the
// disk worker; the GUI thread only holds values. GUI thread.

#include "core/jobs/library.h"

#include <QAbstractListModel>
#include <QImage>
#include <QUrl>
#include <QVector>

#include <functional>
#include <memory>
#include <vector>

namespace tessera::ui {

class DiskWorker;
class LibraryHandle;
class ThumbnailCache;

class LibraryModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { ClipRole = Qt::UserRole, FramesRole };  // jobs::LibraryClip; QVector<QImage>

    // Opens `database` on the disk worker; a corrupt one is set aside ("library-1.broken.sqlite")
    // and reported by problem().
    LibraryModel(std::filesystem::path database, DiskWorker& disk, QObject* parent = nullptr);
    ~LibraryModel() override;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;  // file URLs, drag out

    const jobs::LibraryClip& clip(int row) const { return m_clips[static_cast<std::size_t>(row)]; }

    // Where the clip of this library row stands; -1 when it is not among those found.
    int indexOf(std::int64_t libraryRow) const;

    // All clips there are, whatever the search.
    int total() const { return m_total; }

    const std::vector<std::pair<std::string, int>>& tags() const { return m_facets.tags; }

    // What occurs in the whole library, with counts.
    const jobs::LibraryFacets& facets() const { return m_facets; }

    // The first answer of the database is there.
    bool isLoaded() const { return m_isLoaded; }

    // Moving thumbnails kept in memory; the oldest go first.
    void setThumbnailLimit(int megabytes);

    // Whether somebody looks at the list, and not only at its newest clips: fewer thumbnails are
    // kept meanwhile.
    void setBrowsed(bool isBrowsed);

    // The clips found stay until the new answer is there; queryRefused() when it cannot be read.
    void setQuery(const jobs::LibraryQuery& query);

    const jobs::LibraryQuery& query() const { return m_query; }

    void addResult(const pipeline::GenerationResult& result, const jobs::Recipe& recipe);
    void rate(int row, int rating);
    void setTags(int row, const std::vector<std::string>& tags);
    void moveToTrash(const QModelIndexList& rows);
    void undoTrash();                           // the last moveToTrash()
    void restore(const QModelIndexList& rows);  // of what was found in the trash
    void emptyTrash();                          // for good

    bool canUndoTrash() const { return !m_lastTrashed.empty(); }

    void scan(const std::filesystem::path& folder);
    void refresh();

Q_SIGNALS:
    void refreshed();
    void queryRefused(const tessera::base::Error& error);
    void problem(const tessera::base::Error& error);
    void trashed(int count);
    void restored(int count);

private:
    struct Answer;

    void restoreRows(std::vector<std::int64_t> clips);
    void change(std::function<base::Status(jobs::Library&)> work, std::function<void()> then);
    void apply(Answer& answer);
    void show(std::vector<jobs::LibraryClip> clips);
    bool mergeRows(std::vector<jobs::LibraryClip>& clips);
    void showThumbnail(const QString& clip);

    DiskWorker& m_disk;
    std::shared_ptr<LibraryHandle> m_handle;  // of the disk thread
    std::vector<jobs::LibraryClip> m_clips;
    jobs::LibraryFacets m_facets;
    std::vector<std::int64_t> m_lastTrashed;
    ThumbnailCache* m_thumbnails;
    jobs::LibraryQuery m_query;
    int m_total = 0;
    bool m_isLoaded = false;
    bool m_isRefreshing = false;
    bool m_refreshesAgain = false;
    bool m_answerIsStale = false;  // the one on its way was read before what is shown already
};

}  // namespace tessera::ui
