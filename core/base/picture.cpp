#include "core/base/picture.h"

#include "core/base/check.h"
#include "core/base/deflate.h"
#include "core/base/file.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace tessera::base {
namespace {

constexpr std::size_t kChannels = 3;

void appendBigEndian(std::vector<std::uint8_t>& out, std::uint32_t value) {
    for (const int shift : {24, 16, 8, 0}) {
        out.push_back(static_cast<std::uint8_t>((value >> shift) & 0xFFu));
    }
}

void appendChunk(std::vector<std::uint8_t>& out,
                 std::string_view type,
                 std::span<const std::uint8_t> data) {
    appendBigEndian(out, static_cast<std::uint32_t>(data.size()));
    const std::size_t start = out.size();
    out.insert(out.end(), type.begin(), type.end());
    out.insert(out.end(), data.begin(), data.end());
    appendBigEndian(out, crc32(std::span(out).subspan(start)));
}

// The nearest of left, above and above-left to left + above - corner (PNG specification, 9.4).
int paeth(int left, int above, int corner) {
    const int estimate = left + above - corner;
    const int toLeft = std::abs(estimate - left);
    const int toAbove = std::abs(estimate - above);
    const int toCorner = std::abs(estimate - corner);
    if (toLeft <= toAbove && toLeft <= toCorner) {
        return left;
    }
    return toAbove <= toCorner ? above : corner;
}

// What the filter of this type (0 to 4) expects at a byte.
int predicted(int type, int left, int above, int corner) {
    switch (type) {
        case 1:
            return left;
        case 2:
            return above;
        case 3:
            return (left + above) / 2;
        case 4:
            return paeth(left, above, corner);
        default:
            return 0;
    }
}

// The row after filter `type`; returns the sum of the residuals as signed magnitudes.
std::uint64_t filterRow(int type,
                        std::span<const std::uint8_t> row,
                        std::span<const std::uint8_t> above,
                        std::vector<std::uint8_t>& out) {
    std::uint64_t cost = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const int left = i < kChannels ? 0 : row[i - kChannels];
        const int up = above.empty() ? 0 : above[i];
        const int corner = above.empty() || i < kChannels ? 0 : above[i - kChannels];
        const auto residual =
            static_cast<std::uint8_t>((row[i] - predicted(type, left, up, corner)) & 0xFF);
        out[i] = residual;
        cost += residual < 128 ? residual : 256u - residual;
    }
    return cost;
}

}  // namespace

std::vector<std::uint8_t> encodePng(std::span<const std::uint8_t> rgb, int width, int height) {
    CHECK(width > 0 && height > 0, width, height);
    const std::size_t rowBytes = static_cast<std::size_t>(width) * kChannels;
    CHECK(rgb.size() == rowBytes * static_cast<std::size_t>(height), rgb.size(), width, height);

    std::vector<std::uint8_t> filtered;
    filtered.reserve((rowBytes + 1) * static_cast<std::size_t>(height));
    std::vector<std::uint8_t> candidate(rowBytes);
    std::vector<std::uint8_t> best(rowBytes);
    std::span<const std::uint8_t> above;
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
        const auto row = rgb.subspan(y * rowBytes, rowBytes);
        // The least sum of magnitudes is the choice that the PNG specification suggests (12.8).
        int bestType = 0;
        std::uint64_t bestCost = filterRow(0, row, above, best);
        for (int type = 1; type <= 4; ++type) {
            const std::uint64_t cost = filterRow(type, row, above, candidate);
            if (cost < bestCost) {
                bestCost = cost;
                bestType = type;
                std::swap(best, candidate);
            }
        }
        filtered.push_back(static_cast<std::uint8_t>(bestType));
        filtered.insert(filtered.end(), best.begin(), best.end());
        above = row;
    }

    std::vector<std::uint8_t> out{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    std::vector<std::uint8_t> header;
    appendBigEndian(header, static_cast<std::uint32_t>(width));
    appendBigEndian(header, static_cast<std::uint32_t>(height));
    // 8 bits a channel, true colour, deflate, adaptive filters, not interlaced.
    header.insert(header.end(), {8, 2, 0, 0, 0});
    appendChunk(out, "IHDR", header);
    appendChunk(out, "IDAT", zlibCompress(filtered));
    appendChunk(out, "IEND", {});
    return out;
}

Status writePng(const std::filesystem::path& path, const FrameSequence& frames, int frameIndex) {
    CHECK(frameIndex >= 0 && frameIndex < frames.frames, frameIndex, frames.frames);
    return writeFileAtomically(path,
                               encodePng(frames.frame(frameIndex), frames.width, frames.height));
}

FrameSequence contactSheet(std::span<const FrameSequence> pictures, int columns, int gap) {
    CHECK(!pictures.empty() && columns > 0 && gap >= 0, pictures.size(), columns, gap);
    const FrameSequence& first = pictures.front();
    const int count = static_cast<int>(pictures.size());
    columns = std::min(columns, count);
    const int rows = (count + columns - 1) / columns;
    FrameSequence sheet = FrameSequence::black(columns * (first.width + gap) - gap,
                                               rows * (first.height + gap) - gap,
                                               first.frames,
                                               first.fps);
    const std::size_t sheetRow = static_cast<std::size_t>(sheet.width) * kChannels;
    const std::size_t pictureRow = static_cast<std::size_t>(first.width) * kChannels;
    for (int index = 0; index < count; ++index) {
        const FrameSequence& picture = pictures[static_cast<std::size_t>(index)];
        CHECK(picture.width == first.width && picture.height == first.height &&
                  picture.frames == first.frames,
              picture.width,
              picture.height,
              picture.frames);
        const int left = index % columns * (first.width + gap);
        const int top = index / columns * (first.height + gap);
        for (int frame = 0; frame < first.frames; ++frame) {
            const auto source = picture.frame(frame);
            const auto target = sheet.frame(frame);
            for (int y = 0; y < first.height; ++y) {
                const auto from =
                    source.subspan(static_cast<std::size_t>(y) * pictureRow, pictureRow);
                const auto to = target.subspan(static_cast<std::size_t>(top + y) * sheetRow +
                                               static_cast<std::size_t>(left) * kChannels);
                std::copy(from.begin(), from.end(), to.begin());
            }
        }
    }
    return sheet;
}

}  // namespace tessera::base
