#pragma once

// The one door by which frames become a file: MP4, GIF, PNG frames or NPY by suffix, with the
// recipe inside. Called by the pipeline and the command line on the engine's thread. A file appears
// under its name only when it is whole, synced and read back; after an error, a full disk or a
// cancel nothing is left.

#include "core/base/frames.h"
#include "core/base/result.h"
#include "core/media/clip_metadata.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

namespace tessera::media {

enum class ClipForm { Mp4, Gif, Png, Npy };

struct WriteOptions {
    int crf = 14;  // H.264 rate factor, 1 (largest) to 51; 14 is measured in mp4_writer.cpp
    std::function<void(int framesDone, int framesTotal)> onFrame;  // on the calling thread; may be
                                                                   // empty
};

struct WrittenClip {
    std::vector<std::filesystem::path> files;  // one; for PNG one a frame, in order
    std::uint64_t bytes = 0;                   // of all files together

    const std::filesystem::path& path() const { return files.front(); }
};

// By suffix, in any case: .mp4 .gif .png .npy. BadInput for another one.
base::Result<ClipForm> clipForm(const std::filesystem::path& path);

// Whether `path` can be written with clips of this size and rate: suffix, size, rate. For a check
// before the work starts; writeClip() checks the same. BadInput.
base::Status checkClip(const std::filesystem::path& path, int width, int height, double fps);

// Writes `frames` (at least one) to `path` and puts `metadata` inside, except into NPY, which has
// no place for it. PNG: frame i becomes "<stem>-<i+1, four digits>.png"; a single frame is `path`
// itself. An existing file is replaced. Equal input gives equal bytes. BadInput, NoSpace,
// NotWritable (also when the folder does not exist), Unsupported (FFmpeg without libx264),
// OutOfMemory, Cancelled (read at every frame).
base::Result<WrittenClip> writeClip(const std::filesystem::path& path,
                                    const base::FrameSequence& frames,
                                    const ClipMetadata& metadata = {},
                                    const WriteOptions& options = {},
                                    const std::stop_token& stop = {});

}  // namespace tessera::media
