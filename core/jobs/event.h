#pragma once

// What happens to jobs, as numbered values. The worker sends them to one EventSink, in order of
// their numbers and never two at once. Every job gets exactly one terminal event (Finished, Failed
// or Cancelled), and nothing after it.

#include "core/base/error.h"
#include "core/base/frames.h"
#include "core/jobs/job.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace tessera::jobs {

struct EventStamp {
    JobId job{};
    std::uint64_t number = 0;  // from 1, without gaps, over all jobs of one worker
};

struct Queued {
    EventStamp stamp;
    std::size_t position = 0;  // 0 = next to run
};

struct Started {
    EventStamp stamp;
};

struct StageEntered {
    EventStamp stamp;
    std::string phase;  // "load", "encode", "denoise", "decode", "write"; "train"; "score"; "time"
};

struct StepDone {
    EventStamp stamp;
    std::int64_t step = 0;             // steps done in this phase
    std::int64_t of = 0;               // steps in all; 0 = not known
    std::optional<double> etaSeconds;  // left in this phase; pauses are not counted
    std::optional<double> loss;        // training only
};

struct PreviewReady {
    EventStamp stamp;
    base::SharedFrames frames;
};

// Once when the job holds; again when it gives memory back later in the same pause.
struct Paused {
    EventStamp stamp;
    bool memoryFreed = false;
};

struct Resumed {
    EventStamp stamp;
};

struct Finished {
    EventStamp stamp;
    JobResult result;
};

struct Failed {
    EventStamp stamp;
    base::Error error;
};

struct Cancelled {
    EventStamp stamp;
};

using Event = std::variant<Queued,
                           Started,
                           StageEntered,
                           StepDone,
                           PreviewReady,
                           Paused,
                           Resumed,
                           Finished,
                           Failed,
                           Cancelled>;

const EventStamp& stamp(const Event& event);
bool isTerminal(const Event& event);

// "queued", "started", "stage", "step", "preview", "paused", "resumed", "finished", "failed",
// "cancelled".
const char* name(const Event& event);

// Receives every event of a worker. Called by one thread at a time: the worker's own, or the one
// whose submit(), cancel() or shutdown() caused the event. It may call the worker back (but not
// shutdown() or waitForIdle()), must not wait for another thread that uses the worker, and must
// outlive it.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void receive(const Event& event) noexcept = 0;
};

}  // namespace tessera::jobs
