#include "ui/models/library_model.h"

#include "ui/bridge/disk_worker.h"
#include "ui/bridge/text.h"
#include "ui/models/library_handle.h"
#include "ui/models/thumbnail_cache.h"

#include <QMimeData>

#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace tessera::ui {

namespace {

bool isSame(const jobs::LibraryClip& a, const jobs::LibraryClip& b) {
    return a.row == b.row && a.path == b.path && a.madeAt == b.madeAt && a.bytes == b.bytes &&
           a.rating == b.rating && a.tags == b.tags && a.isMissing == b.isMissing &&
           a.secondsTotal == b.secondsTotal && a.recipe.source == b.recipe.source;
}

template <class Work>
base::Status guarded(const Work& work) {
    try {
        return work();
    } catch (const std::exception& exception) {
        return base::fail(base::ErrorCode::Internal,
                          std::string("The library stopped: ") + exception.what() + ".",
                          "Try again; start the program anew if it happens again.",
                          "LibraryModel");
    }
}

std::vector<std::int64_t> libraryRows(const LibraryModel& model, const QModelIndexList& rows) {
    std::vector<std::int64_t> clips;
    for (const QModelIndex& index : rows) {
        clips.push_back(model.clip(index.row()).row);
    }
    return clips;
}

}  // namespace

struct LibraryModel::Answer {
    jobs::LibraryQuery query;
    base::Result<std::vector<jobs::LibraryClip>> clips;
    jobs::LibraryFacets facets;
    int total = 0;
    std::optional<base::Error> problem;
};

LibraryModel::LibraryModel(std::filesystem::path database, DiskWorker& disk, QObject* parent)
    : QAbstractListModel(parent),
      m_disk(disk),
      m_handle(std::make_shared<LibraryHandle>(std::move(database))),
      m_thumbnails(new ThumbnailCache(disk, this)) {
    connect(m_thumbnails, &ThumbnailCache::ready, this, &LibraryModel::showThumbnail);
    refresh();
}

LibraryModel::~LibraryModel() = default;

int LibraryModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_clips.size());
}

QVariant LibraryModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const jobs::LibraryClip& clip = this->clip(index.row());
    const QString path = toQt(clip.path);
    switch (role) {
        case Qt::DisplayRole:
        case Qt::AccessibleTextRole:
            return clip.recipe.asked.prompt.empty() ? toQt(clip.path.filename())
                                                    : toQt(clip.recipe.asked.prompt).simplified();
        case Qt::ToolTipRole:
            return clip.recipe.asked.prompt.empty() ? path : toQt(clip.recipe.asked.prompt);
        case ClipRole:
            return QVariant::fromValue(clip);
        case FramesRole:
            return QVariant::fromValue(clip.isMissing ? QVector<QImage>()
                                                      : m_thumbnails->frames(path));
        default:
            return {};
    }
}

Qt::ItemFlags LibraryModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) {
        return Qt::NoItemFlags;
    }
    const Qt::ItemFlags flags = Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
    return clip(index.row()).isMissing ? flags : flags | Qt::ItemIsDragEnabled;
}

QStringList LibraryModel::mimeTypes() const {
    return {QStringLiteral("text/uri-list")};
}

QMimeData* LibraryModel::mimeData(const QModelIndexList& indexes) const {
    QList<QUrl> files;
    for (const QModelIndex& index : indexes) {
        files.append(QUrl::fromLocalFile(toQt(clip(index.row()).path)));
    }
    auto* data = new QMimeData;
    data->setUrls(files);
    return data;
}

int LibraryModel::indexOf(std::int64_t libraryRow) const {
    const auto found = std::ranges::find(m_clips, libraryRow, &jobs::LibraryClip::row);
    return found == m_clips.end() ? -1 : static_cast<int>(found - m_clips.begin());
}

void LibraryModel::setThumbnailLimit(int megabytes) {
    m_thumbnails->setLimit(megabytes);
}

void LibraryModel::setBrowsed(bool isBrowsed) {
    m_thumbnails->setBrowsed(isBrowsed);
}

// ---- Questions ----

void LibraryModel::setQuery(const jobs::LibraryQuery& query) {
    if (query == m_query) {
        return;
    }
    m_query = query;
    refresh();
}

void LibraryModel::refresh() {
    if (m_isRefreshing) {
        m_refreshesAgain = true;
        return;
    }
    m_isRefreshing = true;
    auto answer = std::make_shared<Answer>();
    answer->query = m_query;
    m_disk.run(
        this,
        [handle = m_handle, answer] {
            const base::Status status = guarded([&]() -> base::Status {
                const auto library = handle->library();
                answer->problem = handle->takeReport();
                if (!library) {
                    return base::fail(library.error());
                }
                answer->clips = (*library)->find(answer->query);
                const auto total = (*library)->count();
                auto facets = (*library)->facets();
                if (!total || !facets) {
                    return base::fail(total ? facets.error() : total.error());
                }
                answer->total = static_cast<int>(*total);
                answer->facets = std::move(*facets);
                return {};
            });
            if (!status) {
                answer->problem = status.error();
            }
        },
        [this, answer] { apply(*answer); });
}

void LibraryModel::apply(Answer& answer) {
    m_isRefreshing = false;
    const bool isStale = std::exchange(m_answerIsStale, false);
    if (std::exchange(m_refreshesAgain, false) || isStale) {
        refresh();  // what was asked meanwhile is the newer truth
    }
    const bool isCurrent = !isStale && answer.query == m_query;
    m_isLoaded = true;
    m_total = answer.total;
    m_facets = std::move(answer.facets);
    if (isCurrent && answer.clips) {
        show(std::move(*answer.clips));
    }
    Q_EMIT refreshed();
    if (isCurrent && !answer.clips) {
        if (answer.clips.error().code == base::ErrorCode::BadInput) {
            Q_EMIT queryRefused(answer.clips.error());
        } else if (!answer.problem) {
            answer.problem = answer.clips.error();
        }
    }
    if (answer.problem) {
        Q_EMIT problem(*answer.problem);
    }
}

void LibraryModel::show(std::vector<jobs::LibraryClip> clips) {
    std::unordered_map<std::int64_t, std::uint64_t> bytesBefore;
    for (const jobs::LibraryClip& clip : m_clips) {
        bytesBefore.emplace(clip.row, clip.bytes);
    }
    for (const jobs::LibraryClip& clip : clips) {
        const auto before = bytesBefore.find(clip.row);
        if (before != bytesBefore.end() && before->second != clip.bytes) {
            m_thumbnails->forget(toQt(clip.path));  // the file is another one
        }
    }
    if (!mergeRows(clips)) {
        beginResetModel();
        m_clips = std::move(clips);
        endResetModel();
    }
}

// Takes rows away and puts new ones in, so that views keep what is chosen and where they are. False
// when the order changed or nearly everything did.
bool LibraryModel::mergeRows(std::vector<jobs::LibraryClip>& clips) {
    constexpr std::size_t kMaxChanges = 200;
    std::unordered_set<std::int64_t> after;
    for (const jobs::LibraryClip& clip : clips) {
        after.insert(clip.row);
    }
    std::vector<std::int64_t> kept;
    for (const jobs::LibraryClip& clip : m_clips) {
        if (after.contains(clip.row)) {
            kept.push_back(clip.row);
        }
    }
    if (m_clips.size() + clips.size() - 2 * kept.size() > kMaxChanges || kept.empty()) {
        return false;
    }
    std::size_t at = 0;
    for (const jobs::LibraryClip& clip : clips) {
        at += at < kept.size() && kept[at] == clip.row ? 1 : 0;
    }
    if (at != kept.size()) {
        return false;
    }
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (!after.contains(clip(row).row)) {
            beginRemoveRows({}, row, row);
            m_clips.erase(m_clips.begin() + row);
            endRemoveRows();
        }
    }
    std::vector<int> changed;
    for (std::size_t i = 0; i < clips.size(); ++i) {
        const int row = static_cast<int>(i);
        if (row >= rowCount() || clip(row).row != clips[i].row) {
            beginInsertRows({}, row, row);
            m_clips.insert(m_clips.begin() + row, std::move(clips[i]));
            endInsertRows();
        } else if (!isSame(m_clips[i], clips[i])) {
            m_clips[i] = std::move(clips[i]);
            changed.push_back(row);
        }
    }
    // One signal a run of rows: a folder that went away changes every row at once.
    for (std::size_t first = 0, i = 0; i < changed.size(); ++i) {
        if (i + 1 == changed.size() || changed[i + 1] != changed[i] + 1) {
            Q_EMIT dataChanged(index(changed[first]), index(changed[i]));
            first = i + 1;
        }
    }
    return true;
}

// ---- Changes ----

void LibraryModel::change(std::function<base::Status(jobs::Library&)> work,
                          std::function<void()> then) {
    auto status = std::make_shared<base::Status>();
    m_disk.run(
        this,
        [handle = m_handle, status, work = std::move(work)] {
            *status = guarded([&]() -> base::Status {
                const auto library = handle->library();
                return library ? work(**library) : base::Status(base::fail(library.error()));
            });
        },
        [this, status, then = std::move(then)] {
            if (then) {
                then();
            }
            if (!*status) {
                Q_EMIT problem(status->error());
            }
            refresh();
        });
}

void LibraryModel::addResult(const pipeline::GenerationResult& result, const jobs::Recipe& recipe) {
    jobs::LibraryClip clip;
    clip.path = result.path;
    clip.madeAt = std::chrono::duration_cast<std::chrono::seconds>(
                      std::chrono::system_clock::now().time_since_epoch())
                      .count();
    clip.width = result.frames ? result.frames->width : result.effective.width;
    clip.height = result.frames ? result.frames->height : result.effective.height;
    clip.frames = result.frames ? result.frames->frames : result.effective.videoFrames;
    clip.fps = result.frames ? result.frames->fps : result.effective.fps;
    clip.secondsTotal = result.secondsTotal;
    clip.recipe = recipe;
    change(
        [clip](jobs::Library& library) mutable -> base::Status {
            std::error_code ignored;
            const std::uintmax_t bytes = std::filesystem::file_size(clip.path, ignored);
            clip.bytes = ignored ? 0 : bytes;
            const auto row = library.add(clip);
            return row ? base::Status() : base::Status(base::fail(row.error()));
        },
        {});
}

void LibraryModel::rate(int row, int rating) {
    const std::int64_t clip = this->clip(row).row;
    // Shown at once; the database's answer follows, and one that was read before does not undo it.
    m_answerIsStale = m_isRefreshing;
    m_clips[static_cast<std::size_t>(row)].rating = std::clamp(rating, 0, 5);
    Q_EMIT dataChanged(index(row), index(row), {ClipRole});
    change([clip, rating](jobs::Library& library) { return library.rate(clip, rating); }, {});
}

void LibraryModel::setTags(int row, const std::vector<std::string>& tags) {
    const std::int64_t clip = this->clip(row).row;
    change([clip, tags](jobs::Library& library) { return library.setTags(clip, tags); }, {});
}

void LibraryModel::moveToTrash(const QModelIndexList& rows) {
    const std::vector<std::int64_t> clips = libraryRows(*this, rows);
    auto moved = std::make_shared<std::vector<std::int64_t>>();
    change(
        [clips, moved](jobs::Library& library) -> base::Status {
            base::Status last;
            for (const std::int64_t row : clips) {
                if (base::Status status = library.moveToTrash(row)) {
                    moved->push_back(row);
                } else {
                    last = std::move(status);
                }
            }
            return last;
        },
        [this, moved] {
            if (!moved->empty()) {
                m_lastTrashed = *moved;
                Q_EMIT trashed(static_cast<int>(moved->size()));
            }
        });
}

void LibraryModel::undoTrash() {
    restoreRows(std::exchange(m_lastTrashed, {}));
}

void LibraryModel::restoreRows(std::vector<std::int64_t> clips) {
    auto count = std::make_shared<int>(0);
    change(
        [rows = std::move(clips), count](jobs::Library& library) -> base::Status {
            base::Status last;
            for (const std::int64_t row : rows) {
                if (base::Status status = library.restore(row)) {
                    ++*count;
                } else {
                    last = std::move(status);
                }
            }
            return last;
        },
        [this, count] { Q_EMIT restored(*count); });
}

void LibraryModel::restore(const QModelIndexList& rows) {
    restoreRows(libraryRows(*this, rows));
}

void LibraryModel::emptyTrash() {
    m_lastTrashed.clear();
    change([](jobs::Library& library) { return library.emptyTrash(); }, {});
}

void LibraryModel::scan(const std::filesystem::path& folder) {
    change(
        [folder](jobs::Library& library) -> base::Status {
            std::error_code ignored;
            if (!std::filesystem::exists(folder, ignored)) {
                return {};  // nothing was made yet
            }
            const auto added = library.scan(folder, readClipFacts);
            return added ? base::Status() : base::Status(base::fail(added.error()));
        },
        {});
}

void LibraryModel::showThumbnail(const QString& clip) {
    const std::string path = fromQt(clip);
    for (int row = 0; row < rowCount(); ++row) {
        if (this->clip(row).path.native() == path) {
            Q_EMIT dataChanged(index(row), index(row), {FramesRole});
        }
    }
}

}  // namespace tessera::ui
