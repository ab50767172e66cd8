#pragma once

// The words for the choices inside requests, both ways: one table for recipes, journal, flags and
// messages. Any thread.

#include "core/base/result.h"
#include "core/pipeline/request.h"
#include "core/train/request.h"

#include <string>
#include <string_view>

namespace tessera::jobs {

const char* word(pipeline::Stage stage);                 // "base", "mlcd", "sparse"
const char* word(pipeline::Precision precision);         // "auto", "fp32", "bf16"
const char* word(train::Network network);                // "vae", "base", "eval"
std::string word(const pipeline::DeviceChoice& device);  // "auto", "cpu", "cuda:0"

// The choice of that word. BadInput that names the words there are.
base::Result<pipeline::Stage> stageOf(std::string_view word);
base::Result<pipeline::Precision> precisionOf(std::string_view word);
base::Result<train::Network> networkOf(std::string_view word);
base::Result<pipeline::DeviceChoice> deviceOf(std::string_view word);

}  // namespace tessera::jobs
