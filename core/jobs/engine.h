#pragma once

// The seam between the worker and whatever carries out a job: the real engine (core/engine) or a
// fake one in tests. An Engine is used by one thread at a time and may keep models between jobs.

#include "core/base/frames.h"
#include "core/base/result.h"
#include "core/jobs/job.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

namespace tessera::jobs {

// The job's line to the outside while it runs. Valid until Engine::run() returns; to be called by
// the thread that runs the job, except stopToken() and finishEarlyRequested(), which any thread of
// the engine may read.
class JobControl {
public:
    virtual ~JobControl() = default;

    // Requested by cancel and shutdown; to be read at every step, tile, frame and trial.
    virtual std::stop_token stopToken() const = 0;

    // "Keep what is there": the engine ends its loop and returns what it has as a normal result.
    virtual bool finishEarlyRequested() const = 0;

    // The gate of "pause", to be passed once a step: returns at once when the job is not paused,
    // else when it is resumed, finished early or cancelled. False = stop now (cancelled). In a
    // pause that frees memory, calls `freeMemory` once before it waits; what that gave away is the
    // caller's to get back.
    virtual bool passPauseGate(const std::function<void()>& freeMemory) = 0;

    virtual void enterStage(std::string_view phase) = 0;

    // `of` 0 = unknown. Without `etaSeconds` the time left is worked out from the steps of this
    // stage so far, pauses left out.
    virtual void stepDone(std::int64_t step,
                          std::int64_t of,
                          std::optional<double> etaSeconds = {},
                          std::optional<double> loss = {}) = 0;

    virtual void preview(base::SharedFrames frames) = 0;
};

class Engine {
public:
    virtual ~Engine() = default;

    // Carries out one job on the calling thread. A stop that was honoured is returned as an Error
    // of code Cancelled; the job then ends in Cancelled. A job that completed in spite of a late
    // stop returns its result and ends in Finished. May throw: the worker turns that into Failed.
    virtual base::Result<JobResult> run(const JobSpec& spec, JobControl& control) = 0;
};

}  // namespace tessera::jobs
