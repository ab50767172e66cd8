#pragma once

// A measurement of the kernels as JSON and as CSV, and back: what `tessera bench` prints, what the
// window exports, imports and keeps as a baseline. Both forms hold everything of the kernels, so
// that reading one gives the measurement that was written; whole steps are in the JSON alone, and
// are not read. Reading treats the file as hostile, and takes no speed of a kernel that is not said
// to agree. Any thread.

#include "core/base/result.h"
#include "core/bench/result.h"

#include <filesystem>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace tessera::jobs {

// What was not measured is null: the speed of a kernel that is wrong or did not run.
nlohmann::ordered_json toJson(const bench::BenchResult& result);

// BadFile that names the key, what was found and what was expected.
base::Result<bench::BenchResult> benchResultFromJson(const nlohmann::ordered_json& json);

// One line a row under a line of names, those of the JSON; what is said once of the whole
// measurement stands in every line. Fields with commas, quotes or line ends are quoted (RFC 4180).
std::string benchCsv(const bench::BenchResult& result);

// BadFile that names the line and the column.
base::Result<bench::BenchResult> benchResultFromCsv(std::string_view text);

// By its first letter JSON or CSV. NotFound, BadFile.
base::Result<bench::BenchResult> readBenchFile(const std::filesystem::path& path);

// As CSV where the name ends in .csv, else as JSON. NoSpace, NotWritable.
base::Status writeBenchFile(const std::filesystem::path& path, const bench::BenchResult& result);

}  // namespace tessera::jobs
