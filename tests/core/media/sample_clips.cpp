#include "tests/core/media/sample_clips.h"

#include <cmath>
#include <fstream>
#include <iterator>
#include <numbers>
#include <stdexcept>

#include <stdlib.h>

namespace tessera::media {

base::FrameSequence smoothClip(int width, int height, int frames, double fps) {
    auto clip = base::FrameSequence::black(width, height, frames, fps);
    constexpr double kTurn = 2.0 * std::numbers::pi;
    for (int t = 0; t < frames; ++t) {
        const auto frame = clip.frame(t);
        std::size_t at = 0;
        const double time = 0.03 * t;
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
                const double u = static_cast<double>(x) / width;
                const double v = static_cast<double>(y) / height;
                const double waves[] = {std::sin(kTurn * (u + time)),
                                        std::sin(kTurn * (v - time) + 1.0),
                                        std::sin(kTurn * (0.7 * u + 0.6 * v + time) + 2.0)};
                for (const double wave : waves) {
                    frame[at++] = static_cast<std::uint8_t>(std::lround(127.5 + 100.0 * wave));
                }
            }
        }
    }
    return clip;
}

const std::vector<std::vector<int>>& gridColours() {
    static const std::vector<std::vector<int>> colours = {{255, 0, 0},
                                                          {0, 255, 0},
                                                          {0, 0, 255},
                                                          {255, 255, 0},
                                                          {0, 255, 255},
                                                          {255, 0, 255},
                                                          {255, 255, 255},
                                                          {0, 0, 0},
                                                          {128, 128, 128},
                                                          {200, 120, 60},
                                                          {30, 90, 160},
                                                          {250, 180, 210}};
    return colours;
}

base::FrameSequence colourGrid(int frames) {
    auto clip = base::FrameSequence::black(4 * kGridField, 3 * kGridField, frames, 8.0);
    for (int t = 0; t < frames; ++t) {
        const auto frame = clip.frame(t);
        std::size_t at = 0;
        for (int y = 0; y < clip.height; ++y) {
            for (int x = 0; x < clip.width; ++x) {
                const auto field = static_cast<std::size_t>(y / kGridField * 4 + x / kGridField);
                for (const int level : gridColours()[field]) {
                    frame[at++] = static_cast<std::uint8_t>(level);
                }
            }
        }
    }
    return clip;
}

double psnr(const base::FrameSequence& a, const base::FrameSequence& b) {
    if (a.width != b.width || a.height != b.height || a.rgb.size() != b.rgb.size()) {
        return -1.0;
    }
    double squares = 0.0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) {
        const double step = double{a.rgb[i] * 1.0} - b.rgb[i];
        squares += step * step;
    }
    if (squares == 0.0) {
        return 99.0;
    }
    return 10.0 * std::log10(255.0 * 255.0 * static_cast<double>(a.rgb.size()) / squares);
}

ClipMetadata sampleMetadata() {
    ClipMetadata metadata;
    metadata.recipeJson = R"({"schema":1,"prompt":"a red ball rolls to the left over the sea, caf)"
                          "\xC3\xA9"
                          R"(","seed":18446744073709551615,"steps":50})";
    metadata.parametersText = "a red ball rolls to the left over the sea\nSteps: 50, Seed: 7";
    return metadata;
}

std::vector<std::uint8_t> readBytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void writeBytes(const std::filesystem::path& path, const std::vector<std::uint8_t>& bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
}

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tessera-media-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no temporary folder can be made at " + name);
    }
    m_path = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

int TemporaryFolder::fileCount() const {
    return static_cast<int>(std::distance(std::filesystem::directory_iterator(m_path), {}));
}

}  // namespace tessera::media
