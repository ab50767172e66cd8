#pragma once

// PNG without a library, for builds that have no codec: sample sheets of the trainer, frames of a
// headless machine. Compresses with fixed Huffman codes and the row filters of the format; reading
// is media's job.

#include "core/base/frames.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace tessera::base {

// RGB8, [height, width, 3] bytes. Deterministic.
std::vector<std::uint8_t> encodePng(std::span<const std::uint8_t> rgb, int width, int height);

// Writes one frame atomically. NoSpace, NotWritable.
Status writePng(const std::filesystem::path& path, const FrameSequence& frames, int frameIndex);

// Lays equal-sized pictures out in a grid of `columns`, `gap` black pixels apart. All frames must
// share one size.
FrameSequence contactSheet(std::span<const FrameSequence> pictures, int columns, int gap);

}  // namespace tessera::base
