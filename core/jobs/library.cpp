#include "core/jobs/library.h"

#include "core/base/paths.h"
#include "core/jobs/library_database.h"
#include "core/jobs/library_query.h"
#include "core/jobs/words.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <SQLiteCpp/SQLiteCpp.h>

namespace tessera::jobs {

using base::ErrorCode;
using base::Result;
using base::Status;

namespace {

// Rows break ties, so that the order is the same each time.
const char* orderBy(LibraryQuery::Order order) {
    switch (order) {
        case LibraryQuery::Order::OldestFirst:
            return " ORDER BY made,row";
        case LibraryQuery::Order::RatingFirst:
            return " ORDER BY rating DESC,made DESC,row DESC";
        case LibraryQuery::Order::PromptFirst:
            return " ORDER BY prompt='',prompt,made DESC,row DESC";
        case LibraryQuery::Order::NewestFirst:
            break;
    }
    return " ORDER BY made DESC,row DESC";
}

std::vector<std::pair<std::string, int>> readTags(SQLite::Database& sql) {
    std::vector<std::pair<std::string, int>> tags;
    SQLite::Statement select(
        sql,
        "SELECT min(tag.text),count(*) FROM tag JOIN clip ON clip.row=tag.clip "
        "WHERE clip.trash IS NULL GROUP BY tag.folded ORDER BY tag.folded");
    while (select.executeStep()) {
        tags.emplace_back(select.getColumn(0).getString(), select.getColumn(1).getInt());
    }
    return tags;
}

// One row changed, or NotFound.
Status changed(int rows, std::int64_t row) {
    return rows == 1 ? Status() : Status(base::fail(noSuchClip(row)));
}

}  // namespace

Library::Library(std::unique_ptr<Database> database) : m_database(std::move(database)) {}

Library::~Library() = default;

Result<std::unique_ptr<Library>> Library::open(const std::filesystem::path& database) {
    Result<std::unique_ptr<Database>> opened = Database::open(database);
    if (!opened) {
        return base::fail(opened.error());
    }
    return std::unique_ptr<Library>(new Library(std::move(*opened)));
}

Result<std::int64_t> Library::add(const LibraryClip& clip) {
    if (clip.path.empty()) {
        return base::fail(ErrorCode::BadInput,
                          "A clip without a file cannot be added to the library.",
                          "Write the clip to a file first.");
    }
    LibraryClip added = clip;
    std::error_code ignored;
    added.path = std::filesystem::absolute(clip.path, ignored).lexically_normal();
    std::int64_t row = 0;
    const Status status = m_database->transact([&](SQLite::Database& sql) -> Status {
        SQLite::Statement known(sql, "SELECT row,rating FROM clip WHERE path=? AND trash IS NULL");
        known.bind(1, added.path.string());
        if (known.executeStep()) {
            row = known.getColumn(0).getInt64();
            if (added.rating == 0) {
                added.rating = known.getColumn(1).getInt();
            }
        }
        known.reset();
        row = writeClip(sql, row, added);
        if (!added.tags.empty()) {
            writeTags(sql, row, added.tags);
        }
        return {};
    });
    if (!status) {
        return base::fail(status.error());
    }
    return row;
}

Result<std::vector<LibraryClip>> Library::find(const LibraryQuery& query) const {
    const Result<LibraryCondition> condition = readQuery(query.text);
    if (!condition) {
        return base::fail(condition.error());
    }
    const char* place = query.place == LibraryQuery::Place::Trash ? "WHERE trash IS NOT NULL AND "
                                                                  : "WHERE trash IS NULL AND ";
    std::vector<LibraryClip> clips;
    const Status status = m_database->read([&](SQLite::Database& sql) {
        SQLite::Statement select(
            sql, std::string(kSelectClips) + place + condition->where + orderBy(query.order));
        int at = 0;
        for (const auto& value : condition->values) {
            ++at;
            std::visit([&](const auto& bound) { select.bind(at, bound); }, value);
        }
        clips = readClips(select);
    });
    if (!status) {
        return base::fail(status.error());
    }
    return clips;
}

Result<std::optional<LibraryClip>> Library::clip(std::int64_t row) const {
    std::optional<LibraryClip> clip;
    const Status status = m_database->read([&](SQLite::Database& sql) {
        SQLite::Statement select(sql, std::string(kSelectClips) + "WHERE row=? AND trash IS NULL");
        select.bind(1, row);
        std::vector<LibraryClip> clips = readClips(select);
        if (!clips.empty()) {
            clip = std::move(clips.front());
        }
    });
    if (!status) {
        return base::fail(status.error());
    }
    return clip;
}

Result<std::int64_t> Library::count() const {
    std::int64_t count = 0;
    const Status status = m_database->read([&](SQLite::Database& sql) {
        count = sql.execAndGet("SELECT count(*) FROM clip WHERE trash IS NULL").getInt64();
    });
    if (!status) {
        return base::fail(status.error());
    }
    return count;
}

Status Library::rate(std::int64_t row, int rating) {
    return m_database->transact([&](SQLite::Database& sql) -> Status {
        SQLite::Statement update(sql, "UPDATE clip SET rating=? WHERE row=?");
        update.bind(1, std::clamp(rating, 0, 5));
        update.bind(2, row);
        return changed(update.exec(), row);
    });
}

Status Library::setTags(std::int64_t row, const std::vector<std::string>& tags) {
    return m_database->transact([&](SQLite::Database& sql) -> Status {
        SQLite::Statement there(sql, "SELECT 1 FROM clip WHERE row=?");
        there.bind(1, row);
        if (!there.executeStep()) {
            return base::fail(noSuchClip(row));
        }
        there.reset();
        writeTags(sql, row, tags);
        return {};
    });
}

Result<std::vector<std::pair<std::string, int>>> Library::tags() const {
    std::vector<std::pair<std::string, int>> tags;
    const Status status = m_database->read([&](SQLite::Database& sql) { tags = readTags(sql); });
    if (!status) {
        return base::fail(status.error());
    }
    return tags;
}

Result<LibraryFacets> Library::facets() const {
    LibraryFacets facets;
    const Status status = m_database->read([&](SQLite::Database& sql) {
        SQLite::Statement stages(
            sql, "SELECT stage,count(*) FROM clip WHERE trash IS NULL GROUP BY stage");
        while (stages.executeStep()) {
            if (const Result<pipeline::Stage> stage = stageOf(stages.getColumn(0).getString())) {
                facets.stages.emplace_back(*stage, stages.getColumn(1).getInt());
            }
        }
        std::ranges::sort(facets.stages);
        SQLite::Statement sizes(sql,
                                "SELECT width,height,count(*) FROM clip WHERE trash IS NULL AND "
                                "width>0 AND height>0 GROUP BY width,height ORDER BY width*height "
                                "DESC,width DESC");
        while (sizes.executeStep()) {
            facets.sizes.push_back({sizes.getColumn(0).getInt(),
                                    sizes.getColumn(1).getInt(),
                                    sizes.getColumn(2).getInt()});
        }
        facets.tags = readTags(sql);
        facets.inTrash =
            sql.execAndGet("SELECT count(*) FROM clip WHERE trash IS NOT NULL").getInt();
    });
    if (!status) {
        return base::fail(status.error());
    }
    return facets;
}

std::filesystem::path libraryPath() {
    return base::dataFolder() / "library.sqlite";
}

}  // namespace tessera::jobs
