#pragma once

// A measurement of the kernels as a table, the same in `bench` and `queue`.

#include "app/cli/console.h"
#include "core/bench/result.h"

namespace tessera::cli {

void printBench(Console& console, const bench::BenchResult& result);

}  // namespace tessera::cli
