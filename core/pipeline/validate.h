#pragma once

// A request checked against a model and a machine before anything is loaded: every default filled
// in, every value that cannot work refused in words with the nearest one that does. Nothing is ever
// rounded silently. Any thread.

#include "core/base/result.h"
#include "core/pipeline/model_card.h"
#include "core/pipeline/request.h"
#include "core/plan/layer_mask.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tessera::pipeline {

// The prompts as the text encoder is to see them; made by whoever knows the model's language.
struct PromptTexts {
    std::string prompt;
    std::string negative;
};

struct ValidRequest {
    GenerationRequest effective;  // no defaults, no "auto" left; model is the folder
    PromptTexts texts;
    ModelCard card;
    c10::Device device = c10::Device(c10::DeviceType::CPU);
    c10::ScalarType dtype = c10::ScalarType::Float;
    std::int64_t memoryBytes = 0;        // estimate of the largest need, weights included
    std::vector<plan::LayerMask> masks;  // one a layer; none = dense
    plan::TokenLayout layout;            // of the clip; filled in with masks

    bool guided() const { return *effective.cfgScale != 1.0; }
};

// BadInput (a field that cannot work), Unsupported (device), OutOfMemory (a limit of the request
// exceeded), NotFound, BadModel.
base::Result<ValidRequest> validate(const GenerationRequest& request);

}  // namespace tessera::pipeline
