#include "app/cli/job_log.h"

namespace tessera::cli {

std::unique_ptr<jobs::TransitionLog> openJobLog(const Console&) {
    return nullptr;
}

}  // namespace tessera::cli
