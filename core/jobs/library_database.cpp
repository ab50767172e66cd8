#include "core/jobs/library_database.h"

#include "core/base/log.h"
#include "core/jobs/library_query.h"
#include "core/jobs/own_database.h"
#include "core/jobs/words.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

namespace tessera::jobs {

using base::ErrorCode;
using base::Result;
using base::Status;

namespace {

// Beside the clip itself, the columns that a search compares: letters folded, seeds sortable.
// A path is taken by one clip outside the trash. `trash` is where the file lies while it is there.
constexpr const char* kTables = R"sql(
CREATE TABLE clip(
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    trash TEXT,
    made INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    fps REAL NOT NULL,
    took REAL NOT NULL,
    recipe TEXT NOT NULL,
    rating INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    name TEXT NOT NULL,
    prompt TEXT NOT NULL,
    negative TEXT NOT NULL,
    stage TEXT NOT NULL,
    model TEXT NOT NULL,
    hash TEXT NOT NULL,
    device TEXT NOT NULL,
    precision TEXT NOT NULL,
    steps INTEGER,
    guidance REAL,
    seed TEXT);
CREATE UNIQUE INDEX clip_of_path ON clip(path) WHERE trash IS NULL;
CREATE INDEX clip_by_time ON clip(made);
CREATE TABLE tag(
    clip INTEGER NOT NULL REFERENCES clip(row) ON DELETE CASCADE,
    folded TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY(clip, folded)) WITHOUT ROWID;
CREATE INDEX tag_by_text ON tag(folded);
)sql";

}  // namespace

const char* const kSelectClips =
    "SELECT row,coalesce(trash,path),made,bytes,width,height,frames,fps,took,recipe,rating,missing,"
    "(SELECT group_concat(text,char(31)) FROM (SELECT text FROM tag WHERE tag.clip=clip.row ORDER "
    "BY folded)) FROM clip ";

namespace {

constexpr DatabaseKind kLibrary{
    "library",
    "Move the file away; a fresh library is made and takes the clips in again, without their "
    "ratings and tags.",
    0x5453524C,  // "TSRL"
    1,
    kTables};
constexpr int kMaxRating = 5;
constexpr std::size_t kMaxTags = 100;
constexpr std::size_t kMaxTagBytes = 200;
// Between tags in one column; never inside one, see cleanTag().
constexpr char kUnitSeparator = '\x1F';

base::Error sqlError(const std::filesystem::path& path, const SQLite::Exception& exception) {
    base::Error error = databaseError(kLibrary, path, exception);
    if (exception.getErrorCode() == SQLITE_BUSY || exception.getErrorCode() == SQLITE_LOCKED) {
        error.code = ErrorCode::NotWritable;
        error.hint = "Another program holds the library; try again when it is done.";
    }
    return error;
}

// One line, without the character that separates tags.
std::string cleanTag(std::string_view text) {
    std::string tag;
    for (const char c : text.substr(0, kMaxTagBytes)) {
        if (static_cast<unsigned char>(c) >= ' ' && c != '"') {
            tag += c;
        }
    }
    const std::size_t first = tag.find_first_not_of(' ');
    if (first == std::string::npos) {
        return {};
    }
    return tag.substr(first, tag.find_last_not_of(' ') - first + 1);
}

bool hasRecipe(const Recipe& recipe) {
    return recipe.effective || !recipe.source.empty() ||
           !(recipe.asked == pipeline::GenerationRequest{});
}

template <class Number>
Number clamped(const SQLite::Column& column, std::int64_t high) {
    return static_cast<Number>(std::clamp<std::int64_t>(column.getInt64(), 0, high));
}

LibraryClip readClip(SQLite::Statement& select) {
    constexpr std::int64_t kMaxInt = 1 << 30;
    LibraryClip clip;
    clip.row = select.getColumn(0).getInt64();
    clip.path = select.getColumn(1).getString();
    clip.madeAt = select.getColumn(2).getInt64();
    clip.bytes = clamped<std::uint64_t>(select.getColumn(3), INT64_MAX);
    clip.width = clamped<int>(select.getColumn(4), kMaxInt);
    clip.height = clamped<int>(select.getColumn(5), kMaxInt);
    clip.frames = clamped<int>(select.getColumn(6), kMaxInt);
    clip.fps = select.getColumn(7).getDouble();
    clip.secondsTotal = select.getColumn(8).getDouble();
    const std::string recipe = select.getColumn(9).getString();
    if (!recipe.empty()) {
        Result<Recipe> read = parseRecipe(recipe, "the library's recipe");
        if (read) {
            clip.recipe = std::move(*read);
        } else {
            base::logWarning("A recipe of the library is passed over: " +
                             base::describe(read.error()));
        }
    }
    clip.rating = clamped<int>(select.getColumn(10), kMaxRating);
    clip.isMissing = select.getColumn(11).getInt() != 0;
    const std::string tags = select.getColumn(12).getString();
    for (std::size_t at = 0; at < tags.size();) {
        const std::size_t end = std::min(tags.find(kUnitSeparator, at), tags.size());
        clip.tags.push_back(tags.substr(at, end - at));
        at = end + 1;
    }
    return clip;
}

}  // namespace

Library::Database::Database(std::filesystem::path path) : m_path(std::move(path)) {}

Library::Database::~Database() = default;

Result<std::unique_ptr<Library::Database>> Library::Database::open(
    const std::filesystem::path& path) {
    std::unique_ptr<Database> database(new Database(path));
    const Status status = database->guarded([&]() -> Status {
        database->m_sql = openDatabase(path);
        SQLite::Database& sql = *database->m_sql;
        if (Status owner = checkOwner(kLibrary, path, sql); !owner) {
            return owner;
        }
        // Nothing that somebody put into the schema may call functions.
        sql.exec("PRAGMA trusted_schema=OFF");
        setUpDatabase(sql);
        SQLite::Transaction transaction(sql, SQLite::TransactionBehavior::IMMEDIATE);
        makeTables(kLibrary, sql);
        if (Status whole = database->checkWhole(); !whole) {
            return whole;
        }
        transaction.commit();
        return {};
    });
    if (!status) {
        return base::fail(status.error());
    }
    return database;
}

Status Library::Database::guarded(const std::function<Status()>& work) const {
    try {
        return work();
    } catch (const SQLite::Exception& exception) {
        base::Error error = sqlError(m_path, exception);
        base::logWarning(base::describe(error));
        return base::fail(std::move(error));
    } catch (const std::exception& exception) {
        return base::fail(databaseError(kLibrary, m_path, std::string(exception.what())));
    }
}

Status Library::Database::transact(const std::function<Status(SQLite::Database&)>& write) {
    const std::scoped_lock lock(m_mutex);
    return guarded([&]() -> Status {
        SQLite::Transaction transaction(*m_sql, SQLite::TransactionBehavior::IMMEDIATE);
        if (Status status = write(*m_sql); !status) {
            return status;
        }
        transaction.commit();
        return {};
    });
}

Status Library::Database::read(const std::function<void(SQLite::Database&)>& read) {
    const std::scoped_lock lock(m_mutex);
    return guarded([&]() -> Status {
        read(*m_sql);
        return {};
    });
}

Status Library::Database::checkWhole() {
    if (m_sql->execAndGet("PRAGMA quick_check(1)").getString() != "ok") {
        return base::fail(databaseError(kLibrary, m_path, std::string("it is damaged")));
    }
    if (m_sql
            ->execAndGet("SELECT count(*) FROM sqlite_master WHERE type IN ('trigger','view') OR "
                         "upper(sql) LIKE 'CREATE VIRTUAL%'")
            .getInt() != 0) {
        return base::fail(
            databaseError(kLibrary, m_path, std::string("it holds programs of its own")));
    }
    return {};
}

std::vector<LibraryClip> readClips(SQLite::Statement& select) {
    std::vector<LibraryClip> clips;
    while (select.executeStep()) {
        clips.push_back(readClip(select));
    }
    return clips;
}

std::int64_t writeClip(SQLite::Database& sql, std::int64_t row, const LibraryClip& clip) {
    SQLite::Statement write(
        sql,
        row == 0
            ? "INSERT INTO clip(path,made,bytes,width,height,frames,fps,took,recipe,rating,missing,"
              "name,prompt,negative,stage,model,hash,device,precision,steps,guidance,seed) "
              "VALUES(:path,:made,:bytes,:width,:height,:frames,:fps,:took,:recipe,:rating,"
              ":missing,:name,:prompt,:negative,:stage,:model,:hash,:device,:precision,:steps,"
              ":guidance,:seed)"
            : "UPDATE clip SET path=:path,made=:made,bytes=:bytes,width=:width,height=:height,"
              "frames=:frames,fps=:fps,took=:took,recipe=:recipe,rating=:rating,missing=:missing,"
              "name=:name,prompt=:prompt,negative=:negative,stage=:stage,model=:model,hash=:hash,"
              "device=:device,precision=:precision,steps=:steps,guidance=:guidance,seed=:seed "
              "WHERE row=:row");
    const bool isKnown = hasRecipe(clip.recipe);
    const pipeline::GenerationRequest ran = reproduce(clip.recipe);
    write.bind(":path", clip.path.string());
    write.bind(":made", clip.madeAt);
    write.bind(":bytes", static_cast<std::int64_t>(clip.bytes));
    write.bind(":width", clip.width);
    write.bind(":height", clip.height);
    write.bind(":frames", clip.frames);
    write.bind(":fps", clip.fps);
    write.bind(":took", clip.secondsTotal);
    write.bind(":recipe", isKnown ? recipeText(clip.recipe) : std::string());
    write.bind(":rating", std::clamp(clip.rating, 0, kMaxRating));
    write.bind(":missing", clip.isMissing ? 1 : 0);
    write.bind(":name", foldCase(clip.path.filename().string()));
    write.bind(":prompt", foldCase(clip.recipe.asked.prompt));
    write.bind(":negative", foldCase(clip.recipe.asked.negativePrompt));
    write.bind(":stage", isKnown ? std::string(word(ran.stage)) : std::string());
    write.bind(":model", foldCase(clip.recipe.asked.model.filename().string()));
    write.bind(":hash", foldCase(clip.recipe.modelHash));
    write.bind(":device", isKnown ? word(ran.device) : std::string());
    write.bind(":precision", isKnown ? std::string(word(ran.precision)) : std::string());
    if (isKnown) {
        write.bind(":steps", ran.steps);
        write.bind(":seed", sortableSeed(ran.seed));
    }
    if (isKnown && ran.cfgScale) {
        write.bind(":guidance", *ran.cfgScale);
    }
    if (row != 0) {
        write.bind(":row", row);
    }
    write.exec();
    return row != 0 ? row : sql.getLastInsertRowid();
}

void writeTags(SQLite::Database& sql, std::int64_t row, const std::vector<std::string>& tags) {
    SQLite::Statement clear(sql, "DELETE FROM tag WHERE clip=?");
    clear.bind(1, row);
    clear.exec();
    SQLite::Statement insert(sql, "INSERT OR IGNORE INTO tag VALUES(?,?,?)");
    std::size_t count = 0;
    for (const std::string& text : tags) {
        const std::string tag = cleanTag(text);
        if (tag.empty() || ++count > kMaxTags) {
            continue;
        }
        insert.bind(1, row);
        insert.bind(2, foldCase(tag));
        insert.bind(3, tag);
        insert.exec();
        insert.reset();
    }
}

base::Error noSuchClip(std::int64_t row) {
    return {ErrorCode::NotFound,
            "The library has no clip " + std::to_string(row) + ".",
            "Look for it again: another program may have changed the library.",
            "row " + std::to_string(row)};
}

}  // namespace tessera::jobs
