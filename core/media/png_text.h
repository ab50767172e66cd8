#pragma once

// Text chunks of PNG files, as bytes (PNG, third edition, 11.3.3.4): iTXt under the keywords
// "org.tessera.recipe", "parameters" and "Comment". Inputs are hostile. Pure functions; any thread.

#include "core/base/result.h"
#include "core/media/clip_metadata.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tessera::media {

// A copy of `png` with the texts after its header chunk. BadFile.
base::Result<std::vector<std::uint8_t>> addPngMetadata(std::span<const std::uint8_t> png,
                                                       const ClipMetadata& metadata);

// What the uncompressed iTXt chunks before the pixels say; `png` may end anywhere after them.
// BadFile.
base::Result<ClipMetadata> readPngMetadata(std::span<const std::uint8_t> png);

}  // namespace tessera::media
