#pragma once

// Runs one job to its end on the real engine: worker, journal, progress, and a signal turned into a
// cancel. Used by the commands that generate, train and score.

#include "app/cli/console.h"
#include "app/cli/interrupts.h"
#include "core/base/result.h"
#include "core/jobs/job.h"

namespace tessera::cli {

// The job's result, its error, or Cancelled after SIGINT or SIGTERM.
base::Result<jobs::JobResult> runJob(jobs::JobRequest request,
                                     const Console& console,
                                     const Interrupts& interrupts);

}  // namespace tessera::cli
