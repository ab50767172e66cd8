#pragma once

// How long a measurement of the kernels takes on this machine, by what the last one took. Any
// thread.

#include "core/bench/result.h"
#include "core/engine/run_times.h"

#include <functional>

namespace tessera::engine {

// Adds a finished measurement to what is known of this machine; one that timed nothing adds
// nothing. `flops` as bench::outlook() told them of its request.
void rememberBench(RunTimes& times, const bench::BenchResult& result, double flops);

// Seconds of what the outlook tells: from the last measurement of its device, precision and
// threads, else from a matrix product, whose operations a second `probe` says. 0 where neither is
// known.
double benchSeconds(const RunTimes& times,
                    const bench::BenchOutlook& outlook,
                    int threads,
                    const std::function<double()>& probe);

}  // namespace tessera::engine
