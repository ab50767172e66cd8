#pragma once

// A model folder with fresh random weights, small enough for unit tests: two layers, 32 wide, the
// bundled architecture and layout.

#include "core/models/dit_tessera.h"
#include "core/models/text_words.h"
#include "core/models/vae_tessera.h"

#include <filesystem>

namespace tessera::tests {

models::DitConfig tinyDit();
models::TextConfig tinyText();
models::VaeConfig tinyVae();

// Writes everything that loadModel() reads; sizes 96x64 and 192x128, 29 frames, 4 steps by default.
void writeTinyModel(const std::filesystem::path& folder);

}  // namespace tessera::tests
