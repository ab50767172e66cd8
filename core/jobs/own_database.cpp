#include "core/jobs/own_database.h"

#include <chrono>
#include <system_error>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

namespace tessera::jobs {

using base::ErrorCode;

namespace {

// A second program writes for microseconds at a time; this long only a stuck disk takes.
constexpr int kBusyTimeoutMs = 2000;

}  // namespace

base::Error databaseError(const DatabaseKind& kind,
                          const std::filesystem::path& path,
                          const std::string& text) {
    return {
        ErrorCode::BadFile,
        std::string("The ") + kind.name + " " + path.string() + " cannot be used: " + text + ".",
        kind.remedy,
        path.string()};
}

base::Error databaseError(const DatabaseKind& kind,
                          const std::filesystem::path& path,
                          const SQLite::Exception& exception) {
    base::Error error = databaseError(kind, path, std::string(exception.what()));
    switch (exception.getErrorCode()) {
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
            error.code = ErrorCode::NotWritable;
            error.hint = "Make the folder writable, or choose another one with --data-dir.";
            break;
        case SQLITE_FULL:
            error.code = ErrorCode::NoSpace;
            error.hint = "Free some space, or choose another folder with --data-dir.";
            break;
        default:
            break;
    }
    return error;
}

std::unique_ptr<SQLite::Database> openDatabase(const std::filesystem::path& path) {
    std::error_code ignored;
    std::filesystem::create_directories(path.parent_path(), ignored);
    return std::make_unique<SQLite::Database>(
        path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyTimeoutMs);
}

base::Status checkOwner(const DatabaseKind& kind,
                        const std::filesystem::path& path,
                        SQLite::Database& sql) {
    // One reading of all three: between two, another program may make the tables.
    const SQLite::Transaction snapshot(sql);
    const int version = sql.execAndGet("PRAGMA user_version").getInt();
    const int application = sql.execAndGet("PRAGMA application_id").getInt();
    if (application == kind.applicationId && version > kind.schema) {
        return base::fail(ErrorCode::NewerSchema,
                          std::string("The ") + kind.name + " " + path.string() + " has schema " +
                              std::to_string(version) + "; this version reads up to " +
                              std::to_string(kind.schema) + ".",
                          "Use the newer version of Tessera that wrote it, or another --data-dir.",
                          path.string());
    }
    if (application != kind.applicationId &&
        sql.execAndGet("SELECT count(*) FROM sqlite_master").getInt() != 0) {
        return base::fail(
            databaseError(kind, path, std::string("it is a database of another program")));
    }
    return {};
}

void setUpDatabase(SQLite::Database& sql) {
    // SQLite's own wait does not cover the change to WAL, for which a fresh file must be nobody
    // else's for a moment.
    constexpr auto kPause = std::chrono::milliseconds(5);
    for (int tries = kBusyTimeoutMs / static_cast<int>(kPause.count());; --tries) {
        const int code = sql.tryExec("PRAGMA journal_mode=WAL");
        if (code == SQLITE_OK) {
            break;
        }
        if (code != SQLITE_BUSY || tries == 0) {
            throw SQLite::Exception(sql.getHandle(), code);
        }
        std::this_thread::sleep_for(kPause);
    }
    sql.exec("PRAGMA synchronous=NORMAL");
    sql.exec("PRAGMA foreign_keys=ON");
}

void makeTables(const DatabaseKind& kind, SQLite::Database& sql) {
    if (sql.execAndGet("PRAGMA application_id").getInt() == kind.applicationId) {
        return;
    }
    sql.exec(kind.tables);
    sql.exec("PRAGMA application_id=" + std::to_string(kind.applicationId));
    sql.exec("PRAGMA user_version=" + std::to_string(kind.schema));
}

}  // namespace tessera::jobs
