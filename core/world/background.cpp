#include "core/world/background.h"

#include "core/base/random.h"
#include "core/world/maths.h"
#include "core/world/streams.h"

#include <cmath>
#include <cstddef>

namespace tessera::world {

namespace {

constexpr Rgb colourOf(int r, int g, int b) {
    return {static_cast<float>(r) / 255.0F,
            static_cast<float>(g) / 255.0F,
            static_cast<float>(b) / 255.0F};
}

float smooth(double low, double high, float x) {
    return static_cast<float>(smoothStep(low, high, static_cast<double>(x)));
}

// No edge is sharper than this, whatever the picture's size: 2 pixels at 256 lines.
constexpr float kSharpest = 64.0F;

constexpr float kHorizon = 0.10F;  // of the checkerboard floor
constexpr float kSeaLevel = 0.02F;
constexpr float kSunsetLine = 0.36F;

}  // namespace

bool isAnimated(int background) {
    return background == kSea;
}

bool isTinted(int background) {
    return background == kPlain || background == kGradient || background == kStripedWall ||
           background == kPolkaWall;
}

Background::Background(const Scene& scene) : m_kind(scene.background) {
    base::RandomStream random(scene.seed, streams::kBackgroundDetail);
    m_phase = static_cast<float>(random.uniform(0.0, 2.0 * kPi));
    m_tint = tint(scene.backgroundColour);
    const bool pale = luminance(m_tint) > 0.45F;
    switch (m_kind) {
        case kGradient:
            m_second = pale ? mix(m_tint, {1.0F, 1.0F, 1.0F}, 0.72F) : scaled(m_tint, 1.9F);
            m_tint = scaled(m_tint, 0.86F);
            break;
        case kStripedWall:
            m_second = pale ? scaled(m_tint, 0.80F) : scaled(m_tint, 1.45F);
            break;
        case kPolkaWall:
            m_second = pale ? mix(m_tint, {1.0F, 1.0F, 1.0F}, 0.62F) : scaled(m_tint, 1.6F);
            break;
        case kCity:
            makeCity(scene.seed);
            break;
        case kStarryNight:
            makeStars(scene.seed);
            break;
        default:
            break;
    }
}

void Background::makeCity(std::uint64_t seed) {
    base::RandomStream random(seed, streams::kCity);
    constexpr double kPitch = 0.21;  // of windows across
    double left = -2.5 - random.uniform(0.0, 0.3);
    while (left < 2.5) {
        const int across = 2 + random.below(2);
        Building building;
        building.left = static_cast<float>(left);
        building.right = static_cast<float>(left + kPitch * across + 0.10);
        building.top = static_cast<float>(random.uniform(-0.42, 0.18));
        const float shade = static_cast<float>(random.uniform(0.0, 1.0));
        building.colour = mix(colourOf(52, 58, 92), colourOf(84, 90, 130), shade);
        for (int i = 0; i < across; ++i) {
            building.windowsX.push_back(static_cast<float>(left + 0.05 + kPitch * (i + 0.5)));
        }
        for (int i = 0; i < 9 * across; ++i) {
            building.lit.push_back(random.chance(0.55));
        }
        left = static_cast<double>(building.right) + random.uniform(0.02, 0.08);
        m_buildings.push_back(std::move(building));
    }
}

void Background::makeStars(std::uint64_t seed) {
    base::RandomStream random(seed, streams::kStars);
    // One star in each cell of a coarse grid: spread evenly, never in clumps.
    for (int j = 0; j < 5; ++j) {
        for (int i = 0; i < 9; ++i) {
            Star star;
            star.x = static_cast<float>(-2.5 + 5.0 / 9.0 * (i + random.uniform(0.15, 0.85)));
            star.y = static_cast<float>(-1.5 + 3.0 / 5.0 * (j + random.uniform(0.15, 0.85)));
            star.radius = static_cast<float>(random.uniform(0.020, 0.036));
            star.bright = static_cast<float>(random.uniform(0.55, 1.0));
            m_stars.push_back(star);
        }
    }
}

void Background::place(std::span<const float> columns, float pixelsPerUnit, double t) {
    m_columns = columns;
    m_time = t;
    m_sharp = pixelsPerUnit * 0.6F < kSharpest ? pixelsPerUnit * 0.6F : kSharpest;
    const std::size_t n = columns.size();
    m_mask.resize(n);
    for (std::vector<float>& edge : m_edges) {
        edge.resize(n);
    }
    m_sines.resize(n);
    m_cosines.resize(n);
    const double phase = static_cast<double>(m_phase);
    for (std::size_t i = 0; i < n; ++i) {
        const double u = static_cast<double>(columns[i]);
        switch (m_kind) {
            case kSea:
                m_edges[0][i] = static_cast<float>(static_cast<double>(kSeaLevel) +
                                                   0.030 * sine(5.0 * u + 2.0 * kPi * t + phase));
                m_sines[i] = static_cast<float>(sine(2.2 * u));
                m_cosines[i] = static_cast<float>(cosine(2.2 * u));
                break;
            case kGreenHills:
                m_edges[0][i] = static_cast<float>(0.14 + 0.16 * sine(1.9 * u + phase));
                m_edges[1][i] = static_cast<float>(0.36 + 0.13 * sine(2.5 * u + 2.1 * phase + 1.0));
                m_edges[2][i] = static_cast<float>(0.66 + 0.09 * sine(2.1 * u + 3.3 * phase + 2.0));
                break;
            case kDesert:
                m_edges[0][i] = static_cast<float>(0.20 + 0.09 * sine(1.7 * u + phase));
                m_edges[1][i] = static_cast<float>(0.46 + 0.14 * sine(1.4 * u + 1.7 * phase + 2.0));
                break;
            case kForest: {
                // Fir tops: triangle waves whose heights sway slowly along the row.
                const double back = u * 2.3 + 40.0 + phase;
                const double front = u * 1.5 + 40.0 + 1.7 * phase;
                const double backRise = std::fabs(back - std::floor(back) - 0.5) * 2.0;
                const double frontRise = std::fabs(front - std::floor(front) - 0.5) * 2.0;
                m_edges[0][i] =
                    static_cast<float>(-0.34 + 0.06 * sine(1.3 * u + phase) + 0.46 * backRise);
                m_edges[1][i] =
                    static_cast<float>(0.0 + 0.08 * sine(1.1 * u + 2.0 * phase) + 0.62 * frontRise);
                break;
            }
            default:
                break;
        }
    }
}

std::pair<int, int> Background::columnsBetween(float low, float high) const {
    const int n = count();
    const float start = m_columns.front();
    const float step = n > 1 ? (m_columns.back() - start) / static_cast<float>(n - 1) : 1.0F;
    const float limit = static_cast<float>(n) + 2.0F;
    // One column more on each side than rounding could ask for.
    const int first = static_cast<int>(clamp((low - start) / step, -2.0F, limit)) - 1;
    const int last = static_cast<int>(clamp((high - start) / step, -2.0F, limit)) + 3;
    const int from = clamp(first, 0, n);
    return {from, clamp(last, from, n)};
}

void Background::rectangle(
    float v, rows::Planes out, float left, float top, float right, float bottom, Rgb colour) {
    const float inside = v - top < bottom - v ? v - top : bottom - v;
    const float strength = clamp(inside * m_sharp + 0.5F, 0.0F, 1.0F);
    if (strength <= 0.0F) {
        return;
    }
    const float margin = 1.0F / m_sharp;
    const auto [first, last] = columnsBetween(left - margin, right + margin);
    rows::band(
        m_columns.data() + first, m_mask.data(), last - first, left, right, m_sharp, strength);
    rows::blend(out.from(first), m_mask.data(), last - first, colour);
}

void Background::disc(float v,
                      rows::Planes out,
                      float x,
                      float y,
                      float radius,
                      float sharpness,
                      float strength,
                      Rgb colour) {
    const float reach = radius + 1.0F / sharpness;
    const float dy = v - y;
    if (dy > reach || dy < -reach) {
        return;
    }
    const auto [first, last] = columnsBetween(x - reach, x + reach);
    const int n = last - first;
    rows::disc(m_columns.data() + first, m_mask.data(), n, x, dy, radius, sharpness, strength);
    rows::blend(out.from(first), m_mask.data(), n, colour);
}

void Background::ground(float v, rows::Planes out, const std::vector<float>& edge, Rgb colour) {
    rows::below(edge.data(), m_mask.data(), count(), v, m_sharp);
    rows::blend(out, m_mask.data(), count(), colour);
}

void Background::row(float v, rows::Planes out) {
    const int n = count();
    switch (m_kind) {
        case kGradient:
            rows::fill(out, n, mix(m_tint, m_second, smooth(-1.1, 1.1, v)));
            break;
        case kCheckerFloor:
            checkerFloor(v, out);
            break;
        case kStripedWall:
            rows::fill(out, n, m_tint);
            rows::checks(m_columns.data(), m_mask.data(), n, 1.0F / 0.5F, m_sharp * 0.5F, 0.0F);
            rows::blend(out, m_mask.data(), n, m_second);
            break;
        case kPolkaWall: {
            constexpr float kPeriod = 0.5F;
            const float inPeriods = v / kPeriod + 16.0F;
            const float across = (inPeriods - std::floor(inPeriods) - 0.5F) * kPeriod;
            rows::fill(out, n, m_tint);
            rows::dots(m_columns.data(), m_mask.data(), n, kPeriod, across, 0.13F, m_sharp);
            rows::blend(out, m_mask.data(), n, m_second);
            break;
        }
        case kStarryNight:
            starryNight(v, out);
            break;
        case kSunset:
            sunset(v, out);
            break;
        case kSea:
            sea(v, out);
            break;
        case kGreenHills:
            greenHills(v, out);
            break;
        case kDesert:
            desert(v, out);
            break;
        case kCity:
            city(v, out);
            break;
        case kForest:
            forest(v, out);
            break;
        default:
            rows::fill(out, n, mix(m_tint, scaled(m_tint, 0.90F), smooth(-1.2, 1.2, v)));
            break;
    }
}

void Background::checkerFloor(float v, rows::Planes out) {
    const int n = count();
    const Rgb wall = mix(colourOf(158, 186, 214), colourOf(206, 220, 232), smooth(-1.2, 0.1, v));
    if (v <= kHorizon - 0.02F) {
        rows::fill(out, n, wall);
        return;
    }
    // Perspective: a row at v shows the floor at this depth; checks are 0.36 wide at the front.
    const float below = v - kHorizon > 0.004F ? v - kHorizon : 0.004F;
    const float depth = 1.0F / below;
    const float perColumn = 1.25F * depth;  // checks (half periods are 0.5) per unit of u
    const float along = 2.6F * depth + 64.0F;
    const float phase = along * 0.5F - std::floor(along * 0.5F);
    const float toEdge = phase < 0.25F ? -phase : (phase < 0.75F ? phase - 0.5F : 1.0F - phase);
    // A row crosses checks faster towards the horizon; its soft edge grows with that.
    const float stepAlong = 2.6F * 0.5F * depth * depth;
    const float sharpAlong = m_sharp / stepAlong;
    const float other = clamp(0.5F + toEdge * sharpAlong, 0.0F, 1.0F);
    const float scale = perColumn * 0.5F;
    const float sharp = m_sharp / scale;
    rows::checks(m_columns.data(), m_mask.data(), n, scale, sharp, other);
    // Towards the horizon the checks melt into their mean: finer ones would only flicker.
    const float clear = smooth(0.08, 0.40, below);
    const Rgb pale = colourOf(232, 232, 226);
    const Rgb dark = colourOf(96, 106, 136);
    const Rgb mean = mix(pale, dark, 0.5F);
    rows::fill(out, n, mix(mean, pale, clear));
    rows::blend(out, m_mask.data(), n, mix(mean, dark, clear));
    const float sky = clamp((kHorizon - v) * m_sharp + 0.5F, 0.0F, 1.0F);
    if (sky > 0.0F) {
        rows::band(m_columns.data(), m_mask.data(), n, -1e6F, 1e6F, 1.0F, sky);
        rows::blend(out, m_mask.data(), n, wall);
    }
}

void Background::starryNight(float v, rows::Planes out) {
    rows::fill(out, count(), mix(colourOf(12, 14, 44), colourOf(38, 40, 96), smooth(-1.2, 1.2, v)));
    for (const Star& star : m_stars) {
        disc(v, out, star.x, star.y, star.radius, 28.0F, star.bright, colourOf(250, 246, 220));
    }
}

void Background::sunset(float v, rows::Planes out) {
    const Rgb high = colourOf(92, 58, 130);
    const Rgb middle = colourOf(226, 100, 96);
    const Rgb low = colourOf(252, 178, 86);
    const Rgb sky = v < -0.25F ? mix(high, middle, smooth(-1.3, -0.2, v))
                               : mix(middle, low, smooth(-0.3, 0.4, v));
    rows::fill(out, count(), sky);
    disc(v, out, 0.55F, kSunsetLine - 0.04F, 0.34F, 5.0F, 0.35F, colourOf(255, 226, 140));
    disc(v, out, 0.55F, kSunsetLine - 0.04F, 0.30F, m_sharp, 1.0F, colourOf(255, 232, 150));
    const Rgb near = mix(colourOf(120, 66, 104), colourOf(48, 36, 78), smooth(0.36, 1.1, v));
    rectangle(v, out, -9.0F, kSunsetLine, 9.0F, 9.0F, near);
    if (v > kSunsetLine) {
        // The sun's path on the dark water.
        const float wide = 0.24F - 0.10F * (v - kSunsetLine);
        rows::band(m_columns.data(),
                   m_mask.data(),
                   count(),
                   0.55F - wide,
                   0.55F + wide,
                   6.0F,
                   0.55F * smooth(1.1, 0.36, v));
        rows::blend(out, m_mask.data(), count(), colourOf(250, 160, 96));
    }
}

void Background::sea(float v, rows::Planes out) {
    const int n = count();
    rows::fill(
        out, n, mix(colourOf(120, 184, 236), colourOf(214, 234, 246), smooth(-1.2, 0.05, v)));
    const double angle =
        15.0 * static_cast<double>(v) - 2.0 * kPi * m_time + static_cast<double>(m_phase);
    const float deepness = smooth(0.0, 1.2, v);
    const Rgb deep = mix(colourOf(36, 122, 190), colourOf(16, 74, 146), deepness);
    const Rgb light = mix(colourOf(76, 164, 216), colourOf(46, 122, 190), deepness);
    rows::below(m_edges[0].data(), m_mask.data(), n, v, m_sharp);
    rows::blend(out, m_mask.data(), n, deep);
    if (v > kSeaLevel + 0.05F) {
        rows::wave(m_cosines.data(),
                   m_sines.data(),
                   m_mask.data(),
                   n,
                   0.45F,
                   0.5F * static_cast<float>(sine(angle)),
                   0.5F * static_cast<float>(cosine(angle)));
        rows::blend(out, m_mask.data(), n, light);
    }
}

void Background::greenHills(float v, rows::Planes out) {
    rows::fill(
        out, count(), mix(colourOf(118, 180, 240), colourOf(216, 236, 250), smooth(-1.2, 0.3, v)));
    ground(v, out, m_edges[0], colourOf(140, 196, 122));
    ground(v, out, m_edges[1], colourOf(98, 170, 88));
    ground(v, out, m_edges[2], colourOf(66, 140, 66));
}

void Background::desert(float v, rows::Planes out) {
    rows::fill(
        out, count(), mix(colourOf(150, 200, 226), colourOf(250, 226, 180), smooth(-1.2, 0.25, v)));
    ground(v, out, m_edges[0], colourOf(232, 190, 124));
    ground(v,
           out,
           m_edges[1],
           mix(colourOf(220, 168, 96), colourOf(196, 140, 76), smooth(0.4, 1.1, v)));
}

void Background::city(float v, rows::Planes out) {
    constexpr float kWindowPitch = 0.24F;
    rows::fill(
        out, count(), mix(colourOf(124, 116, 176), colourOf(246, 190, 170), smooth(-1.1, 0.6, v)));
    for (const Building& building : m_buildings) {
        rectangle(v, out, building.left, building.top, building.right, 0.86F, building.colour);
        const float inRows = (v - building.top - 0.10F) / kWindowPitch;
        const int row = static_cast<int>(std::floor(inRows));
        if (row < 0 || row > 8) {
            continue;
        }
        const float top = building.top + 0.10F + kWindowPitch * static_cast<float>(row) + 0.04F;
        if (top > 0.70F) {
            continue;
        }
        const std::size_t across = building.windowsX.size();
        for (std::size_t i = 0; i < across; ++i) {
            if (building.lit[static_cast<std::size_t>(row) * across + i]) {
                const float x = building.windowsX[i];
                rectangle(v, out, x - 0.06F, top, x + 0.06F, top + 0.15F, colourOf(250, 214, 130));
            }
        }
    }
    rectangle(v, out, -9.0F, 0.84F, 9.0F, 9.0F, colourOf(62, 62, 78));
}

void Background::forest(float v, rows::Planes out) {
    rows::fill(
        out, count(), mix(colourOf(176, 214, 214), colourOf(226, 238, 220), smooth(-1.2, 0.2, v)));
    ground(v, out, m_edges[0], colourOf(112, 164, 138));
    ground(v, out, m_edges[1], colourOf(52, 116, 84));
    rectangle(v,
              out,
              -9.0F,
              0.62F,
              9.0F,
              9.0F,
              mix(colourOf(102, 134, 72), colourOf(84, 112, 60), smooth(0.6, 1.1, v)));
}

}  // namespace tessera::world
