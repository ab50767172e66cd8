#pragma once

// Clips in: whatever FFmpeg decodes (MP4, GIF, PNG, WebM, ...) and NPY, as RGB8 frames. Called by
// the evaluation, the command line and the window's disk worker. Files are hostile: a playlist that
// names other files is refused, memory is limited. Any thread.

#include "core/base/frames.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

namespace tessera::media {

struct ClipInfo {
    int width = 0;  // pixels
    int height = 0;
    double fps = 0.0;  // average; 0 for a still picture
    std::int64_t frames = 0;
    double durationSeconds = 0.0;
    std::uint64_t sizeBytes = 0;
    std::string container;    // "mp4", "gif", "npy", ...
    std::string codec;        // "h264", ...
    std::string pixelFormat;  // "yuv420p", ...
};

struct ReadOptions {
    int maxFrames = 0;                        // the first so many; 0 = all
    std::uint64_t maxBytes = 2'000'000'000u;  // of the frames returned
};

// Size, rate and count without decoding: from the container, or by counting packets where it does
// not say. NotFound, BadFile.
base::Result<ClipInfo> clipInfo(const std::filesystem::path& path);

// The first frames of the clip at their own size, in order. Colour as the file is tagged; untagged
// YUV is BT.709 from 720 lines up and BT.601 below. NotFound, BadFile, OutOfMemory when the frames
// need more than maxBytes, Cancelled (read at every frame).
base::Result<base::FrameSequence> readClip(const std::filesystem::path& path,
                                           const ReadOptions& options = {},
                                           const std::stop_token& stop = {});

}  // namespace tessera::media
