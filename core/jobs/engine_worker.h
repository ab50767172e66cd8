#pragma once

// Runs jobs one after another on an Engine and tells a sink what happens: a queue, a thread and a
// sink around an abstract engine. Made by the command line, by ui/bridge and by tests; every
// function may be called from any thread, also from inside the sink unless it says otherwise.
//
// Guarantees: one terminal event per job, and nothing after it; events arrive in the order of their
// numbers, one at a time; "idle" becomes true in the same locked step that publishes the terminal
// event; a job accepted by submit() is never lost.

#include "core/base/result.h"
#include "core/jobs/engine.h"
#include "core/jobs/event.h"
#include "core/jobs/transition_log.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tessera::jobs {

struct SubmitOptions {
    std::string tag;                 // replaces the waiting jobs of the same tag
    std::int64_t recoveredFrom = 0;  // RecoveredJob::row when an interrupted job is run again
};

class EngineWorker {
public:
    // OwnThread: jobs run on a thread of the worker. InsideSubmit: on the thread that submits,
    // before submit() returns (small tools and tests).
    enum class Place { OwnThread, InsideSubmit };

    // `sink` and `log` must outlive the worker; `log` may be null.
    EngineWorker(std::unique_ptr<Engine> engine,
                 EventSink& sink,
                 TransitionLog* log = nullptr,
                 Place place = Place::OwnThread);

    // shutdown(), then destroys the engine.
    // NOLINTNEXTLINE(bugprone-exception-escape): a thread that cannot be joined must end the
    // program
    ~EngineWorker();
    EngineWorker(const EngineWorker&) = delete;
    EngineWorker& operator=(const EngineWorker&) = delete;

    // Copies the request in and puts it last in line (or in the place of a job with the same tag).
    // Cancelled once shutdown() has begun.
    base::Result<JobId> submit(JobRequest request, SubmitOptions options = {});

    // A waiting job is taken out and ends in Cancelled at once; a running one is asked to stop. It
    // still ends in Finished when it was complete by then. False when the job is neither.
    bool cancel(JobId id);

    // cancel() for every waiting job, last to first, then for the running one.
    void cancelAll();

    // The running job ends its loop and finishes with what it has. A paused one goes on for that.
    // False when the job does not run.
    bool finishEarly(JobId id);

    // The running job stops at its next step, or goes on. A paused one can be paused again to free
    // its memory. False when the job does not run.
    bool pause(JobId id, PauseMemory memory = PauseMemory::Keep);
    bool resume(JobId id);

    // Puts a waiting job at `position` (0 = next). False when it does not wait.
    bool move(JobId id, std::size_t position);

    // While held, no waiting job starts; a running one goes on.
    void holdQueue();
    void releaseQueue();

    std::vector<JobSpec> waiting() const;
    std::optional<JobId> running() const;

    // No job runs or waits.
    bool isIdle() const;

    // Returns when no job runs or waits and every event so far has been received. Not from inside
    // the sink.
    void waitForIdle();

    // Refuses further jobs, cancels all (waiting ones stay in the journal for the next start),
    // returns when the running one has ended. May be called twice. Not from inside the sink.
    void shutdown();

private:
    class State;
    std::unique_ptr<State> m_state;
};

}  // namespace tessera::jobs
