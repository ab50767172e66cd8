#pragma once

// Times whole steps: one evaluation of a network with random weights under each mask, and what of
// it is self-attention. The protocol is that of bench.h; all masks and kernels of a step take
// turns. A result is held to that of the same network by composition (core/attention/composed.h),
// under no mask to dense attention's. That finds what is broken, not what leaks a little: random
// queries of many tokens see nearly the same mean with a mask and without. Exact rows are the
// kernels' own affair (bench.h). Engine thread.

#include "core/base/result.h"
#include "core/bench/bench.h"
#include "core/bench/cases.h"
#include "core/bench/request.h"
#include "core/bench/result.h"
#include "core/bench/step_networks.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <vector>

namespace tessera::bench {

// BadInput for a name that the source does not have, and for what does not go with steps.
base::Status checkSteps(const BenchRequest& request, const StepSource& source);

// Bytes that a step needs at most; an estimate.
double memoryNeed(const StepNetwork& network, const Case& one, std::int64_t bytesOfValue);

// What is timed, and where.
struct StepTask {
    const BenchRequest& request;
    const BenchControl& control;
    const KernelSource& kernels;
    const StepSource& steps;
    c10::Device device;
    c10::ScalarType dtype;
    std::uint64_t seed;
};

// `cases` as readCases() gives them for the names of the steps. OutOfMemory, Cancelled.
base::Result<std::vector<StepRow>> timeSteps(const StepTask& task, const std::vector<Case>& cases);

}  // namespace tessera::bench
