#pragma once

// The twelve backgrounds, drawn row by row as functions of the place in the world and the time.
// One Background belongs to one thread.

#include "core/world/row_kernels.h"
#include "core/world/scene.h"

#include <span>
#include <utility>
#include <vector>

namespace tessera::world {

// Indices into backgroundNames().
inline constexpr int kPlain = 0;
inline constexpr int kGradient = 1;
inline constexpr int kCheckerFloor = 2;
inline constexpr int kStripedWall = 3;
inline constexpr int kPolkaWall = 4;
inline constexpr int kStarryNight = 5;
inline constexpr int kSunset = 6;
inline constexpr int kSea = 7;
inline constexpr int kGreenHills = 8;
inline constexpr int kDesert = 9;
inline constexpr int kCity = 10;
inline constexpr int kForest = 11;

// Whether the drawing depends on time.
bool isAnimated(int background);

// Whether the background wears backgroundColour.
bool isTinted(int background);

class Background {
public:
    explicit Background(const Scene& scene);

    // Sets the columns (world x of each pixel, ascending) and the moment; pixelsPerUnit sets how
    // sharp the edges are.
    void place(std::span<const float> columns, float pixelsPerUnit, double t);

    // Draws one row at world height v over all columns.
    void row(float v, rows::Planes out);

private:
    struct Building {
        float left = 0.0F;
        float right = 0.0F;
        float top = 0.0F;
        Rgb colour;
        std::vector<float> windowsX;  // centres
        std::vector<bool> lit;        // [row][column]
    };

    struct Star {
        float x = 0.0F;
        float y = 0.0F;
        float radius = 0.0F;
        float bright = 0.0F;
    };

    int count() const { return static_cast<int>(m_columns.size()); }

    void makeCity(std::uint64_t seed);
    void makeStars(std::uint64_t seed);

    // [first, last) of the columns that can lie in the interval.
    std::pair<int, int> columnsBetween(float low, float high) const;

    void rectangle(
        float v, rows::Planes out, float left, float top, float right, float bottom, Rgb colour);
    void disc(float v,
              rows::Planes out,
              float x,
              float y,
              float radius,
              float sharpness,
              float strength,
              Rgb colour);
    void ground(float v, rows::Planes out, const std::vector<float>& edge, Rgb colour);

    void checkerFloor(float v, rows::Planes out);
    void starryNight(float v, rows::Planes out);
    void sunset(float v, rows::Planes out);
    void sea(float v, rows::Planes out);
    void greenHills(float v, rows::Planes out);
    void desert(float v, rows::Planes out);
    void city(float v, rows::Planes out);
    void forest(float v, rows::Planes out);

    int m_kind = 0;
    Rgb m_tint;
    Rgb m_second;
    float m_phase = 0.0F;
    double m_time = 0.0;
    float m_sharp = 1.0F;  // coverage per unit of distance
    std::span<const float> m_columns;
    std::vector<float> m_mask;
    std::vector<float> m_edges[3];  // outlines of the layers, back to front
    std::vector<float> m_sines;
    std::vector<float> m_cosines;
    std::vector<Building> m_buildings;
    std::vector<Star> m_stars;
};

}  // namespace tessera::world
