#pragma once

// The palette: object colours, background tints, and how far two colours are apart to the eye.
// sRGB values in [0, 1]. Thread-safe.

namespace tessera::world {

struct Rgb {
    float r = 0.0F;
    float g = 0.0F;
    float b = 0.0F;
};

// a + (b - a) * share.
Rgb mix(Rgb a, Rgb b, float share);
Rgb scaled(Rgb colour, float factor);

// The object colour of that index in colourNames().
Rgb palette(int colour);

// The pale form of it that plain, gradient, striped and dotted backgrounds wear.
Rgb tint(int colour);

float luminance(Rgb colour);

// CIE 1976 colour difference; 25 is clearly another colour at a glance.
double deltaE(Rgb a, Rgb b);

// What an object of one colour is painted with.
struct Brush {
    Rgb main;
    Rgb light;
    Rgb dark;
    Rgb second;  // the other colour of stripes, dots and checks
    Rgb ink;
    Rgb white;
    Rgb accent;
    Rgb skin;
    Rgb glass;
    Rgb wood;
};

Brush brushOf(int colour);

}  // namespace tessera::world
