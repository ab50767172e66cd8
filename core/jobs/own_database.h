#pragma once

// What the journal and the library share: an SQLite file of ours is told from any other by its
// application id, opened the same way, and its faults are said in the same words. Internal to jobs;
// the functions throw SQLite::Exception. The caller guards the connection.

#include "core/base/result.h"

#include <filesystem>
#include <memory>
#include <string>

namespace SQLite {  // NOLINT(readability-identifier-naming): the library's own name
class Database;
class Exception;
}  // namespace SQLite

namespace tessera::jobs {

// One kind of database; all values are literals.
struct DatabaseKind {
    const char* name;    // in sentences: "journal"
    const char* remedy;  // what to do with a file that cannot be used
    int applicationId;   // four letters: tells it from any other SQLite file
    int schema;          // newest that this version reads
    const char* tables;  // SQL that makes them
};

// BadFile: "The journal /path cannot be used: <text>."
base::Error databaseError(const DatabaseKind& kind,
                          const std::filesystem::path& path,
                          const std::string& text);

// The same for what SQLite threw; NotWritable and NoSpace where its code says so.
base::Error databaseError(const DatabaseKind& kind,
                          const std::filesystem::path& path,
                          const SQLite::Exception& exception);

// Opens or makes the file, with its folder; nothing is written yet.
std::unique_ptr<SQLite::Database> openDatabase(const std::filesystem::path& path);

// NewerSchema when a later version made it, BadFile when it belongs to another program. To be asked
// before anything is written: a file that is not ours stays as it is.
base::Status checkOwner(const DatabaseKind& kind,
                        const std::filesystem::path& path,
                        SQLite::Database& sql);

// Write-ahead log and foreign keys. NORMAL in WAL: a commit survives the death of the process
// without an fsync on the caller's thread; only a power cut may take the last ones.
void setUpDatabase(SQLite::Database& sql);

// Makes the tables of a fresh file and marks it as ours.
void makeTables(const DatabaseKind& kind, SQLite::Database& sql);

}  // namespace tessera::jobs
