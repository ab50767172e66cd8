#include "core/world/frame_items.h"

#include "core/base/random.h"
#include "core/world/maths.h"
#include "core/world/pose.h"
#include "core/world/streams.h"

#include <cmath>
#include <cstddef>
#include <utility>

namespace tessera::world {

namespace {

const Shape& disc() {
    static const Shape shape = assembled({PartMaker(Paint::Main).circle(0.0F, 0.0F, 1.0F).made()});
    return shape;
}

const Shape& shard() {
    static const Shape shape = assembled(
        {PartMaker(Paint::Main).convex({{-0.8F, -0.5F}, {0.7F, -0.8F}, {0.5F, 0.9F}}).made()});
    return shape;
}

const Shape& streak() {
    static const Shape shape =
        assembled({PartMaker(Paint::Main).capsule(0.06F, -0.85F, -0.06F, 0.85F, 0.19F).made()});
    return shape;
}

const Shape& paper() {
    static const Shape shape =
        assembled({PartMaker(Paint::Main).box(0.0F, 0.0F, 0.9F, 0.7F).made()});
    return shape;
}

const Shape& leaf() {
    static const Shape shape =
        assembled({PartMaker(Paint::Main).ellipse(0.0F, 0.0F, 1.0F, 0.52F).made()});
    return shape;
}

Brush plainBrush(Rgb colour) {
    Brush brush;
    brush.main = colour;
    brush.light = colour;
    brush.dark = colour;
    return brush;
}

}  // namespace

FrameItems::FrameItems(const Scene& scene, int frame) {
    const double t = timeOf(frame);
    const CameraPose camera = cameraAt(scene, t);
    m_cameraX = camera.x;
    m_cameraY = camera.y;
    m_zoom = camera.zoom;
    for (std::size_t i = 0; i < scene.objects.size(); ++i) {
        addObject(scene, i, t);
    }
    addWeather(scene, t);
}

const Shape* FrameItems::keep(Shape shape) {
    m_shapes.push_back(std::make_unique<Shape>(std::move(shape)));
    return m_shapes.back().get();
}

const Brush* FrameItems::keep(const Brush& brush) {
    m_brushes.push_back(std::make_unique<Brush>(brush));
    return m_brushes.back().get();
}

void FrameItems::addObject(const Scene& scene, std::size_t index, double t) {
    const Object& object = scene.objects[index];
    const Pose pose = poseAt(object, t);
    Item item;
    item.shape = object.action >= 0 ? keep(figureOf(object.action, pose.cycle))
                                    : &shapeOf(object.shapeClass);
    item.brush = keep(brushOf(object.colour));
    item.x = (pose.x - m_cameraX) * m_zoom;
    item.y = (pose.y - m_cameraY) * m_zoom;
    item.angle = pose.angle;
    item.radius = 0.5 * object.diameter * pose.scale * m_zoom;
    item.mirrored = pose.mirrored;
    item.texture = object.texture;
    item.id = static_cast<std::uint8_t>(index + 1);
    if (pose.hangs) {
        addRope(item,
                object.shapeClass == kRing ? 0.8 : 0.4,
                (pose.anchorX - m_cameraX) * m_zoom,
                (pose.anchorY - m_cameraY) * m_zoom);
    }
    if (pose.broken < 0.0) {
        m_items.push_back(item);
    } else if (object.motion == kExploding) {
        addExplosion(scene, index, item, pose.broken);
    } else {
        addFallingPieces(scene, index, item, pose.broken);
    }
}

void FrameItems::addRope(const Item& item, double end, double anchorX, double anchorY) {
    // Tied above the centre, `end` of the radius away from it.
    const double tiedX = item.x + end * item.radius * sine(item.angle);
    const double tiedY = item.y - end * item.radius * cosine(item.angle);
    Item rope;
    rope.shape = keep(assembled({PartMaker(Paint::Main)
                                     .capsule(static_cast<float>(anchorX),
                                              static_cast<float>(anchorY),
                                              static_cast<float>(tiedX),
                                              static_cast<float>(tiedY),
                                              0.022F)
                                     .made()}));
    rope.brush = keep(plainBrush({0.46F, 0.38F, 0.30F}));
    rope.shaded = false;
    m_items.push_back(rope);
}

void FrameItems::addExplosion(const Scene& scene,
                              std::size_t index,
                              const Item& item,
                              double progress) {
    constexpr int kSparks = 15;
    base::RandomStream random(scene.seed, streams::kPieces + index);
    const Brush* fire = keep(plainBrush({1.0F, 0.66F, 0.16F}));
    const double burst = 1.0 - (1.0 - progress) * (1.0 - progress);
    for (int i = 0; i < kSparks; ++i) {
        const double angle = 2.0 * kPi * (i + random.uniform(0.1, 0.9)) / kSparks;
        const double far = random.uniform(0.55, 1.20) * (0.45 + item.radius);
        const double size = random.uniform(0.24, 0.36) * (1.0 - 0.40 * progress);
        const double spin = random.uniform(-4.0, 4.0);
        Item spark = item;
        const bool burning = i % 3 == 2;
        spark.shape = burning ? &disc() : &shard();
        spark.brush = burning ? fire : item.brush;
        spark.texture = 0;
        spark.shaded = false;
        spark.angle = spin * progress + angle;
        spark.radius = size * item.radius * 1.25;
        spark.x = item.x + far * burst * cosine(angle);
        spark.y = item.y + far * burst * sine(angle) + 0.45 * progress * progress * m_zoom;
        m_items.push_back(spark);
    }
    constexpr double kFlashEnds = 0.34;
    if (progress < kFlashEnds) {
        const double share = progress / kFlashEnds;
        Item flash = item;
        flash.shape = &disc();
        flash.brush = keep(plainBrush({1.0F, 0.93F, 0.62F}));
        flash.texture = 0;
        flash.shaded = false;
        flash.radius = item.radius * (0.95 + 0.75 * share);
        flash.opacity = static_cast<float>(1.0 - share * share);
        flash.softness = 12.0F;
        flash.id = 0;
        m_items.push_back(flash);
    }
}

void FrameItems::addFallingPieces(const Scene& scene,
                                  std::size_t index,
                                  const Item& item,
                                  double progress) {
    constexpr int kPieceColumns = 2;
    constexpr int kPieceRows = 3;
    base::RandomStream random(scene.seed, streams::kPieces + index);
    const double c = cosine(item.angle);
    const double s = sine(item.angle);
    for (int row = kPieceRows - 1; row >= 0; --row) {
        for (int column = 0; column < kPieceColumns; ++column) {
            // Lower pieces go first; all lie on the ground at the end.
            const double delay = 0.14 * (kPieceRows - 1 - row) + random.uniform(0.0, 0.10);
            const double spin = random.uniform(0.5, 1.3) * (column == 0 ? -1.0 : 1.0);
            const double spread = random.uniform(0.15, 0.50) * (column == 0 ? -1.0 : 1.0);
            const double u = clamp((progress - delay) / 0.52, 0.0, 1.0);
            Item piece = item;
            piece.clipped = true;
            const float left = -1.2F + 1.2F * static_cast<float>(column);
            const float top = -1.2F + 0.8F * static_cast<float>(row);
            piece.clip = {left, top, left + 1.2F, top + 0.8F};
            const double px = (item.mirrored ? -1.0 : 1.0) * (static_cast<double>(left) + 0.6);
            const double py = static_cast<double>(top) + 0.4;
            // The piece turns about its own middle.
            const double middleX = item.x + item.radius * (c * px - s * py);
            const double middleY = item.y + item.radius * (s * px + c * py);
            const double ground = 0.92 - 0.36 * item.radius;
            const double drop = ground > middleY ? ground - middleY : 0.0;
            const double away = (item.mirrored ? -1.0 : 1.0) * spread * u * item.radius;
            const double turned = item.angle + spin * u;
            piece.angle = turned;
            piece.x = middleX + away - item.radius * (cosine(turned) * px - sine(turned) * py);
            piece.y =
                middleY + drop * u * u - item.radius * (sine(turned) * px + cosine(turned) * py);
            m_items.push_back(piece);
        }
    }
}

void FrameItems::addWeather(const Scene& scene, double t) {
    if (scene.weather == 0) {
        return;
    }
    constexpr int kSnow = 1;  // indices into weatherNames(); 4, leaves, are what is left
    constexpr int kRain = 2;
    constexpr int kConfetti = 3;
    constexpr int kCounts[] = {0, 28, 24, 22, 18};
    constexpr double kFall[] = {0.0, 0.50, 1.30, 0.75, 0.60};  // frame units in a clip
    constexpr int kConfettiColours[] = {0, 2, 3, 5, 7, 1};
    base::RandomStream random(scene.seed, streams::kParticles);
    const int kind = scene.weather;
    const int columns = 8;
    for (int i = 0; i < kCounts[kind]; ++i) {
        const int cell = i % columns;
        const double x0 = -1.5 + 3.0 / columns * (cell + random.uniform(0.0, 1.0));
        const double y0 = random.uniform(0.0, 2.4);
        const double size = random.uniform(0.85, 1.2);
        const double phase = random.uniform(0.0, 2.0 * kPi);
        const double fall = kFall[kind] * random.uniform(0.85, 1.15);
        // Flakes leave below and come back above: a band of 2.4 covers the frame with its margins.
        const double fallen = (y0 + fall * t) / 2.4;
        Item item;
        item.y = -1.2 + 2.4 * (fallen - std::floor(fallen));
        item.x = x0;
        item.shaded = false;
        switch (kind) {
            case kSnow:
                item.shape = &disc();
                item.brush = keep(plainBrush({0.98F, 0.98F, 1.0F}));
                item.radius = 0.044 * size;
                item.softness = 2.5F;
                item.x += 0.06 * sine(2.0 * kPi * t + phase);
                break;
            case kRain:
                item.shape = &streak();
                item.brush = keep(plainBrush({0.56F, 0.70F, 0.92F}));
                item.radius = 0.125 * size;
                item.opacity = 0.85F;
                item.softness = 1.5F;
                item.x -= 0.12 * (item.y + 1.0);
                break;
            case kConfetti:
                item.shape = &paper();
                item.brush = keep(brushOf(kConfettiColours[i % 6]));
                item.radius = 0.060 * size;
                item.angle = phase + 3.0 * t;
                item.x += 0.05 * sine(2.0 * kPi * t + phase);
                break;
            default:
                item.shape = &leaf();
                item.brush = keep(plainBrush(i % 3 == 0   ? Rgb{0.80F, 0.30F, 0.14F}
                                             : i % 3 == 1 ? Rgb{0.90F, 0.58F, 0.16F}
                                                          : Rgb{0.62F, 0.40F, 0.16F}));
                item.radius = 0.085 * size;
                item.angle = phase + 0.8 * sine(2.0 * kPi * t + phase);
                item.x += 0.12 * sine(2.0 * kPi * t + phase);
                break;
        }
        m_items.push_back(item);
    }
}

}  // namespace tessera::world
