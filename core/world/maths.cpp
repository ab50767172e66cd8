#include "core/world/maths.h"

#include <cmath>

namespace tessera::world {

namespace {

// Taylor series around 0, |x| <= pi/4: the first term left out is below 1e-14.
double sineNearZero(double x) {
    const double s = x * x;
    double p = 1.0 / 6227020800.0;
    p = p * s - 1.0 / 39916800.0;
    p = p * s + 1.0 / 362880.0;
    p = p * s - 1.0 / 5040.0;
    p = p * s + 1.0 / 120.0;
    p = p * s - 1.0 / 6.0;
    p = p * s + 1.0;
    return p * x;
}

double cosineNearZero(double x) {
    const double s = x * x;
    double p = -1.0 / 87178291200.0;
    p = p * s + 1.0 / 479001600.0;
    p = p * s - 1.0 / 3628800.0;
    p = p * s + 1.0 / 40320.0;
    p = p * s - 1.0 / 720.0;
    p = p * s + 1.0 / 24.0;
    p = p * s - 0.5;
    return p * s + 1.0;
}

}  // namespace

double sine(double x) {
    const double quarter = std::floor(x * (2.0 / kPi) + 0.5);
    const double rest = x - quarter * (kPi / 2.0);
    const int turn = static_cast<int>(static_cast<long long>(quarter) & 3);
    switch (turn) {
        case 0:
            return sineNearZero(rest);
        case 1:
            return cosineNearZero(rest);
        case 2:
            return -sineNearZero(rest);
        default:
            return -cosineNearZero(rest);
    }
}

double cosine(double x) {
    return sine(x + kPi / 2.0);
}

double cubeRoot(double x) {
    if (x <= 0.0) {
        return 0.0;
    }
    double root = x < 1.0 ? 0.3 + 0.7 * x : x;
    // Newton gains two thirds of a bit a step far away and doubles the bits when near; it stands
    // still or wavers in the last bit at the end.
    for (int i = 0; i < 60; ++i) {
        const double next = (2.0 * root + x / (root * root)) / 3.0;
        if (next == root) {
            break;
        }
        root = next;
    }
    return root;
}

double smoothStep(double low, double high, double x) {
    const double s = clamp((x - low) / (high - low), 0.0, 1.0);
    return s * s * (3.0 - 2.0 * s);
}

}  // namespace tessera::world
