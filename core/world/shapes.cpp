#include "core/world/shapes.h"

#include "core/base/check.h"
#include "core/world/maths.h"

#include <cmath>
#include <cstddef>

namespace tessera::world {

namespace {

using Corners = std::vector<std::array<float, 2>>;

Shape ball() {
    return assembled({PartMaker(Paint::Main).circle(0.0F, 0.0F, 1.0F).made(),
                      PartMaker(Paint::Light).ellipse(-0.36F, -0.42F, 0.24F, 0.18F).made()});
}

Shape convexShape(const Corners& corners) {
    return assembled({PartMaker(Paint::Main).convex(corners).made()});
}

Shape heart() {
    // The straight sides are tangents from the tip to the two lobes.
    constexpr float kLobeX = 0.47F;
    constexpr float kLobeY = -0.30F;
    constexpr float kLobe = 0.53F;
    constexpr float kTip = 0.98F;
    const float dx = kLobeX;
    const float dy = kLobeY - kTip;
    const float squared = dx * dx + dy * dy;
    const float tangent = std::sqrt(squared - kLobe * kLobe);
    const float along = tangent * tangent / squared;
    const float across = tangent * kLobe / squared;
    const float x = dx * along - dy * across;
    const float y = kTip + dy * along + dx * across;
    return assembled(
        {PartMaker(Paint::Main)
             .circle(-kLobeX, kLobeY, kLobe)
             .circle(kLobeX, kLobeY, kLobe)
             .convex({{0.0F, kTip}, {-x, y}, {-kLobeX, kLobeY}, {kLobeX, kLobeY}, {x, y}})
             .made()});
}

Shape hexagon() {
    Corners corners;
    for (int i = 0; i < 6; ++i) {
        const double angle = kPi / 3.0 * i;
        corners.push_back({static_cast<float>(cosine(angle)), static_cast<float>(sine(angle))});
    }
    return convexShape(corners);
}

Shape flower() {
    PartMaker petals(Paint::Main);
    for (int i = 0; i < 6; ++i) {
        const double angle = kPi / 3.0 * i + kPi / 6.0;
        petals.circle(static_cast<float>(0.63 * cosine(angle)),
                      static_cast<float>(0.63 * sine(angle)),
                      0.345F);
    }
    petals.circle(0.0F, 0.0F, 0.5F);
    return assembled({petals.made(), PartMaker(Paint::Accent).circle(0.0F, 0.0F, 0.32F).made()});
}

Shape cloud() {
    return assembled({PartMaker(Paint::Main)
                          .circle(-0.56F, 0.14F, 0.40F)
                          .circle(-0.12F, -0.20F, 0.50F)
                          .circle(0.44F, -0.02F, 0.42F)
                          .capsule(-0.60F, 0.26F, 0.64F, 0.26F, 0.32F)
                          .made()});
}

Shape car() {
    return assembled(
        {PartMaker(Paint::Main)
             .box(0.0F, 0.14F, 1.0F, 0.27F, 0.13F)
             .convex({{-0.66F, 0.0F}, {-0.44F, -0.52F}, {0.30F, -0.52F}, {0.64F, 0.0F}})
             .made(),
         PartMaker(Paint::Glass)
             .convex({{-0.48F, -0.06F}, {-0.35F, -0.40F}, {-0.10F, -0.40F}, {-0.10F, -0.06F}})
             .convex({{0.04F, -0.06F}, {0.04F, -0.40F}, {0.23F, -0.40F}, {0.45F, -0.06F}})
             .made(),
         PartMaker(Paint::Ink).circle(-0.54F, 0.40F, 0.27F).circle(0.54F, 0.40F, 0.27F).made(),
         PartMaker(Paint::Light).circle(-0.54F, 0.40F, 0.11F).circle(0.54F, 0.40F, 0.11F).made()});
}

Shape boat() {
    return assembled({PartMaker(Paint::Wood).box(0.0F, -0.30F, 0.05F, 0.68F).made(),
                      PartMaker(Paint::Light)
                          .convex({{0.10F, 0.16F}, {0.10F, -0.92F}, {0.80F, 0.16F}})
                          .convex({{-0.64F, 0.16F}, {-0.10F, -0.66F}, {-0.10F, 0.16F}})
                          .made(),
                      PartMaker(Paint::Main)
                          .convex({{-1.0F, 0.28F}, {1.0F, 0.28F}, {0.62F, 0.88F}, {-0.62F, 0.88F}})
                          .made()});
}

Shape house() {
    return assembled(
        {PartMaker(Paint::Main).box(0.0F, 0.36F, 0.74F, 0.58F).made(),
         PartMaker(Paint::Dark).convex({{-1.0F, -0.14F}, {0.0F, -0.98F}, {1.0F, -0.14F}}).made(),
         PartMaker(Paint::Glass)
             .box(-0.42F, 0.22F, 0.16F, 0.16F)
             .box(0.42F, 0.22F, 0.16F, 0.16F)
             .made(),
         PartMaker(Paint::Wood).box(0.0F, 0.60F, 0.17F, 0.34F).made()});
}

Shape tree() {
    return assembled({PartMaker(Paint::Wood).box(0.0F, 0.66F, 0.15F, 0.34F).made(),
                      PartMaker(Paint::Main)
                          .circle(0.0F, -0.48F, 0.50F)
                          .circle(-0.40F, -0.02F, 0.44F)
                          .circle(0.40F, -0.02F, 0.44F)
                          .circle(0.0F, 0.04F, 0.42F)
                          .made()});
}

Shape fish() {
    return assembled({PartMaker(Paint::Dark)
                          .convex({{-0.34F, 0.0F}, {-1.0F, 0.56F}, {-1.0F, -0.56F}})
                          .convex({{-0.20F, -0.36F}, {-0.06F, -0.74F}, {0.36F, -0.36F}})
                          .made(),
                      PartMaker(Paint::Main).ellipse(0.20F, 0.0F, 0.80F, 0.52F).made(),
                      PartMaker(Paint::White).circle(0.60F, -0.12F, 0.15F).made(),
                      PartMaker(Paint::Ink).circle(0.63F, -0.12F, 0.08F).made()});
}

Shape rocket() {
    return assembled(
        {PartMaker(Paint::Accent).ellipse(0.0F, 0.70F, 0.17F, 0.30F).made(),
         PartMaker(Paint::Dark)
             .convex({{-0.20F, 0.15F}, {-0.20F, 0.66F}, {-0.72F, 0.80F}, {-0.66F, 0.46F}})
             .convex({{0.20F, 0.15F}, {0.66F, 0.46F}, {0.72F, 0.80F}, {0.20F, 0.66F}})
             .made(),
         // A lens: two circles through the nose, cut off at the tail.
         PartMaker(Paint::Main)
             .ellipse(0.0F, 0.05F, 0.42F, 1.05F)
             .circle(-1.30F, 0.05F, 1.72F, Combine::Intersect)
             .circle(1.30F, 0.05F, 1.72F, Combine::Intersect)
             .convex({{-2.0F, -2.0F}, {2.0F, -2.0F}, {2.0F, 0.64F}, {-2.0F, 0.64F}},
                     Combine::Intersect)
             .made(),
         PartMaker(Paint::Glass).circle(0.0F, -0.28F, 0.19F).made()});
}

Shape balloon() {
    return assembled({PartMaker(Paint::Dark).capsule(0.0F, 0.46F, 0.0F, 0.97F, 0.045F).made(),
                      PartMaker(Paint::Main)
                          .ellipse(0.0F, -0.30F, 0.58F, 0.70F)
                          .convex({{0.0F, 0.34F}, {0.15F, 0.54F}, {-0.15F, 0.54F}})
                          .made(),
                      PartMaker(Paint::Light).ellipse(-0.22F, -0.56F, 0.12F, 0.19F).made()});
}

Shape smileyFace() {
    return assembled({PartMaker(Paint::Main).circle(0.0F, 0.0F, 1.0F).made(),
                      PartMaker(Paint::Ink)
                          .ellipse(-0.36F, -0.26F, 0.14F, 0.22F)
                          .ellipse(0.36F, -0.26F, 0.14F, 0.22F)
                          .made(),
                      PartMaker(Paint::Ink)
                          .circle(0.0F, 0.06F, 0.64F)
                          .circle(0.0F, -0.20F, 0.70F, Combine::Subtract)
                          .made()});
}

Shape bird() {
    return assembled(
        {PartMaker(Paint::Accent).convex({{0.66F, -0.36F}, {1.0F, -0.18F}, {0.66F, -0.06F}}).made(),
         PartMaker(Paint::Main)
             .ellipse(-0.04F, 0.16F, 0.60F, 0.40F)
             .circle(0.50F, -0.20F, 0.29F)
             .convex({{-0.38F, 0.0F}, {-0.38F, 0.32F}, {-1.0F, 0.30F}, {-0.96F, -0.10F}})
             .made(),
         PartMaker(Paint::Dark).convex({{-0.36F, 0.16F}, {-0.46F, -0.82F}, {0.26F, 0.16F}}).made(),
         PartMaker(Paint::Ink).circle(0.58F, -0.26F, 0.08F).made()});
}

Shape butterfly() {
    return assembled(
        {PartMaker(Paint::Main)
             .circle(-0.53F, -0.36F, 0.45F)
             .circle(0.53F, -0.36F, 0.45F)
             .circle(-0.42F, 0.42F, 0.36F)
             .circle(0.42F, 0.42F, 0.36F)
             .made(),
         PartMaker(Paint::Light).circle(-0.58F, -0.38F, 0.19F).circle(0.58F, -0.38F, 0.19F).made(),
         PartMaker(Paint::Dark)
             .capsule(0.0F, -0.45F, 0.0F, 0.62F, 0.11F)
             .capsule(0.0F, -0.50F, -0.20F, -0.92F, 0.045F)
             .capsule(0.0F, -0.50F, 0.20F, -0.92F, 0.045F)
             .made()});
}

Shape robot() {
    return assembled(
        {PartMaker(Paint::Dark)
             .box(-0.70F, 0.16F, 0.13F, 0.36F, 0.05F)
             .box(0.70F, 0.16F, 0.13F, 0.36F, 0.05F)
             .box(-0.25F, 0.78F, 0.16F, 0.22F)
             .box(0.25F, 0.78F, 0.16F, 0.22F)
             .box(0.0F, -0.88F, 0.05F, 0.12F)
             .made(),
         PartMaker(Paint::Main)
             .box(0.0F, -0.50F, 0.46F, 0.32F, 0.08F)
             .box(0.0F, 0.22F, 0.54F, 0.40F, 0.05F)
             .made(),
         PartMaker(Paint::White).circle(-0.20F, -0.54F, 0.13F).circle(0.20F, -0.54F, 0.13F).made(),
         PartMaker(Paint::Ink)
             .circle(-0.20F, -0.54F, 0.06F)
             .circle(0.20F, -0.54F, 0.06F)
             .box(0.0F, 0.22F, 0.24F, 0.13F)
             .made()});
}

std::vector<Shape> makeShapes() {
    std::vector<Shape> shapes;
    shapes.push_back(ball());
    shapes.push_back(
        convexShape({{-0.88F, -0.88F}, {0.88F, -0.88F}, {0.88F, 0.88F}, {-0.88F, 0.88F}}));
    shapes.push_back(convexShape({{0.0F, -0.98F}, {1.0F, 0.80F}, {-1.0F, 0.80F}}));
    shapes.push_back(assembled({PartMaker(Paint::Main).star(1.0F, 0.44F).made()}));
    shapes.push_back(heart());
    shapes.push_back(assembled({PartMaker(Paint::Main)
                                    .circle(0.0F, 0.0F, 1.0F)
                                    .circle(0.0F, 0.0F, 0.58F, Combine::Subtract)
                                    .made()}));
    shapes.push_back(assembled({PartMaker(Paint::Main)
                                    .circle(0.0F, 0.0F, 1.0F)
                                    .circle(0.50F, -0.16F, 0.80F, Combine::Subtract)
                                    .made()}));
    shapes.push_back(hexagon());
    shapes.push_back(assembled(
        {PartMaker(Paint::Main).box(0.0F, 0.0F, 0.32F, 1.0F).box(0.0F, 0.0F, 1.0F, 0.32F).made()}));
    shapes.push_back(convexShape({{0.0F, -1.0F}, {0.66F, 0.0F}, {0.0F, 1.0F}, {-0.66F, 0.0F}}));
    shapes.push_back(flower());
    shapes.push_back(cloud());
    shapes.push_back(car());
    shapes.push_back(boat());
    shapes.push_back(house());
    shapes.push_back(tree());
    shapes.push_back(fish());
    shapes.push_back(rocket());
    shapes.push_back(balloon());
    shapes.push_back(smileyFace());
    shapes.push_back(figureOf(-1, 0.0));
    shapes.push_back(bird());
    shapes.push_back(butterfly());
    shapes.push_back(robot());
    CHECK(shapes.size() == static_cast<std::size_t>(kClassCount), shapes.size());
    return shapes;
}

}  // namespace

const Shape& shapeOf(int shapeClass) {
    static const std::vector<Shape> shapes = makeShapes();
    CHECK(shapeClass >= 0 && shapeClass < kClassCount, shapeClass);
    return shapes[static_cast<std::size_t>(shapeClass)];
}

}  // namespace tessera::world
