#include "core/world/drawer.h"
#include "core/world/maths.h"
#include "core/world/pose.h"
#include "core/world/streams.h"

#include <array>
#include <utility>

namespace tessera::world {

namespace {

using base::RandomStream;

// Relations, as indices into relationNames().
constexpr int kLeftOf = 0;
constexpr int kRightOf = 1;
constexpr int kAbove = 2;
constexpr int kBelow = 3;
constexpr int kInFrontOf = 4;
constexpr int kBehind = 5;
constexpr int kInside = 6;

}  // namespace

Room roomFor(int camera) {
    switch (camera) {
        case kPanLeft:
        case kPanRight:
            return {1.03, 1.0};
        case kTiltUp:
        case kTiltDown:
            return {1.5, 0.72};
        case kZoomIn:
        case kZoomOut:
            return {1.05, 0.70};
        case kShaky:
            return {1.42, 0.94};
        default:
            return {1.5, 1.0};
    }
}

int pick(RandomStream& random, const std::vector<int>& from) {
    return from[static_cast<std::size_t>(random.below(static_cast<int>(from.size())))];
}

bool Drawer::drawPair() {
    RandomStream layout = stream(streams::kLayout);
    const double share = layout.uniform();
    const bool swap = layout.chance(0.5);
    std::array<int, 2> classes = {drawClass(0), drawClass(1)};
    if (classes[0] == classes[1]) {
        return false;
    }
    RandomStream size = stream(streams::kSize);
    std::array<double, 2> diameters = {size.uniform(0.58, 0.80), size.uniform(0.58, 0.80)};
    std::array<double, 2> largest = {1.05, 1.05};
    std::array<double, 2> x{};
    std::array<double, 2> y{};
    std::array<std::vector<int>, 2> motions;
    const double offX = layout.uniform(-0.08, 0.08);
    const double offY = layout.uniform(-0.12, 0.12);
    m_overlap = false;
    m_inside = false;
    const bool narrow = m_scene.camera != kStaticCamera && m_scene.camera != kShaky;
    if (share < 0.46 || narrow) {
        const double half = narrow ? 0.62 : 0.76;
        x = {-half + offX, half + offX};
        y = {offY, -offY};
        motions[0] = {kStill,
                      kStill,
                      kUp,
                      kDown,
                      kBouncing,
                      kClockwise,
                      kCounterclockwise,
                      kPulsing,
                      kGrowing,
                      kShrinking};
        motions[1] = motions[0];
    } else if (share < 0.72) {
        diameters = {size.uniform(0.56, 0.72), size.uniform(0.56, 0.72)};
        largest = {0.84, 0.84};
        x = {4.0 * offX, -4.0 * offX};
        y = {-0.49, 0.49};
        motions[0] = {kStill, kStill, kLeft, kRight, kClockwise, kCounterclockwise, kPulsing};
        motions[1] = motions[0];
    } else if (share < 0.84) {
        // One after the other, the same way.
        const int way = layout.chance(0.5) ? kLeft : kRight;
        diameters = {size.uniform(0.58, 0.72), size.uniform(0.58, 0.72)};
        largest = {0.84, 0.84};
        x = {-0.46, 0.46};
        y = {offY, -offY};
        motions[0] = {way};
        motions[1] = {way};
    } else if (share < 0.93) {
        // The front one covers about a third of the one behind.
        m_overlap = true;
        diameters = {size.uniform(0.80, 1.0), size.uniform(0.56, 0.64)};
        const double side = layout.chance(0.5) ? 1.0 : -1.0;
        x = {-0.22 * side + offX, 0.30 * side + offX};
        y = {-0.10 + offY, 0.22 + offY};
        motions[0] = {kStill, kStill, kClockwise, kCounterclockwise};
        motions[1] = {kStill, kStill, kClockwise, kCounterclockwise, kPulsing};
    } else {
        // Inside a ring, whose hole is 0.58 of its diameter.
        m_inside = true;
        classes[1] = kRing;
        if (classes[0] == kRing) {
            return false;
        }
        diameters = {size.uniform(0.53, 0.58), size.uniform(1.30, 1.42)};
        largest = {0.66, 1.42};
        x = {6.0 * offX, 6.0 * offX};
        y = {offY, offY};
        motions[0] = {kStill, kClockwise, kCounterclockwise};
        motions[1] = {kStill};
    }
    for (std::size_t i = 0; i < 2; ++i) {
        const int motion = drawMotion(i, classes[i], motions[i]);
        if (motion < 0) {
            return false;
        }
        if (motion == kGrowing || motion == kShrinking) {
            diameters[i] = diameters[i] < 0.84 ? 0.84 : diameters[i];
        }
        Object object = objectOf(i, classes[i], motion, diameters[i], largest[i]);
        object.size = diameters[i] < 0.72 ? 0 : 1;
        object.x = x[i];
        object.y = y[i];
        if (m_overlap || m_inside) {
            object.texture = 0;
        } else {
            const Reach reach = reachOf(object);
            const Room room = roomFor(m_scene.camera);
            const double lowX = -room.halfWidth - reach.left;
            const double highX = room.halfWidth - reach.right;
            const double lowY = -room.halfHeight - reach.top;
            const double highY = room.halfHeight - reach.bottom;
            object.x = lowX < highX ? clamp(object.x, lowX, highX) : 0.5 * (lowX + highX);
            object.y = lowY < highY ? clamp(object.y, lowY, highY) : 0.5 * (lowY + highY);
        }
        m_scene.objects.push_back(object);
    }
    if (swap && !m_overlap && !m_inside) {
        std::swap(m_scene.objects[0], m_scene.objects[1]);
    }
    return true;
}

bool Drawer::drawCount() {
    RandomStream layout = stream(streams::kLayout);
    const int count = 2 + layout.below(3);
    const int shapeClass = drawClass(0);
    const bool stacked = count == 2 && layout.chance(0.4);
    const double size =
        stream(streams::kSize).uniform(count == 2 ? 0.58 : 0.53, count == 2 ? 0.74 : 0.62);
    std::vector<int> motions = {kStill, kStill, kClockwise, kCounterclockwise, kPulsing};
    if (stacked) {
        motions.insert(motions.end(), {kLeft, kRight});
    } else if (count < 4) {
        motions.insert(motions.end(), {kBouncing, kUp, kDown});
    }
    const bool narrow = m_scene.camera != kStaticCamera && m_scene.camera != kShaky;
    if (narrow && count != 2) {
        m_scene.camera = kStaticCamera;
    }
    const int motion = drawMotion(0, shapeClass, motions);
    if (motion < 0) {
        return false;
    }
    std::vector<std::array<double, 2>> places;
    if (count == 2) {
        const double half = narrow ? 0.60 : 0.72;
        places = stacked ? std::vector<std::array<double, 2>>{{0.0, -0.48}, {0.0, 0.48}}
                         : std::vector<std::array<double, 2>>{{-half, 0.0}, {half, 0.0}};
    } else if (count == 3) {
        places = {{-0.98, 0.0}, {0.0, 0.0}, {0.98, 0.0}};
    } else {
        places = {{-0.70, -0.47}, {0.70, -0.47}, {-0.70, 0.47}, {0.70, 0.47}};
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
        RandomStream random = stream(streams::kPlace, i);
        Object object = objectOf(0, shapeClass, motion, size, count == 2 && !stacked ? 1.0 : 0.82);
        object.x = places[i][0] + random.uniform(-0.07, 0.07);
        object.y = places[i][1] + random.uniform(-0.06, 0.06);
        m_scene.objects.push_back(object);
    }
    return true;
}

// The relation of the first object to the second that holds in 90 % of the frames.
void Drawer::statePositions() {
    if (m_kind != Kind::Pair) {
        return;
    }
    if (m_overlap || m_inside) {
        m_scene.relation = m_overlap ? kBehind : kInside;
        return;
    }
    std::array<int, 4> held{};
    for (int frame = 0; frame < kClipFrames; ++frame) {
        const Pose a = poseAt(m_scene.objects[0], timeOf(frame));
        const Pose b = poseAt(m_scene.objects[1], timeOf(frame));
        const double dx = b.x - a.x;
        const double dy = b.y - a.y;
        const double across = dx < 0.0 ? -dx : dx;
        const double along = dy < 0.0 ? -dy : dy;
        if (across > 0.4 && across > along) {
            ++held[dx > 0.0 ? kLeftOf : kRightOf];
        } else if (along > 0.4 && along > across) {
            ++held[dy > 0.0 ? kAbove : kBelow];
        }
    }
    for (int relation = 0; relation < 4; ++relation) {
        if (held[static_cast<std::size_t>(relation)] * 10 >= kClipFrames * 9) {
            m_scene.relation = relation;
        }
    }
}

}  // namespace tessera::world
