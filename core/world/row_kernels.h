#pragma once

// The inner loops of the renderer: each function works on one row of n values in float, without
// branches, so that the compiler turns it into vector code. Addition order is that of the source,
// products are not fused: every variant gives the same bits. Arrays must not overlap. Thread-safe.

#include "core/world/colours.h"
#include "core/world/shapes.h"

#include <cstdint>

namespace tessera::world::rows {

// Three colour planes of one row.
struct Planes {
    float* r = nullptr;
    float* g = nullptr;
    float* b = nullptr;

    Planes from(int first) const { return {r + first, g + first, b + first}; }
};

// x' = (column - cx) * xx + shiftX, y' likewise: a row's coordinates in an object's own frame.
void localCoordinates(const float* column,
                      int n,
                      float cx,
                      float xx,
                      float shiftX,
                      float yx,
                      float shiftY,
                      float* x,
                      float* y);

// Signed distances (negative inside), written to d.
void circle(const float* x, const float* y, float* d, int n, float cx, float cy, float radius);
void ellipse(const float* x, const float* y, float* d, int n, const float* v);
void capsule(const float* x, const float* y, float* d, int n, const float* v);
void box(const float* x, const float* y, float* d, int n, const float* v);
void convex(const float* x, const float* y, float* d, int n, const HalfPlane* planes, int count);
void star(const float* x, const float* y, float* d, int n, float outer, float inner);

// d = min(d, other), max(d, -other) or max(d, other).
void combine(float* d, const float* other, int n, Combine how);

// mask = clamp(0.5 - d * sharpness, 0, 1) * strength.
void coverage(const float* d, float* mask, int n, float sharpness, float strength);

// Bands around d = 0: mask = clamp(1 - (|d| - half) * sharpness, 0, 1).
void outline(const float* d, float* mask, int n, float half, float sharpness);

// The second colour's share of stripes, dots and checks in an object's own coordinates.
void texture(const float* x, const float* y, float* mask, int n, int kind, float sharpness);

void fill(Planes row, int n, Rgb colour);
void blend(Planes row, const float* mask, int n, Rgb colour);
// The colour is first + (second - first) * share[i].
void blendTwo(Planes row, const float* mask, const float* share, int n, Rgb first, Rgb second);
void add(Planes row, const float* mask, int n, Rgb colour);

// mask = clamp((v - edge[i]) * sharpness + 0.5, 0, 1): what lies below an outline.
void below(const float* edge, float* mask, int n, float v, float sharpness);

// mask = clamp(min(u - low, high - u) * sharpness + 0.5, 0, 1) * strength.
void band(
    const float* u, float* mask, int n, float low, float high, float sharpness, float strength);

// mask = middle + s * cosines[i] + c * sines[i], clamped to [0, 1]: sine of a sum of angles.
void wave(
    const float* cosines, const float* sines, float* mask, int n, float middle, float s, float c);

// Soft square wave of period 1 over u * scale: share of the second tone, times and against `other`.
void checks(const float* u, float* mask, int n, float scale, float sharpness, float other);

// Round dots on a square grid, `across` = distance of the row to the dots' line, in periods.
void dots(
    const float* u, float* mask, int n, float period, float across, float radius, float sharpness);

// A disc's coverage over a row `dy` away from its centre, times strength.
void disc(const float* u,
          float* mask,
          int n,
          float x,
          float dy,
          float radius,
          float sharpness,
          float strength);

// Grey of luminance l becomes low + (high - low) * l, in three colours.
void toneMap(Planes row, int n, Rgb low, Rgb high);
void darken(Planes row, int n, float factor, Rgb floor);

// Interleaved bytes, rounded to nearest.
void quantise(Planes row, std::uint8_t* rgb, int n);

void mark(const float* d, std::uint8_t* ids, int n, std::uint8_t id);

}  // namespace tessera::world::rows
