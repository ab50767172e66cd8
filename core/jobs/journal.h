#pragma once

// The journal of jobs: an SQLite database (WAL) in the data folder that survives a crash of the
// program. Every transition is written as it happens; the next start lists what a crash
// interrupted, what was still waiting, and sets aside jobs that were running in two crashes in a
// row. Several programs may use one journal at a time. Any thread. Left out of builds without
// SQLite.

#include "core/base/result.h"
#include "core/jobs/transition_log.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tessera::jobs {

// A job of an earlier run that did not end.
struct RecoveredJob {
    enum class Fate {
        Waiting,      // stood in line; never started
        Interrupted,  // was running when the program died
        SetAside,     // ended two starts; offered, but not to be run unasked
    };
    std::int64_t row = 0;  // SubmitOptions::recoveredFrom, forget()
    Fate fate = Fate::Waiting;
    int crashes = 0;
    JobRequest request;
    std::string tag;
};

class Journal final : public TransitionLog {
public:
    // Opens or makes the journal and begins a session; jobs of sessions that died are marked.
    // NewerSchema when a later version made it, BadFile when it is no journal, NotWritable.
    static base::Result<std::unique_ptr<Journal>> open(const std::filesystem::path& path);

    // Ends the session in order: its waiting jobs are offered at the next start.
    ~Journal() override;

    // What earlier runs left, in the order of their lines. Empty on the second call for the jobs
    // that were submitted again (by their row) or forgotten. Jobs that this version cannot read
    // stay in the journal and are left out.
    base::Result<std::vector<RecoveredJob>> recovered() const;

    // The user does not want the job back. Unknown rows are passed over.
    base::Status forget(std::int64_t row);

    void queued(const JobSpec& spec) override;
    void reordered(std::span<const JobId> order) override;
    void changed(JobId job, JobState state, std::string_view message) override;

private:
    class Database;
    explicit Journal(std::unique_ptr<Database> database);
    std::unique_ptr<Database> m_database;
};

// "<data folder>/journal.sqlite".
std::filesystem::path journalPath();

}  // namespace tessera::jobs
