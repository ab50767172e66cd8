#pragma once

// A generation in words and as JSON: what was asked, what would run, what came out. Shared by
// generate and queue. Any thread.

#include "core/engine/make_engine.h"
#include "core/pipeline/result.h"

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tessera::cli {

// "load", "encode", ...: the word of progress lines and JSON keys.
const char* phaseWord(pipeline::Phase phase);

// "a, b, c"
std::string joined(const std::vector<std::string>& words);

// "288x192, 29 frames, 8.00 fps, base, 50 steps, guidance 4.00, seed 7, cpu bf16, 2 threads"
std::string valuesLine(const pipeline::GenerationRequest& request);

// "12.5 s +- 2.5 s"
std::string secondsText(const engine::GenerationEstimate& estimate);

nlohmann::ordered_json resultJson(const pipeline::GenerationRequest& asked,
                                  const pipeline::GenerationResult& result);

nlohmann::ordered_json estimateJson(const pipeline::GenerationRequest& asked,
                                    const engine::GenerationEstimate& estimate);

}  // namespace tessera::cli
