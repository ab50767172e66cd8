#pragma once

// Runs jobs to their end on the real engine: worker, journal, progress, and a signal turned into a
// cancel. Used by the commands that generate, train and score, and by those that do many of these.

#include "app/cli/console.h"
#include "app/cli/interrupts.h"
#include "core/base/result.h"
#include "core/jobs/job.h"

#include <memory>

namespace tessera::cli {

// One engine for several jobs, one after another: what the last one loaded stays for the next.
class JobRunner {
public:
    // Free: each component of a model goes as soon as it is done.
    enum class Models { Keep, Free };

    // Console and interrupts must outlive the runner.
    JobRunner(const Console& console, const Interrupts& interrupts, Models models = Models::Keep);
    ~JobRunner();
    JobRunner(const JobRunner&) = delete;
    JobRunner& operator=(const JobRunner&) = delete;

    // The job's result, its error, or Cancelled after SIGINT or SIGTERM.
    base::Result<jobs::JobResult> run(jobs::JobRequest request);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// The same for one job, without keeping models.
base::Result<jobs::JobResult> runJob(jobs::JobRequest request,
                                     const Console& console,
                                     const Interrupts& interrupts);

}  // namespace tessera::cli
