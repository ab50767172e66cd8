#pragma once

// The few functions of real numbers the world needs, without the platform's mathematics library:
// its last bits differ between machines, and the world's bytes must not. Thread-safe.

namespace tessera::world {

inline constexpr double kPi = 3.14159265358979323846;

// Error below 1e-12 for |x| < 1e4; the same bits wherever IEEE doubles are.
double sine(double x);
double cosine(double x);

// Real cube root of x >= 0, to 1e-12.
double cubeRoot(double x);

template <class T>
constexpr T clamp(T x, T low, T high) {
    return x < low ? low : (x > high ? high : x);
}

// 0 at x <= low, 1 at x >= high, smooth between.
double smoothStep(double low, double high, double x);

}  // namespace tessera::world
