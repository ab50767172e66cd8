#pragma once

// Metadata boxes of MP4 files, as bytes: libavformat writes either QuickTime keys or iTunes atoms,
// and a clip carries both. No codec is needed here. Every input is treated as hostile: sizes,
// nesting, offsets and counts are checked before use, and nothing is allocated beyond the size of
// the file. Pure functions; any thread.

#include "core/base/result.h"
#include "core/media/clip_metadata.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace tessera::media {

// A copy of `mp4` in which the movie box comes before the pictures (fast start), holds the metadata
// as moov/meta (handler "mdta": org.tessera.recipe, parameters) and as moov/udta/meta (handler
// "mdir": the comment, or the recipe where there is none), and whose chunk offsets point to where
// the pictures are now. Earlier metadata of these two kinds is replaced; with empty `metadata` none
// is written. BadFile; Unsupported for fragmented or encrypted files and for offsets beyond 4 GB.
base::Result<std::vector<std::uint8_t>> addMp4Metadata(std::span<const std::uint8_t> mp4,
                                                       const ClipMetadata& metadata);

// The metadata in the bytes of a whole MP4; empty texts where there are none. BadFile.
base::Result<ClipMetadata> readMp4Metadata(std::span<const std::uint8_t> mp4);

// The same from a file, of which only box headers and the movie box are read. NotFound, BadFile.
base::Result<ClipMetadata> readMp4MetadataFile(const std::filesystem::path& path);

}  // namespace tessera::media
