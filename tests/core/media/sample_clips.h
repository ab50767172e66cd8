#pragma once

// Clips, texts and folders for the tests of media.

#include "core/base/frames.h"
#include "core/media/clip_metadata.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tessera::media {

// Slow waves of colour that move: what H.264 should keep nearly whole.
base::FrameSequence smoothClip(int width, int height, int frames, double fps);

// A grid of 4 x 3 fields of one colour each, 16 pixels wide at least.
base::FrameSequence colourGrid(int frames);

// The twelve colours of colourGrid(), in reading order.
const std::vector<std::vector<int>>& gridColours();

inline constexpr int kGridField = 48;

// Peak signal to noise ratio in dB over all bytes; 99 for equal clips. -1 where sizes differ.
double psnr(const base::FrameSequence& a, const base::FrameSequence& b);

ClipMetadata sampleMetadata();

std::vector<std::uint8_t> readBytes(const std::filesystem::path& path);
void writeBytes(const std::filesystem::path& path, const std::vector<std::uint8_t>& bytes);

// An empty folder of the test's own, gone with it.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }

    std::filesystem::path operator/(const std::string& name) const { return m_path / name; }

    int fileCount() const;

private:
    std::filesystem::path m_path;
};

}  // namespace tessera::media
