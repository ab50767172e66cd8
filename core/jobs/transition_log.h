#pragma once

// Where the worker writes down every transition of a job. The journal (journal.h) is the one that
// lasts; builds without SQLite run with none. Calls come from the worker's thread and from those
// that submit and cancel, so an implementation locks. A log never stops a job: what it cannot write
// it reports through base::log.

#include "core/jobs/job.h"

#include <span>
#include <string_view>

namespace tessera::jobs {

enum class JobState { Waiting, Running, Paused, Finished, Failed, Cancelled };

class TransitionLog {
public:
    virtual ~TransitionLog() = default;

    // The job was accepted, as the last of the waiting line. Called before it can start.
    virtual void queued(const JobSpec& spec) = 0;

    // The waiting line as it stands now.
    virtual void reordered(std::span<const JobId> order) = 0;

    // `message` is the error's text for Failed, else empty. Running is written before the engine
    // sees the job.
    virtual void changed(JobId job, JobState state, std::string_view message) = 0;
};

}  // namespace tessera::jobs
