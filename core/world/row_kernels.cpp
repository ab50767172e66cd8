#include "core/world/row_kernels.h"

#include <cmath>

// One copy of each loop for any x86-64 and one for processors with AVX2, chosen when the program
// starts. The copies give the same bits because nothing is fused or reordered. Sanitizers cannot
// run the code that chooses; a test sets TESSERA_WORLD_PLAIN_ROWS to compare with no copies at all.
#if !defined(TESSERA_WORLD_PLAIN_ROWS) && defined(__x86_64__) && defined(__GNUC__) && \
    !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TESSERA_ROW __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define TESSERA_ROW
#endif

namespace tessera::world::rows {

namespace {

[[gnu::always_inline]] inline float least(float a, float b) {
    return a < b ? a : b;
}

[[gnu::always_inline]] inline float most(float a, float b) {
    return a > b ? a : b;
}

[[gnu::always_inline]] inline float unit(float a) {
    return least(most(a, 0.0F), 1.0F);
}

[[gnu::always_inline]] inline float absolute(float a) {
    return a < 0.0F ? -a : a;
}

// Fraction of a value that is not below -64.
[[gnu::always_inline]] inline float fraction(float a) {
    const float shifted = a + 64.0F;
    return shifted - static_cast<float>(static_cast<int>(shifted));
}

// Distance to the edge of a square wave of period 1, positive in its second half.
[[gnu::always_inline]] inline float squareWave(float a) {
    return 0.25F - absolute(fraction(a) - 0.75F + (fraction(a) < 0.25F ? 1.0F : 0.0F));
}

}  // namespace

TESSERA_ROW void localCoordinates(const float* __restrict column,
                                  int n,
                                  float cx,
                                  float xx,
                                  float shiftX,
                                  float yx,
                                  float shiftY,
                                  float* __restrict x,
                                  float* __restrict y) {
    for (int i = 0; i < n; ++i) {
        const float dx = column[i] - cx;
        x[i] = dx * xx + shiftX;
        y[i] = dx * yx + shiftY;
    }
}

TESSERA_ROW void circle(const float* __restrict x,
                        const float* __restrict y,
                        float* __restrict d,
                        int n,
                        float cx,
                        float cy,
                        float radius) {
    for (int i = 0; i < n; ++i) {
        const float dx = x[i] - cx;
        const float dy = y[i] - cy;
        d[i] = std::sqrt(dx * dx + dy * dy) - radius;
    }
}

TESSERA_ROW void ellipse(const float* __restrict x,
                         const float* __restrict y,
                         float* __restrict d,
                         int n,
                         const float* v) {
    const float cx = v[0];
    const float cy = v[1];
    const float ix = 1.0F / v[2];
    const float iy = 1.0F / v[3];
    const float jx = ix * ix;
    const float jy = iy * iy;
    // First-order distance k (k - 1) / |grad|; the small constant keeps the centre finite.
    for (int i = 0; i < n; ++i) {
        const float dx = x[i] - cx;
        const float dy = y[i] - cy;
        const float px = dx * ix;
        const float py = dy * iy;
        const float qx = dx * jx;
        const float qy = dy * jy;
        const float k = std::sqrt(px * px + py * py);
        const float l = std::sqrt(qx * qx + qy * qy) + 1e-4F;
        d[i] = k * (k - 1.0F) / l - (k < 0.01F ? 0.1F : 0.0F);
    }
}

TESSERA_ROW void capsule(const float* __restrict x,
                         const float* __restrict y,
                         float* __restrict d,
                         int n,
                         const float* v) {
    const float x0 = v[0];
    const float y0 = v[1];
    const float bx = v[2] - x0;
    const float by = v[3] - y0;
    const float inverse = 1.0F / (bx * bx + by * by + 1e-9F);
    const float radius = v[4];
    for (int i = 0; i < n; ++i) {
        const float px = x[i] - x0;
        const float py = y[i] - y0;
        const float h = unit((px * bx + py * by) * inverse);
        const float ex = px - bx * h;
        const float ey = py - by * h;
        d[i] = std::sqrt(ex * ex + ey * ey) - radius;
    }
}

TESSERA_ROW void box(const float* __restrict x,
                     const float* __restrict y,
                     float* __restrict d,
                     int n,
                     const float* v) {
    const float cx = v[0];
    const float cy = v[1];
    const float corner = v[4];
    const float hw = v[2] - corner;
    const float hh = v[3] - corner;
    for (int i = 0; i < n; ++i) {
        const float qx = absolute(x[i] - cx) - hw;
        const float qy = absolute(y[i] - cy) - hh;
        const float ox = most(qx, 0.0F);
        const float oy = most(qy, 0.0F);
        d[i] = std::sqrt(ox * ox + oy * oy) + least(most(qx, qy), 0.0F) - corner;
    }
}

TESSERA_ROW void convex(const float* __restrict x,
                        const float* __restrict y,
                        float* __restrict d,
                        int n,
                        const HalfPlane* planes,
                        int count) {
    for (int i = 0; i < n; ++i) {
        d[i] = x[i] * planes[0].nx + y[i] * planes[0].ny - planes[0].offset;
    }
    for (int k = 1; k < count; ++k) {
        const float nx = planes[k].nx;
        const float ny = planes[k].ny;
        const float offset = planes[k].offset;
        for (int i = 0; i < n; ++i) {
            d[i] = most(d[i], x[i] * nx + y[i] * ny - offset);
        }
    }
}

TESSERA_ROW void star(const float* __restrict x,
                      const float* __restrict y,
                      float* __restrict d,
                      int n,
                      float outer,
                      float inner) {
    // sine and cosine of 36 degrees: the mirror line between two points of the star.
    constexpr float kSine = 0.587785252F;
    constexpr float kCosine = 0.809016994F;
    // The edge from the tip (0, outer) to the notch (inner * kSine, inner * kCosine).
    const float ex = inner * kSine;
    const float ey = inner * kCosine - outer;
    const float length = std::sqrt(ex * ex + ey * ey);
    const float nx = -ey / length;
    const float ny = ex / length;
    const float offset = ny * outer;
    for (int i = 0; i < n; ++i) {
        // Folded into one tenth of the circle by mirrors; the tip points up, y runs down.
        float px = absolute(x[i]);
        float py = -y[i];
        float over = most(px * kCosine - py * kSine, 0.0F) * 2.0F;
        px = absolute(px - over * kCosine);
        py = py + over * kSine;
        over = most(px * kCosine - py * kSine, 0.0F) * 2.0F;
        px = absolute(px - over * kCosine);
        py = py + over * kSine;
        d[i] = px * nx + py * ny - offset;
    }
}

TESSERA_ROW void combine(float* __restrict d, const float* __restrict other, int n, Combine how) {
    if (how == Combine::Union) {
        for (int i = 0; i < n; ++i) {
            d[i] = least(d[i], other[i]);
        }
    } else if (how == Combine::Subtract) {
        for (int i = 0; i < n; ++i) {
            d[i] = most(d[i], -other[i]);
        }
    } else {
        for (int i = 0; i < n; ++i) {
            d[i] = most(d[i], other[i]);
        }
    }
}

TESSERA_ROW void coverage(
    const float* __restrict d, float* __restrict mask, int n, float sharpness, float strength) {
    for (int i = 0; i < n; ++i) {
        mask[i] = unit(0.5F - d[i] * sharpness) * strength;
    }
}

TESSERA_ROW void outline(
    const float* __restrict d, float* __restrict mask, int n, float half, float sharpness) {
    for (int i = 0; i < n; ++i) {
        mask[i] = unit(1.0F - (absolute(d[i]) - half) * sharpness);
    }
}

TESSERA_ROW void texture(const float* __restrict x,
                         const float* __restrict y,
                         float* __restrict mask,
                         int n,
                         int kind,
                         float sharpness) {
    // Four stripes, four dots or five checks over the diameter of 2.
    constexpr float kStripes = 2.0F;
    constexpr float kDots = 1.0F / 0.56F;
    constexpr float kDotRadius = 0.17F;
    constexpr float kChecks = 1.25F;
    if (kind == 1) {
        for (int i = 0; i < n; ++i) {
            mask[i] = unit(0.5F + squareWave(y[i] * kStripes + 0.125F) * (sharpness / kStripes));
        }
    } else if (kind == 2) {
        for (int i = 0; i < n; ++i) {
            const float dx = (fraction(x[i] * kDots) - 0.5F) / kDots;
            const float dy = (fraction(y[i] * kDots) - 0.5F) / kDots;
            mask[i] = unit(0.5F - (std::sqrt(dx * dx + dy * dy) - kDotRadius) * sharpness);
        }
    } else {
        for (int i = 0; i < n; ++i) {
            const float a = unit(0.5F + squareWave(x[i] * kChecks) * (sharpness / kChecks));
            const float b = unit(0.5F + squareWave(y[i] * kChecks) * (sharpness / kChecks));
            mask[i] = a + b - 2.0F * a * b;
        }
    }
}

TESSERA_ROW void fill(Planes row, int n, Rgb colour) {
    float* __restrict r = row.r;
    float* __restrict g = row.g;
    float* __restrict b = row.b;
    for (int i = 0; i < n; ++i) {
        r[i] = colour.r;
        g[i] = colour.g;
        b[i] = colour.b;
    }
}

TESSERA_ROW void blend(Planes row, const float* __restrict mask, int n, Rgb colour) {
    float* __restrict r = row.r;
    float* __restrict g = row.g;
    float* __restrict b = row.b;
    for (int i = 0; i < n; ++i) {
        r[i] += (colour.r - r[i]) * mask[i];
        g[i] += (colour.g - g[i]) * mask[i];
        b[i] += (colour.b - b[i]) * mask[i];
    }
}

TESSERA_ROW void blendTwo(Planes row,
                          const float* __restrict mask,
                          const float* __restrict share,
                          int n,
                          Rgb first,
                          Rgb second) {
    float* __restrict r = row.r;
    float* __restrict g = row.g;
    float* __restrict b = row.b;
    const Rgb step{second.r - first.r, second.g - first.g, second.b - first.b};
    for (int i = 0; i < n; ++i) {
        r[i] += (first.r + step.r * share[i] - r[i]) * mask[i];
        g[i] += (first.g + step.g * share[i] - g[i]) * mask[i];
        b[i] += (first.b + step.b * share[i] - b[i]) * mask[i];
    }
}

TESSERA_ROW void add(Planes row, const float* __restrict mask, int n, Rgb colour) {
    float* __restrict r = row.r;
    float* __restrict g = row.g;
    float* __restrict b = row.b;
    for (int i = 0; i < n; ++i) {
        r[i] = least(r[i] + colour.r * mask[i], 1.0F);
        g[i] = least(g[i] + colour.g * mask[i], 1.0F);
        b[i] = least(b[i] + colour.b * mask[i], 1.0F);
    }
}

TESSERA_ROW void below(
    const float* __restrict edge, float* __restrict mask, int n, float v, float sharpness) {
    for (int i = 0; i < n; ++i) {
        mask[i] = unit((v - edge[i]) * sharpness + 0.5F);
    }
}

TESSERA_ROW void band(const float* __restrict u,
                      float* __restrict mask,
                      int n,
                      float low,
                      float high,
                      float sharpness,
                      float strength) {
    for (int i = 0; i < n; ++i) {
        mask[i] = unit(least(u[i] - low, high - u[i]) * sharpness + 0.5F) * strength;
    }
}

TESSERA_ROW void wave(const float* __restrict cosines,
                      const float* __restrict sines,
                      float* __restrict mask,
                      int n,
                      float middle,
                      float s,
                      float c) {
    for (int i = 0; i < n; ++i) {
        mask[i] = unit(middle + s * cosines[i] + c * sines[i]);
    }
}

TESSERA_ROW void checks(const float* __restrict u,
                        float* __restrict mask,
                        int n,
                        float scale,
                        float sharpness,
                        float other) {
    for (int i = 0; i < n; ++i) {
        const float a = unit(0.5F + squareWave(u[i] * scale) * sharpness);
        mask[i] = a + other - 2.0F * a * other;
    }
}

TESSERA_ROW void dots(const float* __restrict u,
                      float* __restrict mask,
                      int n,
                      float period,
                      float across,
                      float radius,
                      float sharpness) {
    const float inverse = 1.0F / period;
    for (int i = 0; i < n; ++i) {
        const float dx = (fraction(u[i] * inverse) - 0.5F) * period;
        mask[i] = unit(0.5F - (std::sqrt(dx * dx + across * across) - radius) * sharpness);
    }
}

TESSERA_ROW void disc(const float* __restrict u,
                      float* __restrict mask,
                      int n,
                      float x,
                      float dy,
                      float radius,
                      float sharpness,
                      float strength) {
    for (int i = 0; i < n; ++i) {
        const float dx = u[i] - x;
        mask[i] = unit(0.5F - (std::sqrt(dx * dx + dy * dy) - radius) * sharpness) * strength;
    }
}

TESSERA_ROW void toneMap(Planes row, int n, Rgb low, Rgb high) {
    float* __restrict r = row.r;
    float* __restrict g = row.g;
    float* __restrict b = row.b;
    for (int i = 0; i < n; ++i) {
        const float l = r[i] * 0.299F + g[i] * 0.587F + b[i] * 0.114F;
        r[i] = low.r + (high.r - low.r) * l;
        g[i] = low.g + (high.g - low.g) * l;
        b[i] = low.b + (high.b - low.b) * l;
    }
}

TESSERA_ROW void darken(Planes row, int n, float factor, Rgb floor) {
    float* __restrict r = row.r;
    float* __restrict g = row.g;
    float* __restrict b = row.b;
    for (int i = 0; i < n; ++i) {
        r[i] = r[i] * factor + floor.r;
        g[i] = g[i] * factor + floor.g;
        b[i] = b[i] * factor + floor.b;
    }
}

TESSERA_ROW void quantise(Planes row, std::uint8_t* __restrict rgb, int n) {
    const float* __restrict r = row.r;
    const float* __restrict g = row.g;
    const float* __restrict b = row.b;
    // Half is added first and then cut: lround() would not vectorise, and values are never
    // negative.
    constexpr float kHalf = 0.5F;
    const auto level = [](float value) {
        const float scaled = unit(value) * 255.0F;
        return static_cast<std::uint8_t>(static_cast<int>(kHalf + scaled));
    };
    const std::ptrdiff_t count = n;
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        rgb[3 * i] = level(r[i]);
        rgb[3 * i + 1] = level(g[i]);
        rgb[3 * i + 2] = level(b[i]);
    }
}

TESSERA_ROW void mark(const float* __restrict d,
                      std::uint8_t* __restrict ids,
                      int n,
                      std::uint8_t id) {
    for (int i = 0; i < n; ++i) {
        ids[i] = d[i] <= 0.0F ? id : ids[i];
    }
}

}  // namespace tessera::world::rows
