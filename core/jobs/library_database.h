#pragma once

// The library's database, opened and guarded: one connection, one thread at a time, every exception
// of SQLite as an error. Internal to jobs; library.h is the door. Any thread.

#include "core/base/result.h"
#include "core/jobs/library.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace SQLite {  // NOLINT(readability-identifier-naming): the library's own name
class Database;
class Statement;
}  // namespace SQLite

namespace tessera::jobs {

class Library::Database {
public:
    static base::Result<std::unique_ptr<Database>> open(const std::filesystem::path& path);
    ~Database();

    // Runs `write` in one transaction that stands only when it returns no error. `write` may throw
    // what SQLiteCpp throws.
    base::Status transact(const std::function<base::Status(SQLite::Database&)>& write);

    base::Status read(const std::function<void(SQLite::Database&)>& read);

private:
    explicit Database(std::filesystem::path path);

    // Throws SQLite::Exception.
    base::Status checkWhole();

    base::Status guarded(const std::function<base::Status()>& work) const;

    std::mutex m_mutex;
    std::filesystem::path m_path;
    std::unique_ptr<SQLite::Database> m_sql;
};

// The rows of a statement that begins with kSelectClips.
extern const char* const kSelectClips;
std::vector<LibraryClip> readClips(SQLite::Statement& select);

// The clip's row (0 = a new one) with all that can be searched. Throws SQLite::Exception.
std::int64_t writeClip(SQLite::Database& sql, std::int64_t row, const LibraryClip& clip);
void writeTags(SQLite::Database& sql, std::int64_t row, const std::vector<std::string>& tags);

base::Error noSuchClip(std::int64_t row);

}  // namespace tessera::jobs
