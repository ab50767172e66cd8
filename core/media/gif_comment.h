#pragma once

// Comment blocks of GIF files, as bytes: libavformat writes none. A clip's texts stand in comments
// of their own, the recipe as "org.tessera.recipe={...}", the readable text as "parameters=...",
// before the first picture, so that a reader never walks the pictures. Inputs are hostile. Pure
// functions; any thread.

#include "core/base/result.h"
#include "core/media/clip_metadata.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tessera::media {

// A copy of `gif` (87a becomes 89a) with the comments before its first picture. BadFile.
base::Result<std::vector<std::uint8_t>> addGifMetadata(std::span<const std::uint8_t> gif,
                                                       const ClipMetadata& metadata);

// What the comments before the first picture say; `gif` may end anywhere after them. BadFile.
base::Result<ClipMetadata> readGifMetadata(std::span<const std::uint8_t> gif);

}  // namespace tessera::media
