// The library and the files it tells of: trash, restore, scan.

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/jobs/library.h"
#include "core/jobs/library_database.h"
#include "core/jobs/library_query.h"

#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

namespace tessera::jobs {

using base::ErrorCode;
using base::Result;
using base::Status;

namespace {

constexpr const char* kTrashFolder = ".trash";

struct Place {
    std::filesystem::path path;
    std::filesystem::path trash;  // empty = not in the trash
    bool isMissing = false;
};

std::optional<Place> placeOf(SQLite::Database& sql, std::int64_t row) {
    SQLite::Statement select(sql, "SELECT path,trash,missing FROM clip WHERE row=?");
    select.bind(1, row);
    if (!select.executeStep()) {
        return std::nullopt;
    }
    return Place{select.getColumn(0).getString(),
                 select.getColumn(1).getString(),
                 select.getColumn(2).getInt() != 0};
}

bool isThere(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

bool isTaken(SQLite::Database& sql, const std::filesystem::path& path) {
    SQLite::Statement select(sql, "SELECT 1 FROM clip WHERE path=? AND trash IS NULL");
    select.bind(1, path.string());
    return isThere(path) || select.executeStep();
}

// "clip.mp4", else "clip (2).mp4" and so on.
template <class IsTaken>
std::filesystem::path freeName(const std::filesystem::path& path, const IsTaken& taken) {
    std::filesystem::path candidate = path;
    for (int number = 2; taken(candidate); ++number) {
        candidate = path.parent_path() / (path.stem().string() + " (" + std::to_string(number) +
                                          ")" + path.extension().string());
    }
    return candidate;
}

Status moveFile(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::error_code error;
    std::filesystem::create_directories(to.parent_path(), error);
    if (!error) {
        std::filesystem::rename(from, to, error);
    }
    if (error) {
        return base::fail(base::writeError(to, error.value()));
    }
    return {};
}

// Moves the file inside the transaction, and back when the transaction does not stand.
class Move {
public:
    Status run(std::filesystem::path from, std::filesystem::path to) {
        Status moved = moveFile(from, to);
        if (moved) {
            m_from = std::move(from);
            m_to = std::move(to);
        }
        return moved;
    }

    void undo() const {
        if (!m_to.empty()) {
            static_cast<void>(moveFile(m_to, m_from));
        }
    }

private:
    std::filesystem::path m_from;
    std::filesystem::path m_to;
};

bool isClipFile(const std::filesystem::directory_entry& entry) {
    std::error_code ignored;
    const std::string suffix = foldCase(entry.path().extension().string());
    return (suffix == ".mp4" || suffix == ".gif") && entry.is_regular_file(ignored);
}

// Folders that begin with a dot are passed over: the trash, and what other programs keep.
Result<std::vector<std::filesystem::path>> clipsIn(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    const auto options = std::filesystem::directory_options::skip_permission_denied;
    std::filesystem::recursive_directory_iterator at(folder, options, error);
    if (error) {
        return base::fail(ErrorCode::NotFound,
                          "The folder " + folder.string() + " cannot be read.",
                          "Check that it is there, or choose another one in the settings.",
                          folder.string());
    }
    for (; at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
        const bool isHidden = at->path().filename().string().starts_with(".");
        std::error_code ignored;
        if (isHidden && at->is_directory(ignored)) {
            at.disable_recursion_pending();
        } else if (!isHidden && isClipFile(*at)) {
            found.push_back(std::filesystem::absolute(at->path(), ignored).lexically_normal());
        }
        if (error) {
            break;
        }
    }
    return found;
}

}  // namespace

Status Library::moveToTrash(std::int64_t row) {
    Move move;
    Status status = m_database->transact([&](SQLite::Database& sql) -> Status {
        const std::optional<Place> place = placeOf(sql, row);
        if (!place || !place->trash.empty()) {
            return base::fail(noSuchClip(row));
        }
        // The row in front: a clip that comes later under the same name finds its place too.
        const std::filesystem::path trash =
            freeName(place->path.parent_path() / kTrashFolder /
                         (std::to_string(row) + "-" + place->path.filename().string()),
                     isThere);
        SQLite::Statement update(sql, "UPDATE clip SET trash=?,missing=? WHERE row=?");
        update.bind(1, trash.string());
        update.bind(2, isThere(place->path) ? 0 : 1);
        update.bind(3, row);
        update.exec();
        return isThere(place->path) ? move.run(place->path, trash) : Status();
    });
    if (!status) {
        move.undo();
    }
    return status;
}

Status Library::restore(std::int64_t row) {
    Move move;
    Status status = m_database->transact([&](SQLite::Database& sql) -> Status {
        const std::optional<Place> place = placeOf(sql, row);
        if (!place || place->trash.empty()) {
            return base::fail(noSuchClip(row));
        }
        const std::filesystem::path path =
            freeName(place->path, [&](const auto& candidate) { return isTaken(sql, candidate); });
        SQLite::Statement update(sql, "UPDATE clip SET trash=NULL,path=?,name=? WHERE row=?");
        update.bind(1, path.string());
        update.bind(2, foldCase(path.filename().string()));
        update.bind(3, row);
        update.exec();
        if (isThere(place->trash)) {
            return move.run(place->trash, path);
        }
        return place->isMissing ? Status()
                                : Status(base::fail(ErrorCode::NotFound,
                                                    "The file " + place->trash.string() +
                                                        " is not in the bin any more.",
                                                    "Make the clip again from its recipe.",
                                                    place->trash.string()));
    });
    if (!status) {
        move.undo();
    }
    return status;
}

Status Library::emptyTrash() {
    return m_database->transact([&](SQLite::Database& sql) -> Status {
        SQLite::Statement select(sql, "SELECT row,trash FROM clip WHERE trash IS NOT NULL");
        std::vector<std::int64_t> gone;
        std::error_code last;
        std::filesystem::path stuck;
        while (select.executeStep()) {
            const std::filesystem::path file = select.getColumn(1).getString();
            std::error_code error;
            // Only what lies in a trash folder: a row from elsewhere could name any file.
            if (file.parent_path().filename() == kTrashFolder) {
                std::filesystem::remove(file, error);
            }
            if (error) {
                last = error;
                stuck = file;
            } else {
                gone.push_back(select.getColumn(0).getInt64());
            }
        }
        select.reset();
        SQLite::Statement drop(sql, "DELETE FROM clip WHERE row=?");
        for (const std::int64_t row : gone) {
            drop.bind(1, row);
            drop.exec();
            drop.reset();
        }
        if (last) {
            base::logWarning(base::describe(base::writeError(stuck, last.value())));
        }
        return {};
    });
}

Result<int> Library::scan(const std::filesystem::path& folder, const ReadClipFacts& read) {
    Result<std::vector<std::filesystem::path>> found = clipsIn(folder);
    if (!found) {
        return base::fail(found.error());
    }

    struct Known {
        std::int64_t row;
        bool isMissing;
    };

    std::vector<Known> changed;
    std::set<std::filesystem::path> known;
    Status status = m_database->read([&](SQLite::Database& sql) {
        SQLite::Statement select(sql, "SELECT row,path,missing FROM clip WHERE trash IS NULL");
        while (select.executeStep()) {
            const std::filesystem::path path = select.getColumn(1).getString();
            const bool wasMissing = select.getColumn(2).getInt() != 0;
            if (isThere(path) == wasMissing) {
                changed.push_back({select.getColumn(0).getInt64(), !wasMissing});
            }
            known.insert(path);
        }
    });
    if (status && !changed.empty()) {
        status = m_database->transact([&](SQLite::Database& sql) -> Status {
            SQLite::Statement update(sql, "UPDATE clip SET missing=? WHERE row=?");
            for (const Known& clip : changed) {
                update.bind(1, clip.isMissing ? 1 : 0);
                update.bind(2, clip.row);
                update.exec();
                update.reset();
            }
            return {};
        });
    }
    if (!status) {
        return base::fail(status.error());
    }
    int added = 0;
    for (const std::filesystem::path& path : *found) {
        if (known.contains(path)) {
            continue;
        }
        // Outside of any transaction: a slow disk holds nobody else up.
        Result<LibraryClip> clip = read(path);
        if (!clip) {
            base::logInfo("Not added to the library: " + base::describe(clip.error()));
            continue;
        }
        clip->path = path;
        if (const Result<std::int64_t> row = add(*clip); !row) {
            return base::fail(row.error());
        }
        ++added;
    }
    return added;
}

}  // namespace tessera::jobs
