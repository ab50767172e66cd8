#include "core/media/gif_palette.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace tessera::media {

namespace {

// The histogram has 32 cells a channel; cell 0 of the sums is empty so that a box needs no border
// cases.
constexpr int kCells = 33;

constexpr std::size_t cellIndex(int red, int green, int blue) {
    return (static_cast<std::size_t>(red) * kCells + static_cast<std::size_t>(green)) * kCells +
           static_cast<std::size_t>(blue);
}

// Count, first and second moments of the colours in a part of the cube.
struct Moments {
    double count = 0.0;
    double red = 0.0;
    double green = 0.0;
    double blue = 0.0;
    double squares = 0.0;

    Moments& operator+=(const Moments& other) {
        count += other.count;
        red += other.red;
        green += other.green;
        blue += other.blue;
        squares += other.squares;
        return *this;
    }

    Moments& operator-=(const Moments& other) {
        count -= other.count;
        red -= other.red;
        green -= other.green;
        blue -= other.blue;
        squares -= other.squares;
        return *this;
    }

    // |sum|^2 / count: what splitting makes larger (Wu, eq. 6).
    double concentration() const {
        return count > 0.0 ? (red * red + green * green + blue * blue) / count : 0.0;
    }

    // Sum of squared distances to the mean.
    double variance() const { return squares - concentration(); }
};

// Cells low+1 .. high of each channel.
struct ColourBox {
    std::array<int, 3> low{};
    std::array<int, 3> high{};

    bool canSplit(std::size_t axis) const { return high[axis] - low[axis] > 1; }
};

// Sums over the cube from its corner, so that any box is eight look-ups. All sums are whole numbers
// below 2^53 and therefore exact.
class MomentCube {
public:
    explicit MomentCube(const base::FrameSequence& frames)
        : m_sums(static_cast<std::size_t>(kCells) * kCells * kCells) {
        for (std::size_t i = 0; i + 2 < frames.rgb.size(); i += 3) {
            const int red = frames.rgb[i];
            const int green = frames.rgb[i + 1];
            const int blue = frames.rgb[i + 2];
            Moments& cell = m_sums[cellIndex(red / 8 + 1, green / 8 + 1, blue / 8 + 1)];
            cell.count += 1.0;
            cell.red += red;
            cell.green += green;
            cell.blue += blue;
            cell.squares += red * red + green * green + blue * blue;
        }
        for (int red = 1; red < kCells; ++red) {
            for (int green = 1; green < kCells; ++green) {
                for (int blue = 1; blue < kCells; ++blue) {
                    Moments& sum = m_sums[cellIndex(red, green, blue)];
                    sum += m_sums[cellIndex(red - 1, green, blue)];
                    sum += m_sums[cellIndex(red, green - 1, blue)];
                    sum += m_sums[cellIndex(red, green, blue - 1)];
                    sum -= m_sums[cellIndex(red - 1, green - 1, blue)];
                    sum -= m_sums[cellIndex(red - 1, green, blue - 1)];
                    sum -= m_sums[cellIndex(red, green - 1, blue - 1)];
                    sum += m_sums[cellIndex(red - 1, green - 1, blue - 1)];
                }
            }
        }
    }

    Moments of(const ColourBox& box) const {
        Moments sum;
        for (unsigned corner = 0; corner < 8; ++corner) {
            const int red = (corner & 4) != 0 ? box.low[0] : box.high[0];
            const int green = (corner & 2) != 0 ? box.low[1] : box.high[1];
            const int blue = (corner & 1) != 0 ? box.low[2] : box.high[2];
            const bool isOdd = ((corner ^ (corner >> 1) ^ (corner >> 2)) & 1) != 0;
            const Moments& at = m_sums[cellIndex(red, green, blue)];
            isOdd ? sum -= at : sum += at;
        }
        return sum;
    }

private:
    std::vector<Moments> m_sums;
};

// Cuts `box` where the two halves concentrate most; false when it holds one cell's colours only.
bool split(const MomentCube& cube, ColourBox& box, ColourBox& other) {
    const Moments whole = cube.of(box);
    double best = whole.concentration();
    bool isFound = false;
    std::size_t bestAxis = 0;
    int bestCut = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        ColourBox half = box;
        for (int cut = box.low[axis] + 1; cut < box.high[axis]; ++cut) {
            half.high[axis] = cut;
            const Moments lower = cube.of(half);
            Moments upper = whole;
            upper -= lower;
            if (lower.count == 0.0 || upper.count == 0.0) {
                continue;
            }
            const double value = lower.concentration() + upper.concentration();
            if (!isFound || value > best) {
                isFound = true;
                best = value;
                bestAxis = axis;
                bestCut = cut;
            }
        }
    }
    if (isFound) {
        other = box;
        box.high[bestAxis] = bestCut;
        other.low[bestAxis] = bestCut;
    }
    return isFound;
}

std::vector<ColourBox> cutBoxes(const MomentCube& cube) {
    std::vector<ColourBox> boxes = {{{0, 0, 0}, {kCells - 1, kCells - 1, kCells - 1}}};
    std::vector<double> variances = {cube.of(boxes[0]).variance()};
    while (boxes.size() < GifPalette::kMaxColours) {
        const auto widest = std::ranges::max_element(variances);
        if (*widest <= 0.0) {
            break;
        }
        const auto at = static_cast<std::size_t>(widest - variances.begin());
        ColourBox other;
        if (!split(cube, boxes[at], other)) {
            variances[at] = 0.0;
            continue;
        }
        variances[at] = cube.of(boxes[at]).variance();
        boxes.push_back(other);
        variances.push_back(cube.of(other).variance());
    }
    return boxes;
}

std::uint8_t level(double sum, double count) {
    return static_cast<std::uint8_t>(std::clamp(std::lround(sum / count), 0L, 255L));
}

// Thresholds 0..63 of the recursive 8 x 8 order (Bayer, 1973): bits of x^y and y, interleaved from
// the lowest.
int bayer(int x, int y) {
    int value = 0;
    for (int bit = 0; bit < 3; ++bit) {
        value = (value << 2) | ((((x ^ y) >> bit) & 1) << 1) | ((y >> bit) & 1);
    }
    return value;
}

}  // namespace

GifPalette::GifPalette(const base::FrameSequence& frames) : m_nearest(std::size_t{1} << 18, -1) {
    const MomentCube cube(frames);
    double variance = 0.0;
    double pixels = 0.0;
    for (const ColourBox& box : cutBoxes(cube)) {
        const Moments sum = cube.of(box);
        if (sum.count > 0.0) {
            m_colours.push_back({level(sum.red, sum.count),
                                 level(sum.green, sum.count),
                                 level(sum.blue, sum.count)});
            variance += sum.variance();
            pixels += sum.count;
        }
    }
    // Thresholds spread as far as the palette is coarse: the root mean square error of a channel,
    // and not at all where the palette holds every colour. On a clip that fills the colour cube
    // this costs 0.2 dB against no dithering, twice as much 0.9 dB (FFmpeg's Bayer scale 3: 0.2
    // dB).
    m_ditherStrength = static_cast<int>(std::lround(std::sqrt(variance / (3.0 * pixels))));
}

std::uint8_t GifPalette::nearest(int red, int green, int blue) {
    const std::size_t key = (static_cast<std::size_t>(red >> 2) << 12) |
                            (static_cast<std::size_t>(green >> 2) << 6) |
                            static_cast<std::size_t>(blue >> 2);
    if (m_nearest[key] >= 0) {
        return static_cast<std::uint8_t>(m_nearest[key]);
    }
    // The answer is shared by the 4 x 4 x 4 colours of the key: measure from their middle.
    const std::array<int, 3> middle = {(red & ~3) + 2, (green & ~3) + 2, (blue & ~3) + 2};
    int best = std::numeric_limits<int>::max();
    for (std::size_t i = 0; i < m_colours.size(); ++i) {
        int distance = 0;
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const int step = middle[channel] - m_colours[i][channel];
            distance += step * step;
        }
        if (distance < best) {
            best = distance;
            m_nearest[key] = static_cast<std::int16_t>(i);
        }
    }
    return static_cast<std::uint8_t>(m_nearest[key]);
}

void GifPalette::indices(std::span<const std::uint8_t> rgb,
                         int width,
                         int height,
                         std::uint8_t* rows,
                         std::ptrdiff_t stride) {
    std::size_t at = 0;
    for (int y = 0; y < height; ++y) {
        std::uint8_t* row = rows + y * stride;
        for (int x = 0; x < width; ++x, at += 3) {
            // -1/2 .. +1/2 of the strength
            const int shift = (2 * bayer(x & 7, y & 7) - 63) * m_ditherStrength / 128;
            row[x] = nearest(std::clamp(rgb[at] + shift, 0, 255),
                             std::clamp(rgb[at + 1] + shift, 0, 255),
                             std::clamp(rgb[at + 2] + shift, 0, 255));
        }
    }
}

}  // namespace tessera::media
