#pragma once

// What each class looks like: parts made of a few primitives in the object's own coordinates, where
// the nominal diameter is 2 and the centre is (0, 0), y downwards, facing right. Parts are painted
// in order. Thread-safe.

#include "core/world/scene.h"

#include <array>
#include <vector>

namespace tessera::world {

enum class Form {
    Circle,   // v = centre x, y, radius
    Ellipse,  // v = centre x, y, radius x, y
    Capsule,  // v = from x, y, to x, y, radius
    Box,      // v = centre x, y, half width, half height, corner radius
    Convex,   // half planes [firstPlane, firstPlane + planeCount) of the part
    Star      // five points up; v = outer radius, inner radius
};

enum class Combine { Union, Subtract, Intersect };

enum class Paint { Main, Light, Dark, Ink, White, Accent, Skin, Glass, Wood };

struct HalfPlane {  // inside where x * nx + y * ny <= offset; (nx, ny) has length 1
    float nx = 0.0F;
    float ny = 0.0F;
    float offset = 0.0F;
};

struct Primitive {
    Form form = Form::Circle;
    Combine combine = Combine::Union;
    std::array<float, 5> v{};
    int firstPlane = 0;
    int planeCount = 0;
};

struct Bounds {
    float left = 0.0F;
    float top = 0.0F;
    float right = 0.0F;
    float bottom = 0.0F;
};

struct Part {
    Paint paint = Paint::Main;
    std::vector<Primitive> primitives;  // the first one is the start, whatever its combine says
    std::vector<HalfPlane> planes;
    Bounds bounds;
};

struct Shape {
    std::vector<Part> parts;
    Bounds bounds;
};

// The standing shape of a class; the reference lives for ever.
const Shape& shapeOf(int shapeClass);

// A person in the middle of an action; `cycle` is in turns (1 = one full step, wave or jump).
Shape figureOf(int action, double cycle);

// How far (in nominal radii, upwards) an acting person leaves the ground.
double figureLift(int action, double cycle);

// Building blocks, shared by the tables of shapes.
class PartMaker {
public:
    explicit PartMaker(Paint paint);

    PartMaker& circle(float x, float y, float radius, Combine combine = Combine::Union);
    PartMaker& ellipse(float x, float y, float radiusX, float radiusY);
    PartMaker& capsule(float x0, float y0, float x1, float y1, float radius);
    PartMaker& box(float x, float y, float halfWidth, float halfHeight, float corner = 0.0F);
    // Corners of a convex polygon in clockwise order on the screen.
    PartMaker& convex(const std::vector<std::array<float, 2>>& corners,
                      Combine combine = Combine::Union);
    PartMaker& star(float outer, float inner);

    Part made() const { return m_part; }

private:
    void add(const Primitive& primitive, const Bounds& bounds);

    Part m_part;
};

// Sets the shape's bounds from its parts'.
Shape assembled(std::vector<Part> parts);

}  // namespace tessera::world
