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

struct JobRunner::State {
    State(const Console& console, const Interrupts& signals, bool keepModels)
        : interrupts(signals),
          journal(openJobLog(console)),
          printer(console),
          worker(engine::makeEngine({.keepModels = keepModels}), printer, journal.get()) {}

    const Interrupts& interrupts;
    std::unique_ptr<jobs::TransitionLog> journal;
    ProgressPrinter printer;
    jobs::EngineWorker worker;
};

JobRunner::JobRunner(const Console& console, const Interrupts& interrupts, Models models)
    : m_state(std::make_unique<State>(console, interrupts, models == Models::Keep)) {}

JobRunner::~JobRunner() = default;

base::Result<jobs::JobResult> JobRunner::run(jobs::JobRequest request) {
    jobs::EngineWorker& worker = m_state->worker;
    const base::Result<jobs::JobId> id = worker.submit(std::move(request));
    if (!id) {
        return base::fail(id.error());
    }
    {
        const std::stop_callback cancel(m_state->interrupts.token(), [&] { worker.cancel(*id); });
        worker.waitForIdle();
    }
    CHECK(m_state->printer.end().has_value());
    jobs::Event end = *m_state->printer.end();
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

base::Result<jobs::JobResult> runJob(jobs::JobRequest request,
                                     const Console& console,
                                     const Interrupts& interrupts) {
    JobRunner runner(console, interrupts, JobRunner::Models::Free);
    return runner.run(std::move(request));
}

}  // namespace tessera::cli
