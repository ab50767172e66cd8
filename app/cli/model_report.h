#pragma once

// A model as lines and as JSON, the same in `models` and `info`.

#include "app/cli/console.h"
#include "core/engine/make_engine.h"

#include <nlohmann/json_fwd.hpp>

namespace tessera::cli {

void printModel(Console& console, const engine::ModelInfo& model);
nlohmann::ordered_json modelJson(const engine::ModelInfo& model);

}  // namespace tessera::cli
