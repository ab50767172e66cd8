#pragma once

// A job as a value: what is asked (one of the request values), under which number, and what comes
// back. The window and the command line make them, the worker copies them in and never reads
// anything else. Any thread.

#include "core/bench/request.h"
#include "core/bench/result.h"
#include "core/eval/request.h"
#include "core/eval/result.h"
#include "core/pipeline/request.h"
#include "core/pipeline/result.h"
#include "core/train/request.h"
#include "core/train/result.h"

#include <cstdint>
#include <string>
#include <variant>

namespace tessera::jobs {

// Number of a job within one worker, from 1; 0 = none.
enum class JobId : std::uint64_t {};

constexpr std::uint64_t value(JobId id) {
    return static_cast<std::uint64_t>(id);
}

// What a paused job does with the memory of its model: keeps it, or gives it back and reads the
// weights again when it goes on.
enum class PauseMemory { Keep, Free };

using JobRequest = std::variant<pipeline::GenerationRequest,
                                train::TrainRequest,
                                eval::EvalRequest,
                                bench::BenchRequest>;
using JobResult = std::
    variant<pipeline::GenerationResult, train::TrainResult, eval::EvalResult, bench::BenchResult>;

struct JobSpec {
    JobId id{};
    std::string tag;  // a job replaces the waiting jobs of the same tag; empty = replaces nothing
    JobRequest request;
    std::int64_t recoveredFrom = 0;  // journal row of the interrupted job that this one repeats
};

// "generate", "train", "eval" or "bench"; also the word in the journal.
const char* kindName(const JobRequest& request);

}  // namespace tessera::jobs
