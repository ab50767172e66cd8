#pragma once

// What a model folder says about itself in model_index.json: name, stages, the sizes and numbers it
// was trained for. Reading it needs no weights. Any thread.

#include "core/base/result.h"
#include "core/pipeline/request.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace tessera::pipeline {

struct ModelCard {
    std::string name;
    std::filesystem::path folder;
    std::string architecture;  // class of its transformer
    std::vector<Stage> stages;
    std::vector<std::pair<int, int>> sizes;  // width, height; smallest first
    std::vector<int> videoFrames;            // lengths it can make
    double fps = 8.0;
    int steps = 100;                        // of the base stage
    double cfgScale = 4.0;                  // of the base stage
    std::pair<int, int> defaultSize{0, 0};  // on the CPU
    std::pair<int, int> defaultSizeGpu{0, 0};
    bool closedVocabulary = false;  // prompts are read by the world's grammar first
};

// The bundled model's folder. NotFound when the resources are missing.
base::Result<std::filesystem::path> bundledModel();

// Empty folder = the bundled model. NotFound, BadFile, BadModel, NewerSchema.
base::Result<ModelCard> readModelCard(const std::filesystem::path& folder);

// NotFound when the folder holds the card but no weights, as a checkout before training does.
base::Status checkHasWeights(const ModelCard& card);

}  // namespace tessera::pipeline
