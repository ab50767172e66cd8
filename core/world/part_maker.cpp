#include "core/world/maths.h"
#include "core/world/shapes.h"

#include <cmath>
#include <cstddef>

namespace tessera::world {

namespace {

Bounds united(const Bounds& a, const Bounds& b) {
    return {a.left < b.left ? a.left : b.left,
            a.top < b.top ? a.top : b.top,
            a.right > b.right ? a.right : b.right,
            a.bottom > b.bottom ? a.bottom : b.bottom};
}

}  // namespace

PartMaker::PartMaker(Paint paint) {
    m_part.paint = paint;
}

void PartMaker::add(const Primitive& primitive, const Bounds& bounds) {
    if (m_part.primitives.empty()) {
        m_part.bounds = bounds;
    } else if (primitive.combine == Combine::Union) {
        m_part.bounds = united(m_part.bounds, bounds);
    }
    m_part.primitives.push_back(primitive);
}

PartMaker& PartMaker::circle(float x, float y, float radius, Combine combine) {
    add({Form::Circle, combine, {x, y, radius}}, {x - radius, y - radius, x + radius, y + radius});
    return *this;
}

PartMaker& PartMaker::ellipse(float x, float y, float radiusX, float radiusY) {
    add({Form::Ellipse, Combine::Union, {x, y, radiusX, radiusY}},
        {x - radiusX, y - radiusY, x + radiusX, y + radiusY});
    return *this;
}

PartMaker& PartMaker::capsule(float x0, float y0, float x1, float y1, float radius) {
    const Bounds ends{x0 < x1 ? x0 : x1, y0 < y1 ? y0 : y1, x0 > x1 ? x0 : x1, y0 > y1 ? y0 : y1};
    add({Form::Capsule, Combine::Union, {x0, y0, x1, y1, radius}},
        {ends.left - radius, ends.top - radius, ends.right + radius, ends.bottom + radius});
    return *this;
}

PartMaker& PartMaker::box(float x, float y, float halfWidth, float halfHeight, float corner) {
    add({Form::Box, Combine::Union, {x, y, halfWidth, halfHeight, corner}},
        {x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight});
    return *this;
}

PartMaker& PartMaker::convex(const std::vector<std::array<float, 2>>& corners, Combine combine) {
    Primitive primitive{Form::Convex, combine, {}};
    primitive.firstPlane = static_cast<int>(m_part.planes.size());
    primitive.planeCount = static_cast<int>(corners.size());
    Bounds bounds{corners[0][0], corners[0][1], corners[0][0], corners[0][1]};
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const auto [x0, y0] = corners[i];
        const auto [x1, y1] = corners[(i + 1) % corners.size()];
        const float length = std::sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0));
        const float nx = (y1 - y0) / length;
        const float ny = -(x1 - x0) / length;
        m_part.planes.push_back({nx, ny, nx * x0 + ny * y0});
        bounds = united(bounds, {x0, y0, x0, y0});
    }
    add(primitive, bounds);
    return *this;
}

PartMaker& PartMaker::star(float outer, float inner) {
    add({Form::Star, Combine::Union, {outer, inner}}, {-outer, -outer, outer, outer});
    return *this;
}

Shape assembled(std::vector<Part> parts) {
    Shape shape;
    shape.bounds = parts.front().bounds;
    for (const Part& part : parts) {
        shape.bounds = united(shape.bounds, part.bounds);
    }
    shape.parts = std::move(parts);
    return shape;
}

}  // namespace tessera::world
