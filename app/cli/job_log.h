#pragma once

// The journal of the jobs that the command line runs; a build without SQLite keeps none.

#include "app/cli/console.h"
#include "core/jobs/transition_log.h"

#include <memory>

namespace tessera::cli {

// Null when this build has no journal, or (after a note) when it cannot be opened: it guards
// against crashes, no result depends on it.
std::unique_ptr<jobs::TransitionLog> openJobLog(const Console& console);

}  // namespace tessera::cli
