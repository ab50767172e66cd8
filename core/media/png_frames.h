#pragma once

// One frame to the bytes of a PNG, and the names of a clip's frames. Internal to media;
// clip_writer.h is the door. Any thread.

#include "core/base/frames.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <vector>

namespace tessera::media {

// "clip.png", 0 -> "clip-0001.png"; the path itself when the clip has one frame.
std::filesystem::path pngFramePath(const std::filesystem::path& path, int index, int frames);

// Lossless and deterministic. Unsupported, OutOfMemory, Cancelled.
base::Result<std::vector<std::uint8_t>> encodePngFrame(const base::FrameSequence& frames,
                                                       int index,
                                                       const std::stop_token& stop);

}  // namespace tessera::media
