#pragma once

// A scene at one moment as a list of things to paint: objects, their pieces, ropes, sparks and
// weather, back to front, in frame coordinates. Used by the renderer and by the truth. Thread-safe.

#include "core/world/colours.h"
#include "core/world/scene.h"
#include "core/world/shapes.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace tessera::world {

struct Item {
    const Shape* shape = nullptr;
    const Brush* brush = nullptr;
    double x = 0.0;  // centre in frame coordinates
    double y = 0.0;
    double angle = 0.0;
    double radius = 1.0;  // of one unit of the shape, in frame coordinates
    bool mirrored = false;
    bool shaded = true;
    int texture = 0;
    float opacity = 1.0F;
    float softness = 1.0F;  // width of the edge in pixels; more for flakes and flashes
    std::uint8_t id = 0;    // object index + 1; 0 = not an object
    bool clipped = false;
    Bounds clip;  // in the shape's coordinates
};

// Owns the brushes and the shapes made for this frame.
class FrameItems {
public:
    FrameItems(const Scene& scene, int frame);

    const std::vector<Item>& items() const { return m_items; }

private:
    const Shape* keep(Shape shape);
    const Brush* keep(const Brush& brush);

    void addObject(const Scene& scene, std::size_t index, double t);
    void addRope(const Item& item, double end, double anchorX, double anchorY);
    void addExplosion(const Scene& scene, std::size_t index, const Item& item, double progress);
    void addFallingPieces(const Scene& scene, std::size_t index, const Item& item, double progress);
    void addWeather(const Scene& scene, double t);

    std::vector<Item> m_items;
    std::vector<std::unique_ptr<Shape>> m_shapes;
    std::vector<std::unique_ptr<Brush>> m_brushes;
    double m_cameraX = 0.0;
    double m_cameraY = 0.0;
    double m_zoom = 1.0;
};

}  // namespace tessera::world
