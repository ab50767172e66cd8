#include "app/cli/job_log.h"
#include "core/jobs/journal.h"

namespace tessera::cli {

std::unique_ptr<jobs::TransitionLog> openJobLog(const Console& console) {
    base::Result<std::unique_ptr<jobs::Journal>> journal = jobs::Journal::open(jobs::journalPath());
    if (!journal) {
        console.note("tessera: No journal is kept of this run. " + base::describe(journal.error()));
        return nullptr;
    }
    return std::move(*journal);
}

}  // namespace tessera::cli
