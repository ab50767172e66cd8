#include "app/cli/run_job.h"

#include "app/cli/job_log.h"
#include "app/cli/progress_printer.h"
#include "core/base/check.h"
#include "core/engine/make_engine.h"
#include "core/jobs/engine_worker.h"

#include <memory>
#include <stop_token>
#include <utility>

namespace tessera::cli {

base::Result<jobs::JobResult> runJob(jobs::JobRequest request,
                                     const Console& console,
                                     const Interrupts& interrupts) {
    const std::unique_ptr<jobs::TransitionLog> journal = openJobLog(console);
    ProgressPrinter printer(console);
    engine::EngineOptions options;
    options.keepModels = false;  // one job: each component goes when it is done
    jobs::EngineWorker worker(engine::makeEngine(options), printer, journal.get());
    const base::Result<jobs::JobId> id = worker.submit(std::move(request));
    if (!id) {
        return base::fail(id.error());
    }
    {
        const std::stop_callback cancel(interrupts.token(), [&] { worker.cancel(*id); });
        worker.waitForIdle();
    }
    CHECK(printer.end().has_value());
    jobs::Event end = *printer.end();
    if (auto* finished = std::get_if<jobs::Finished>(&end)) {
        return std::move(finished->result);
    }
    if (auto* failed = std::get_if<jobs::Failed>(&end)) {
        return base::fail(std::move(failed->error));
    }
    return base::fail(base::ErrorCode::Cancelled,
                      "The job was interrupted.",
                      "Run the command again to repeat it.");
}

}  // namespace tessera::cli
