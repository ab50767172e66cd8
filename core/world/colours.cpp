#include "core/world/colours.h"

#include "core/base/check.h"
#include "core/world/maths.h"
#include "core/world/scene.h"

#include <array>
#include <cmath>
#include <cstddef>

namespace tessera::world {

namespace {

constexpr Rgb bytes(int r, int g, int b) {
    return {static_cast<float>(r) / 255.0F,
            static_cast<float>(g) / 255.0F,
            static_cast<float>(b) / 255.0F};
}

// Far apart from each other in Lab: the nearest two (orange, yellow) differ by more than 35.
constexpr std::array<Rgb, kColourCount> kPalette = {bytes(220, 48, 44),
                                                    bytes(244, 136, 28),
                                                    bytes(248, 216, 56),
                                                    bytes(52, 166, 72),
                                                    bytes(60, 202, 214),
                                                    bytes(46, 90, 224),
                                                    bytes(134, 58, 186),
                                                    bytes(246, 130, 184),
                                                    bytes(126, 80, 44),
                                                    bytes(247, 247, 247),
                                                    bytes(26, 26, 30),
                                                    bytes(134, 134, 140)};

constexpr int kYellow = 2;
constexpr int kOrange = 1;
constexpr int kBrown = 8;
constexpr int kWhite = 9;
constexpr int kBlack = 10;

// The usual cubic fit to the sRGB curve; its error (0.002) does not matter for a threshold.
double linear(double x) {
    return x * (x * (x * 0.305306011 + 0.682171111) + 0.012522878);
}

double labCurve(double x) {
    return x > 0.008856 ? cubeRoot(x) : 7.787 * x + 16.0 / 116.0;
}

std::array<double, 3> lab(Rgb colour) {
    const double r = linear(colour.r);
    const double g = linear(colour.g);
    const double b = linear(colour.b);
    const double x = labCurve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    const double y = labCurve(0.2126 * r + 0.7152 * g + 0.0722 * b);
    const double z = labCurve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    return {116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)};
}

}  // namespace

Rgb mix(Rgb a, Rgb b, float share) {
    return {a.r + (b.r - a.r) * share, a.g + (b.g - a.g) * share, a.b + (b.b - a.b) * share};
}

Rgb scaled(Rgb colour, float factor) {
    return {colour.r * factor, colour.g * factor, colour.b * factor};
}

Rgb palette(int colour) {
    CHECK(colour >= 0 && colour < kColourCount, colour);
    return kPalette[static_cast<std::size_t>(colour)];
}

Rgb tint(int colour) {
    if (colour == kBlack) {
        return bytes(58, 60, 70);
    }
    if (colour == kWhite) {
        return bytes(240, 240, 238);
    }
    return mix(palette(colour), bytes(232, 234, 236), 0.58F);
}

float luminance(Rgb colour) {
    return 0.299F * colour.r + 0.587F * colour.g + 0.114F * colour.b;
}

double deltaE(Rgb a, Rgb b) {
    const std::array<double, 3> p = lab(a);
    const std::array<double, 3> q = lab(b);
    return std::sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) +
                     (p[2] - q[2]) * (p[2] - q[2]));
}

Brush brushOf(int colour) {
    Brush brush;
    const Rgb white = bytes(250, 250, 250);
    brush.main = palette(colour);
    brush.light = mix(brush.main, white, 0.62F);
    brush.dark = scaled(brush.main, 0.62F);
    brush.second =
        luminance(brush.main) > 0.5F ? scaled(brush.main, 0.64F) : mix(brush.main, white, 0.46F);
    brush.ink = bytes(34, 34, 42);
    brush.white = white;
    brush.accent = bytes(250, 196, 48);
    brush.skin = bytes(240, 196, 160);
    brush.glass = bytes(206, 232, 246);
    brush.wood = bytes(112, 72, 44);
    switch (colour) {
        case kWhite:
            brush.light = bytes(206, 212, 222);
            brush.dark = bytes(176, 184, 198);
            brush.second = bytes(160, 170, 190);
            brush.glass = bytes(120, 178, 222);
            break;
        case kBlack:
            brush.light = bytes(112, 114, 126);
            brush.dark = bytes(62, 62, 72);
            brush.second = bytes(130, 132, 144);
            brush.ink = bytes(214, 216, 222);
            break;
        case kYellow:
        case kOrange:
            brush.accent = bytes(150, 84, 36);
            break;
        case kBrown:
            brush.wood = bytes(72, 44, 26);
            break;
        default:
            break;
    }
    return brush;
}

}  // namespace tessera::world
