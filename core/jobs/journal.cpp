#include "core/jobs/journal.h"

#include "core/base/json.h"
#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/jobs/own_database.h"
#include "core/jobs/request_json.h"
#include "core/jobs/session_lock.h"

#include <array>
#include <cstdio>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

namespace tessera::jobs {

using base::Result;
using base::Status;

namespace {

// Jobs that ended, kept for the Library's history.
constexpr int kKeptEndedJobs = 1000;
// Interrupted this often in a row = set aside.
constexpr int kCrashesToSetAside = 2;

constexpr const char* kTables = R"sql(
CREATE TABLE session(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started TEXT NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE job(
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    session INTEGER NOT NULL REFERENCES session(id),
    id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    tag TEXT NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    crashes INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX job_of_session ON job(session, id);
CREATE INDEX job_by_state ON job(state);
CREATE TABLE transition(
    job INTEGER NOT NULL REFERENCES job(row) ON DELETE CASCADE,
    at TEXT NOT NULL,
    state TEXT NOT NULL,
    message TEXT NOT NULL);
CREATE INDEX transition_of_job ON transition(job);
)sql";

constexpr const char* kNow = "strftime('%Y-%m-%dT%H:%M:%fZ','now')";

const char* stateName(JobState state) {
    constexpr std::array<const char*, 6> kNames{
        "waiting", "running", "paused", "finished", "failed", "cancelled"};
    return kNames[static_cast<std::size_t>(state)];
}

constexpr DatabaseKind kJournal{
    "journal",
    "Move the file away, or choose another folder with --data-dir; a fresh journal is made at the "
    "next start.",
    0x5453524A,  // "TSRJ"
    1,
    kTables};

}  // namespace

class Journal::Database {
public:
    static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path);
    ~Database();

    Result<std::vector<RecoveredJob>> recovered();

    // Runs `write` in one transaction; logs what goes wrong.
    template <class Write>
    Status transact(Write write) {
        const std::scoped_lock lock(m_mutex);
        try {
            SQLite::Transaction transaction(*m_sql, SQLite::TransactionBehavior::IMMEDIATE);
            write(*m_sql);
            transaction.commit();
            return {};
        } catch (const std::exception& exception) {
            base::Error error = databaseError(kJournal, m_path, std::string(exception.what()));
            base::logWarning(base::describe(error));
            return base::fail(std::move(error));
        }
    }

    void insertJob(SQLite::Database& sql, const JobSpec& spec);
    void setState(SQLite::Database& sql, JobId job, JobState state, std::string_view message);
    void setOrder(SQLite::Database& sql, std::span<const JobId> order);

private:
    explicit Database(std::filesystem::path path) : m_path(std::move(path)) {}

    std::filesystem::path lockPath(std::int64_t session) const {
        return m_path.string() + ".session-" + std::to_string(session);
    }

    // Each throws SQLite::Exception.
    void markDeadSessions();
    Status beginSession();
    void dropOldJobs();

    std::mutex m_mutex;
    std::filesystem::path m_path;
    std::unique_ptr<SQLite::Database> m_sql;
    std::int64_t m_session = 0;
    std::int64_t m_nextPlace = 0;
    std::optional<SessionLock> m_sessionLock;
};

Result<std::unique_ptr<Journal::Database>> Journal::Database::open(
    const std::filesystem::path& path) {
    std::unique_ptr<Database> database(new Database(path));
    try {
        database->m_sql = openDatabase(path);
        SQLite::Database& sql = *database->m_sql;
        if (Status status = checkOwner(kJournal, path, sql); !status) {
            return base::fail(status.error());
        }
        setUpDatabase(sql);
        SQLite::Transaction transaction(sql, SQLite::TransactionBehavior::IMMEDIATE);
        makeTables(kJournal, sql);
        database->markDeadSessions();
        if (Status status = database->beginSession(); !status) {
            return base::fail(status.error());
        }
        database->dropOldJobs();
        transaction.commit();
    } catch (const SQLite::Exception& exception) {
        return base::fail(databaseError(kJournal, path, exception));
    }
    return database;
}

Journal::Database::~Database() {
    if (m_session == 0 || !m_sessionLock) {
        return;
    }
    try {
        SQLite::Statement close(*m_sql, "UPDATE session SET closed=1 WHERE id=?");
        close.bind(1, m_session);
        close.exec();
    } catch (const SQLite::Exception& exception) {
        // The next start takes the session for a crash, which loses nothing.
        base::logWarning(std::string("The journal's session could not be closed: ") +
                         exception.what());
    }
}

void Journal::Database::markDeadSessions() {
    std::vector<std::int64_t> dead;
    SQLite::Statement open(*m_sql, "SELECT id FROM session WHERE closed=0");
    while (open.executeStep()) {
        const std::int64_t session = open.getColumn(0).getInt64();
        if (!SessionLock::isHeld(lockPath(session))) {
            dead.push_back(session);
        }
    }
    for (const std::int64_t session : dead) {
        SQLite::Statement note(*m_sql,
                               std::string("INSERT INTO transition SELECT row, ") + kNow +
                                   ", 'interrupted', '' FROM job WHERE session=? AND state IN "
                                   "('running','paused')");
        note.bind(1, session);
        note.exec();
        SQLite::Statement mark(
            *m_sql,
            "UPDATE job SET crashes=crashes+1, state=CASE WHEN crashes+1>=? THEN 'set_aside' ELSE "
            "'interrupted' END WHERE session=? AND state IN ('running','paused')");
        mark.bind(1, kCrashesToSetAside);
        mark.bind(2, session);
        mark.exec();
        SQLite::Statement close(*m_sql, "UPDATE session SET closed=1 WHERE id=?");
        close.bind(1, session);
        close.exec();
        std::error_code ignored;
        std::filesystem::remove(lockPath(session), ignored);
    }
}

Status Journal::Database::beginSession() {
    m_sql->exec(std::string("INSERT INTO session(started) VALUES(") + kNow + ")");
    m_session = m_sql->getLastInsertRowid();
    // Inside the transaction: nobody sees the session before its lock is held.
    Result<SessionLock> lock = SessionLock::take(lockPath(m_session));
    if (!lock) {
        return base::fail(lock.error());
    }
    m_sessionLock = std::move(*lock);
    m_nextPlace = m_sql->execAndGet("SELECT coalesce(max(place),0)+1 FROM job").getInt64();
    return {};
}

void Journal::Database::dropOldJobs() {
    SQLite::Statement drop(
        *m_sql,
        "DELETE FROM job WHERE state IN ('finished','failed','cancelled') AND row NOT IN (SELECT "
        "row FROM job WHERE state IN ('finished','failed','cancelled') ORDER BY row DESC LIMIT ?)");
    drop.bind(1, kKeptEndedJobs);
    drop.exec();
    m_sql->exec(
        "DELETE FROM session WHERE closed=1 AND id NOT IN (SELECT DISTINCT session FROM job)");
}

void Journal::Database::insertJob(SQLite::Database& sql, const JobSpec& spec) {
    int crashes = 0;
    if (spec.recoveredFrom != 0) {
        SQLite::Statement before(sql,
                                 "SELECT crashes FROM job WHERE row=? AND state IN "
                                 "('waiting','interrupted','set_aside')");
        before.bind(1, spec.recoveredFrom);
        if (before.executeStep()) {
            crashes = before.getColumn(0).getInt();
        }
        SQLite::Statement drop(sql, "DELETE FROM job WHERE row=? AND session<>?");
        drop.bind(1, spec.recoveredFrom);
        drop.bind(2, m_session);
        drop.exec();
    }
    SQLite::Statement insert(
        sql,
        "INSERT INTO job(session,id,place,kind,tag,request,state,crashes) VALUES(?,?,?,?,?,?,?,?)");
    insert.bind(1, m_session);
    insert.bind(2, static_cast<std::int64_t>(value(spec.id)));
    insert.bind(3, m_nextPlace++);
    insert.bind(4, kindName(spec.request));
    insert.bind(5, spec.tag);
    insert.bind(6, jsonDump(toJson(spec.request)));
    insert.bind(7, stateName(JobState::Waiting));
    insert.bind(8, crashes);
    insert.exec();
    SQLite::Statement note(sql,
                           std::string("INSERT INTO transition VALUES(last_insert_rowid(),") +
                               kNow + ",'waiting','')");
    note.exec();
}

void Journal::Database::setState(SQLite::Database& sql,
                                 JobId job,
                                 JobState state,
                                 std::string_view message) {
    const auto id = static_cast<std::int64_t>(value(job));
    SQLite::Statement update(sql, "UPDATE job SET state=? WHERE session=? AND id=?");
    update.bind(1, stateName(state));
    update.bind(2, m_session);
    update.bind(3, id);
    update.exec();
    SQLite::Statement note(sql,
                           std::string("INSERT INTO transition SELECT row,") + kNow +
                               ",?,? FROM job WHERE session=? AND id=?");
    note.bind(1, stateName(state));
    note.bind(2, std::string(message));
    note.bind(3, m_session);
    note.bind(4, id);
    note.exec();
}

void Journal::Database::setOrder(SQLite::Database& sql, std::span<const JobId> order) {
    SQLite::Statement update(sql, "UPDATE job SET place=? WHERE session=? AND id=?");
    for (const JobId id : order) {
        update.bind(1, m_nextPlace++);
        update.bind(2, m_session);
        update.bind(3, static_cast<std::int64_t>(value(id)));
        update.exec();
        update.reset();
    }
}

Result<std::vector<RecoveredJob>> Journal::Database::recovered() {
    const std::scoped_lock lock(m_mutex);
    std::vector<RecoveredJob> jobs;
    try {
        SQLite::Statement list(
            *m_sql,
            "SELECT job.row, job.state, job.crashes, job.kind, job.request, job.tag FROM job JOIN "
            "session ON session.id=job.session WHERE session.closed=1 AND job.state IN "
            "('waiting','interrupted','set_aside') ORDER BY job.place");
        while (list.executeStep()) {
            RecoveredJob job;
            job.row = list.getColumn(0).getInt64();
            const std::string state = list.getColumn(1).getString();
            job.fate = state == "waiting"       ? RecoveredJob::Fate::Waiting
                       : state == "interrupted" ? RecoveredJob::Fate::Interrupted
                                                : RecoveredJob::Fate::SetAside;
            job.crashes = list.getColumn(2).getInt();
            job.tag = list.getColumn(5).getString();
            const Result<base::Json> json =
                base::parseJson(list.getColumn(4).getString(), "the journal's request");
            Result<JobRequest> request = json
                                             ? requestFromJson(list.getColumn(3).getString(), *json)
                                             : Result<JobRequest>(base::fail(json.error()));
            if (!request) {
                base::logWarning("A job of the journal is left out: " +
                                 base::describe(request.error()));
                continue;
            }
            job.request = std::move(*request);
            jobs.push_back(std::move(job));
        }
    } catch (const SQLite::Exception& exception) {
        return base::fail(databaseError(kJournal, m_path, std::string(exception.what())));
    }
    return jobs;
}

Journal::Journal(std::unique_ptr<Database> database) : m_database(std::move(database)) {}

Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& path) {
    Result<std::unique_ptr<Database>> database = Database::open(path);
    if (!database) {
        return base::fail(database.error());
    }
    return std::unique_ptr<Journal>(new Journal(std::move(*database)));
}

Result<std::vector<RecoveredJob>> Journal::recovered() const {
    return m_database->recovered();
}

Status Journal::forget(std::int64_t row) {
    return m_database->transact([&](SQLite::Database& sql) {
        SQLite::Statement drop(
            sql,
            "DELETE FROM job WHERE row=? AND session IN (SELECT id FROM session WHERE closed=1)");
        drop.bind(1, row);
        drop.exec();
    });
}

// The three below: transact() has logged what went wrong, and a job goes on without its journal.

void Journal::queued(const JobSpec& spec) {
    static_cast<void>(
        m_database->transact([&](SQLite::Database& sql) { m_database->insertJob(sql, spec); }));
}

void Journal::reordered(std::span<const JobId> order) {
    static_cast<void>(
        m_database->transact([&](SQLite::Database& sql) { m_database->setOrder(sql, order); }));
}

void Journal::changed(JobId job, JobState state, std::string_view message) {
    static_cast<void>(m_database->transact(
        [&](SQLite::Database& sql) { m_database->setState(sql, job, state, message); }));
}

std::filesystem::path journalPath() {
    return base::dataFolder() / "journal.sqlite";
}

}  // namespace tessera::jobs
