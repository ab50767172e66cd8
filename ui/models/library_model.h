#pragma once

// The clips of the library that match the search, as a list. Reads and writes the database on the
// disk worker; the GUI thread only holds values. GUI thread.

#include "core/jobs/library.h"

#include <QAbstractListModel>
#include <QCache>
#include <QImage>
#include <QUrl>
#include <QVector>

#include <memory>
#include <vector>

namespace tessera::ui {

class DiskWorker;

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

    // All clips there are, whatever the search.
    int total() const { return m_total; }

    const std::vector<std::pair<std::string, int>>& tags() const { return m_tags; }

    void setQuery(const jobs::LibraryQuery& query);
    const jobs::LibraryQuery& query() const { return m_query; }

    void addResult(const pipeline::GenerationResult& result, const jobs::Recipe& recipe);
    void rate(int row, int rating);
    void setTags(int row, const std::vector<std::string>& tags);
    void moveToTrash(const QModelIndexList& rows);
    void undoTrash();  // the last moveToTrash()
    bool canUndoTrash() const { return !m_lastTrashed.empty(); }

    void scan(const std::filesystem::path& folder);
    void refresh();

Q_SIGNALS:
    void refreshed();
    void queryRefused(const tessera::base::Error& error);
    void problem(const tessera::base::Error& error);
    void trashed(int count);

private:
    DiskWorker& m_disk;
    std::shared_ptr<struct LibraryHandle> m_handle;
    std::vector<jobs::LibraryClip> m_clips;
    std::vector<std::pair<std::string, int>> m_tags;
    std::vector<std::int64_t> m_lastTrashed;
    mutable QCache<QString, QVector<QImage>> m_thumbnails;
    jobs::LibraryQuery m_query;
    int m_total = 0;
};

}  // namespace tessera::ui
