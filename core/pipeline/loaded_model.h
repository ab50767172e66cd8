#pragma once

// The components of one model in memory, on one device and in one precision. Loaded by the engine,
// used by generate() and the evaluation. Engine thread.

#include "core/base/result.h"
#include "core/models/text_encoder.h"
#include "core/models/transformer.h"
#include "core/models/vae.h"
#include "core/schedulers/scheduler.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace tessera::pipeline {

struct LoadedModel {
    std::filesystem::path folder;
    c10::Device device = c10::Device(c10::DeviceType::CPU);
    c10::ScalarType dtype = c10::ScalarType::Float;
    std::string hash;  // 16 hex digits over the weights of all components
    std::unique_ptr<models::TextEncoder> text;
    std::unique_ptr<models::VideoTransformer> transformer;
    std::unique_ptr<models::VideoVae> vae;
    std::unique_ptr<const schedulers::Scheduler> scheduler;
};

// Destroys the networks and gives their memory back to the system; folder, hash and scheduler stay.
void release(LoadedModel& model);

// Opens what release() destroyed. The errors of loadModel(), and BadModel when the folder holds
// other weights by now.
base::Status reload(LoadedModel& model);

// NotFound, BadFile, BadModel, Unsupported.
base::Result<LoadedModel> loadModel(const std::filesystem::path& folder,
                                    c10::ScalarType dtype,
                                    c10::Device device);

// Hash over the weights of transformer, text_encoder and vae, the same whatever files they are
// split into.
base::Result<std::string> hashWeights(const std::filesystem::path& folder);

}  // namespace tessera::pipeline
