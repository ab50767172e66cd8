#pragma once

// Frames to the bytes of a GIF that loops for ever, with one palette for the clip. Internal to
// media; clip_writer.h is the door. Any thread.

#include "core/base/frames.h"
#include "core/base/result.h"
#include "core/media/clip_writer.h"

#include <cstdint>
#include <stop_token>
#include <vector>

namespace tessera::media {

// BadInput for sizes that a GIF cannot hold and rates that its clock of 10 ms cannot keep.
base::Status checkGif(int width, int height, double fps);

// Deterministic bytes. Frames start at the nearest 10 ms, so the length is right and single frames
// are up to 5 ms off. BadInput, Unsupported, OutOfMemory, Cancelled.
base::Result<std::vector<std::uint8_t>> encodeGif(const base::FrameSequence& frames,
                                                  const WriteOptions& options,
                                                  const std::stop_token& stop);

}  // namespace tessera::media
