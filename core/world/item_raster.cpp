#include "core/world/item_raster.h"

#include "core/world/maths.h"

#include <cmath>
#include <cstddef>

namespace tessera::world {

namespace {

// Neon tubes glow this far, in shape units.
constexpr float kGlow = 0.20F;
constexpr float kTube = 0.035F;

Rgb colourOf(const Brush& brush, Paint paint) {
    switch (paint) {
        case Paint::Light:
            return brush.light;
        case Paint::Dark:
            return brush.dark;
        case Paint::Ink:
            return brush.ink;
        case Paint::White:
            return brush.white;
        case Paint::Accent:
            return brush.accent;
        case Paint::Skin:
            return brush.skin;
        case Paint::Glass:
            return brush.glass;
        case Paint::Wood:
            return brush.wood;
        default:
            return brush.main;
    }
}

// The pencil's grey for a paint.
float pencil(Paint paint) {
    switch (paint) {
        case Paint::Dark:
        case Paint::Wood:
            return 0.70F;
        case Paint::Ink:
            return 0.32F;
        case Paint::Accent:
        case Paint::Glass:
            return 0.80F;
        default:
            return 0.95F;
    }
}

}  // namespace

float frameCoordinate(int pixel, int extent, int frameHeight) {
    return static_cast<float>((pixel + 0.5 - extent / 2.0) * (2.0 / frameHeight));
}

ItemRaster::ItemRaster(std::span<const float> columns, float pixelsPerUnit, int style)
    : m_columns(columns), m_pixelsPerUnit(pixelsPerUnit), m_style(style) {
    const std::size_t n = columns.size();
    for (std::vector<float>* row : {&m_x, &m_y, &m_d, &m_other, &m_mask, &m_share}) {
        row->resize(n);
    }
}

ItemRaster::Span ItemRaster::spanOf(const Item& item,
                                    const Bounds& bounds,
                                    float cosine,
                                    float sine) const {
    const float margin =
        (m_style == kNeon ? kGlow : 0.0F) +
        (0.6F * item.softness + 1.5F) / (static_cast<float>(item.radius) * m_pixelsPerUnit);
    const float halfWidth = 0.5F * (bounds.right - bounds.left) + margin;
    const float halfHeight = 0.5F * (bounds.bottom - bounds.top) + margin;
    const float bx = 0.5F * (bounds.right + bounds.left) * (item.mirrored ? -1.0F : 1.0F);
    const float by = 0.5F * (bounds.bottom + bounds.top);
    const float radius = static_cast<float>(item.radius);
    const float x = static_cast<float>(item.x) + radius * (cosine * bx - sine * by);
    const float y = static_cast<float>(item.y) + radius * (sine * bx + cosine * by);
    const float c = cosine < 0.0F ? -cosine : cosine;
    const float s = sine < 0.0F ? -sine : sine;
    const float width = radius * (c * halfWidth + s * halfHeight);
    const float height = radius * (s * halfWidth + c * halfHeight);
    const int n = static_cast<int>(m_columns.size());
    const float start = m_columns.front();
    const float limit = static_cast<float>(n) + 2.0F;
    const float first = clamp((x - width - start) * m_pixelsPerUnit, -1.0F, limit);
    const float last = clamp((x + width - start) * m_pixelsPerUnit + 1.0F, -1.0F, limit);
    Span span;
    span.top = y - height;
    span.bottom = y + height;
    span.first = clamp(static_cast<int>(first), 0, n);
    span.last = clamp(static_cast<int>(last) + 1, span.first, n);
    return span;
}

void ItemRaster::setItems(const std::vector<Item>& items) {
    m_placed.clear();
    for (const Item& item : items) {
        if (item.radius <= 1e-4) {
            continue;
        }
        Placed placed;
        placed.item = &item;
        placed.cosine = static_cast<float>(cosine(item.angle));
        placed.sine = static_cast<float>(sine(item.angle));
        placed.inverse = static_cast<float>(1.0 / item.radius);
        placed.pixels = static_cast<float>(item.radius) * m_pixelsPerUnit;
        placed.x = static_cast<float>(item.x);
        placed.y = static_cast<float>(item.y);
        const Bounds& whole = item.clipped ? item.clip : item.shape->bounds;
        placed.span = spanOf(item, whole, placed.cosine, placed.sine);
        for (const Part& part : item.shape->parts) {
            Span span = spanOf(item, part.bounds, placed.cosine, placed.sine);
            span.first = span.first > placed.span.first ? span.first : placed.span.first;
            span.last = span.last < placed.span.last ? span.last : placed.span.last;
            placed.parts.push_back(span);
        }
        if (placed.span.first < placed.span.last) {
            m_placed.push_back(std::move(placed));
        }
    }
}

bool ItemRaster::touches(float y) const {
    for (const Placed& placed : m_placed) {
        if (y >= placed.span.top && y <= placed.span.bottom) {
            return true;
        }
    }
    return false;
}

bool ItemRaster::localise(const Placed& placed, float y) {
    const Span& span = placed.span;
    if (y < span.top || y > span.bottom) {
        return false;
    }
    const float dy = (y - placed.y) * placed.inverse;
    const float side = placed.item->mirrored ? -1.0F : 1.0F;
    rows::localCoordinates(m_columns.data() + span.first,
                           span.last - span.first,
                           placed.x,
                           side * placed.cosine * placed.inverse,
                           side * placed.sine * dy,
                           -placed.sine * placed.inverse,
                           placed.cosine * dy,
                           m_x.data(),
                           m_y.data());
    return true;
}

void ItemRaster::distances(const Item& item, const Part& part, int offset, int n) {
    const float* x = m_x.data() + offset;
    const float* y = m_y.data() + offset;
    bool first = true;
    for (const Primitive& primitive : part.primitives) {
        float* d = first ? m_d.data() : m_other.data();
        const float* v = primitive.v.data();
        switch (primitive.form) {
            case Form::Circle:
                rows::circle(x, y, d, n, v[0], v[1], v[2]);
                break;
            case Form::Ellipse:
                rows::ellipse(x, y, d, n, v);
                break;
            case Form::Capsule:
                rows::capsule(x, y, d, n, v);
                break;
            case Form::Box:
                rows::box(x, y, d, n, v);
                break;
            case Form::Convex:
                rows::convex(
                    x, y, d, n, part.planes.data() + primitive.firstPlane, primitive.planeCount);
                break;
            case Form::Star:
                rows::star(x, y, d, n, v[0], v[1]);
                break;
        }
        if (!first) {
            rows::combine(m_d.data(), m_other.data(), n, primitive.combine);
        }
        first = false;
    }
    if (item.clipped) {
        const Bounds& clip = item.clip;
        const float v[5] = {0.5F * (clip.left + clip.right),
                            0.5F * (clip.top + clip.bottom),
                            0.5F * (clip.right - clip.left),
                            0.5F * (clip.bottom - clip.top),
                            0.0F};
        rows::box(x, y, m_other.data(), n, v);
        rows::combine(m_d.data(), m_other.data(), n, Combine::Intersect);
    }
}

void ItemRaster::paintPart(
    const Placed& placed, const Part& part, int offset, int n, float y, rows::Planes row) {
    const Item& item = *placed.item;
    const Rgb colour = colourOf(*item.brush, part.paint);
    const float sharpness = placed.pixels / item.softness;
    rows::coverage(m_d.data(), m_mask.data(), n, sharpness, item.opacity);
    if (m_style == kNeon) {
        rows::blend(row, m_mask.data(), n, scaled(colour, 0.20F));
        rows::outline(m_d.data(), m_mask.data(), n, kTube, 1.0F / (kGlow - kTube));
        rows::add(row, m_mask.data(), n, scaled(colour, 0.55F));
        rows::outline(m_d.data(), m_mask.data(), n, kTube, placed.pixels * 0.7F);
        rows::blend(row, m_mask.data(), n, mix(colour, {1.0F, 1.0F, 1.0F}, 0.25F));
        return;
    }
    if (m_style == kSketch) {
        const float grey = pencil(part.paint);
        rows::blend(row, m_mask.data(), n, {grey, grey, grey});
        const float half = 0.024F * placed.pixels > 0.9F ? 0.024F : 0.9F / placed.pixels;
        rows::outline(m_d.data(), m_mask.data(), n, half, placed.pixels);
        rows::blend(row, m_mask.data(), n, {0.16F, 0.16F, 0.18F});
        return;
    }
    // One light from above.
    const float down = clamp((y - placed.y) * placed.inverse * 0.5F + 0.5F, 0.0F, 1.0F);
    const float shade = item.shaded ? 1.07F - 0.16F * down : 1.0F;
    if (part.paint == Paint::Main && item.texture > 0) {
        rows::texture(m_x.data() + offset,
                      m_y.data() + offset,
                      m_share.data(),
                      n,
                      item.texture,
                      placed.pixels * 0.7F);
        rows::blendTwo(row,
                       m_mask.data(),
                       m_share.data(),
                       n,
                       scaled(colour, shade),
                       scaled(item.brush->second, shade));
    } else {
        rows::blend(row, m_mask.data(), n, scaled(colour, shade));
    }
}

void ItemRaster::paintRow(float y, rows::Planes row, std::uint8_t* ids) {
    for (const Placed& placed : m_placed) {
        if (!localise(placed, y)) {
            continue;
        }
        const Item& item = *placed.item;
        for (std::size_t i = 0; i < placed.parts.size(); ++i) {
            const Span& span = placed.parts[i];
            const int n = span.last - span.first;
            if (n <= 0 || y < span.top || y > span.bottom) {
                continue;
            }
            const Part& part = item.shape->parts[i];
            const int offset = span.first - placed.span.first;
            distances(item, part, offset, n);
            if (ids != nullptr && item.id != 0) {
                rows::mark(m_d.data(), ids + span.first, n, item.id);
            }
            paintPart(placed, part, offset, n, y, row.from(span.first));
        }
    }
}

void ItemRaster::markRow(float y, std::uint8_t id, std::uint8_t* ids) {
    for (const Placed& placed : m_placed) {
        if (placed.item->id == 0 || (id != 0 && placed.item->id != id) || !localise(placed, y)) {
            continue;
        }
        for (std::size_t i = 0; i < placed.parts.size(); ++i) {
            const Span& span = placed.parts[i];
            const int n = span.last - span.first;
            if (n > 0 && y >= span.top && y <= span.bottom) {
                distances(
                    *placed.item, placed.item->shape->parts[i], span.first - placed.span.first, n);
                rows::mark(m_d.data(), ids + span.first, n, placed.item->id);
            }
        }
    }
}

}  // namespace tessera::world
