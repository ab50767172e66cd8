#pragma once

// The words for the choices inside requests, both ways: one table for recipes, journal, flags and
// messages. Any thread.

#include "core/base/result.h"
#include "core/bench/result.h"
#include "core/pipeline/request.h"
#include "core/train/request.h"

#include <string>
#include <string_view>
#include <vector>

namespace tessera::jobs {

const char* word(pipeline::Stage stage);                 // "base", "mlcd", "sparse"
const char* word(pipeline::Precision precision);         // "auto", "fp32", "bf16"
const char* word(train::Network network);                // "vae", "base", "eval"
const char* word(bench::Pass pass);                      // "forward", "backward"
const char* word(bench::Verdict verdict);                // "agrees", "wrong", "not run"
std::string word(const pipeline::DeviceChoice& device);  // "auto", "cpu", "cuda:0"

// The masks of a request in one line: "dense", "2:6" in every layer, or "2:6 2:6 full", one a
// layer.
std::string masksWord(const std::vector<std::string>& masks);

// The choice of that word. BadInput that names the words there are.
base::Result<pipeline::Stage> stageOf(std::string_view word);
base::Result<pipeline::Precision> precisionOf(std::string_view word);
base::Result<train::Network> networkOf(std::string_view word);
base::Result<pipeline::DeviceChoice> deviceOf(std::string_view word);

}  // namespace tessera::jobs
