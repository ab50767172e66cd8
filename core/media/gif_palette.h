#pragma once

// The colours of a GIF: one palette for the whole clip by variance-based cuts of its colour
// histogram (Wu, "Efficient statistical computations for optimal color quantization", Graphics Gems
// II, 1991), and ordered dithering to it, which stands still where the picture stands still.
// Internal to media. The palette is made once; indices() may then be called from one thread.

#include "core/base/frames.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace tessera::media {

class GifPalette {
public:
    // One entry stays free for "as in the frame before".
    static constexpr int kMaxColours = 255;

    using Colour = std::array<std::uint8_t, 3>;

    explicit GifPalette(const base::FrameSequence& frames);

    const std::vector<Colour>& colours() const { return m_colours; }

    // One palette index a pixel into rows `stride` bytes apart.
    void indices(std::span<const std::uint8_t> rgb,
                 int width,
                 int height,
                 std::uint8_t* rows,
                 std::ptrdiff_t stride);

private:
    std::uint8_t nearest(int red, int green, int blue);

    std::vector<Colour> m_colours;
    std::vector<std::int16_t> m_nearest;  // by 6 bits a channel; -1 = not asked for yet
    int m_ditherStrength = 0;             // levels between the darkest and lightest threshold
};

}  // namespace tessera::media
