#pragma once

// A measurement of the kernels as a table and as JSON, the same in `bench` and `queue`.

#include "app/cli/console.h"
#include "core/bench/result.h"

#include <nlohmann/json_fwd.hpp>

namespace tessera::cli {

void printBench(Console& console, const bench::BenchResult& result);

// What was not measured is null: the speed of a kernel that is wrong or did not run.
nlohmann::ordered_json benchJson(const bench::BenchResult& result);

}  // namespace tessera::cli
