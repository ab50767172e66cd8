#pragma once

// Requests as JSON and back: for the recipe, the journal and --json. Reading treats the text as
// hostile: every number has a range, every text a length, unknown keys are passed over. Any thread.

#include "core/base/result.h"
#include "core/jobs/job.h"

#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace tessera::jobs {

nlohmann::ordered_json toJson(const pipeline::GenerationRequest& request);
nlohmann::ordered_json toJson(const train::TrainRequest& request);
nlohmann::ordered_json toJson(const eval::EvalRequest& request);
nlohmann::ordered_json toJson(const bench::BenchRequest& request);

// Keys that are absent keep the default of the field. BadFile that names the key, what was found
// and what was expected.
base::Result<pipeline::GenerationRequest> generationFromJson(const nlohmann::ordered_json& json);
base::Result<train::TrainRequest> trainFromJson(const nlohmann::ordered_json& json);
base::Result<eval::EvalRequest> evalFromJson(const nlohmann::ordered_json& json);
base::Result<bench::BenchRequest> benchFromJson(const nlohmann::ordered_json& json);

// By kindName(): "generate", "train", "eval", "bench".
nlohmann::ordered_json toJson(const JobRequest& request);
base::Result<JobRequest> requestFromJson(std::string_view kind, const nlohmann::ordered_json& json);

// A finite number stays a number; what JSON cannot say (infinity, not a number) becomes null.
nlohmann::ordered_json plainNumber(double value);

// `json` as text, `indent` spaces a level, -1 = one line. Bytes that are not UTF-8 (paths) become
// U+FFFD instead of an exception.
std::string jsonDump(const nlohmann::ordered_json& json, int indent = -1);

}  // namespace tessera::jobs
