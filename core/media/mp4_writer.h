#pragma once

// Frames to the bytes of an MP4: H.264 (libx264) in 4:2:0, limited range, BT.709 in matrix and tags
// at every size, so that any player shows the colours that were made. Internal to media;
// clip_writer.h is the door. Any thread.

#include "core/base/frames.h"
#include "core/base/result.h"
#include "core/media/clip_writer.h"

#include <cstdint>
#include <stop_token>
#include <vector>

namespace tessera::media {

// BadInput for odd or too large sizes and for rates that MP4 cannot hold well.
base::Status checkMp4(int width, int height, double fps);

// Deterministic bytes, the index still behind the pictures (addMp4Metadata() moves it). BadInput,
// Unsupported, OutOfMemory, Cancelled.
base::Result<std::vector<std::uint8_t>> encodeMp4(const base::FrameSequence& frames,
                                                  const WriteOptions& options,
                                                  const std::stop_token& stop);

}  // namespace tessera::media
