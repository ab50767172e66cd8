#pragma once

// Opens the components of a model folder in diffusers layout. The class named in a component's
// config.json decides which implementation reads it; adding a model is one new file and one line in
// registry.cpp. Engine thread.

#include "core/base/result.h"
#include "core/models/text_encoder.h"
#include "core/models/transformer.h"
#include "core/models/vae.h"
#include "core/models/vae_tessera.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace tessera::models {

// Each reads <model>/transformer, <model>/text_encoder with <model>/tokenizer, <model>/vae.
// NotFound, BadFile, BadModel; Unsupported for a class that has no implementation, with the classes
// there are.
base::Result<std::unique_ptr<VideoTransformer>> openTransformer(const std::filesystem::path& model,
                                                                c10::ScalarType dtype,
                                                                c10::Device device);
base::Result<std::unique_ptr<TextEncoder>> openTextEncoder(const std::filesystem::path& model,
                                                           c10::ScalarType dtype,
                                                           c10::Device device);
base::Result<std::unique_ptr<VideoVae>> openVae(const std::filesystem::path& model,
                                                c10::ScalarType dtype,
                                                c10::Device device);

// Arithmetic of a generation, from the configurations alone: multiplications and additions.
struct GenerationWork {
    double forwardFlops = 0.0;    // one network evaluation of one clip, dense attention
    double attentionFlops = 0.0;  // of these, self-attention's
    double decodeFlops = 0.0;
    std::int64_t layers = 0;
    std::int64_t heads = 0;  // of a layer's self-attention
    TokenGrid grid;
};

base::Result<GenerationWork> generationWork(const std::filesystem::path& model,
                                            std::int64_t width,
                                            std::int64_t height,
                                            std::int64_t videoFrames);

// The bundled VAE by its own type, for the trainer.
base::Result<TesseraVae> openTesseraVae(const std::filesystem::path& model,
                                        c10::ScalarType dtype,
                                        c10::Device device);

}  // namespace tessera::models
