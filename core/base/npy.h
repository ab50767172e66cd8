#pragma once

// Clips as NumPy arrays, [frames, height, width, 3] of uint8: the lossless form that needs no
// codec. The format is NumPy's .npy, versions 1 to 3. Any thread.

#include "core/base/frames.h"
#include "core/base/result.h"

#include <filesystem>

namespace tessera::base {

// Writes the clip atomically; the rate is not part of the format. NoSpace, NotWritable.
Status writeNpy(const std::filesystem::path& path, const FrameSequence& clip);

// Reads [T, H, W, 3] or one picture [H, W, 3], uint8 in C order; the clip gets `fps`. NotFound;
// BadFile for any other array and for a file whose size is not what its header says.
Result<FrameSequence> readNpy(const std::filesystem::path& path, double fps);

}  // namespace tessera::base
