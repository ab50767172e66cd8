#include "core/world/scene_drawer.h"

#include "core/base/random.h"
#include "core/world/background.h"
#include "core/world/contrast.h"
#include "core/world/item_raster.h"
#include "core/world/maths.h"
#include "core/world/pose.h"
#include "core/world/streams.h"

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace tessera::world {

namespace {

using base::RandomStream;

enum class Kind { Single, Pair, Count, Acting, Burst, Empty };

// Relations, as indices into relationNames().
enum { kLeftOf, kRightOf, kAbove, kBelow, kInFrontOf, kBehind, kInside };

// Diameters of single objects in frame units (the frame is 2 high): 0.30, 0.42, 0.55 of its height.
constexpr std::array<double, kSizeCount> kDiameters = {0.60, 0.84, 1.10};

int pick(RandomStream& random, const std::vector<int>& from) {
    return from[static_cast<std::size_t>(random.below(static_cast<int>(from.size())))];
}

// Thin and narrow silhouettes are drawn larger, so that all classes fill about the same area.
double stature(int shapeClass) {
    switch (shapeClass) {
        case 20:  // person
            return 1.35;
        case 12:  // car
        case 17:  // rocket
        case 18:  // balloon
            return 1.20;
        case 13:  // boat
        case 15:  // tree
        case 21:  // bird
            return 1.14;
        case 9:   // diamond
        case 11:  // cloud
        case 16:  // fish
        case 22:  // butterfly
            return 1.10;
        default:
            return 1.0;
    }
}

bool carriesTexture(int shapeClass) {
    // Classes whose main part is one broad surface.
    switch (shapeClass) {
        case 0:   // ball
        case 1:   // square
        case 2:   // triangle
        case 3:   // star
        case 4:   // heart
        case 7:   // hexagon
        case 8:   // cross
        case 9:   // diamond
        case 11:  // cloud
        case 14:  // house
        case 15:  // tree
        case 16:  // fish
        case 18:  // balloon
            return true;
        default:
            return false;
    }
}

std::vector<int> camerasFor(int background) {
    switch (background) {
        case kPlain:
        case kGradient:
            return {};
        case kStripedWall:
            return {kPanLeft, kPanRight, kZoomIn, kZoomOut, kShaky};
        default:
            return {kPanLeft, kPanRight, kTiltUp, kTiltDown, kZoomIn, kZoomOut, kShaky};
    }
}

std::vector<int> weathersFor(int background) {
    switch (background) {
        case kStarryNight:
        case kSunset:
        case kCity:
        case kForest:
            return {1, 2, 3, 4};
        case kGreenHills:
            return {1, 3, 4};  // rain would not show on a bright sky
        case kSea:
        case kDesert:
            return {3};
        default:
            return {3, 4};
    }
}

// How far objects may lie from the middle so that the camera keeps them in the frame.
struct Room {
    double halfWidth = 1.5;
    double halfHeight = 1.0;
};

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

class Drawer {
public:
    Drawer(std::uint64_t mixtureSeed, std::uint64_t seed, const SceneOptions& options)
        : m_mixtureSeed(mixtureSeed), m_seed(seed), m_options(options) {}

    std::optional<Scene> draw();

private:
    RandomStream stream(std::uint64_t attribute, std::size_t object = 0) const {
        return {m_seed, attribute + object};
    }

    void drawMixture();
    void drawStyle();
    void drawWeather();
    void drawCamera();

    bool drawSingle(bool burst);
    bool drawActing();
    bool drawPair();
    bool drawCount();

    Object objectOf(
        std::size_t index, int shapeClass, int motion, double diameter, double largest) const;
    int drawClass(std::size_t index) const;
    int drawMotion(std::size_t index, int shapeClass, const std::vector<int>& motions) const;
    void place(std::size_t index, Object& object, double spread) const;
    bool colourAll();
    void statePositions();

    std::uint64_t m_mixtureSeed = 0;
    std::uint64_t m_seed = 0;
    const SceneOptions& m_options;
    Kind m_kind = Kind::Single;
    bool m_large = false;
    Scene m_scene;
    bool m_overlap = false;
    bool m_inside = false;
};

void Drawer::drawMixture() {
    RandomStream random(m_mixtureSeed, streams::kMixture);
    const double share = random.uniform();
    m_large = random.chance(m_options.singleLargeShare);
    // The shares of the clips: one object 45 %, two 27, a count 8, a person acting 10, bursts 7,
    // scenery alone 3.
    if (m_large || share < 0.45) {
        m_kind = Kind::Single;
    } else if (share < 0.72) {
        m_kind = Kind::Pair;
    } else if (share < 0.80) {
        m_kind = Kind::Count;
    } else if (share < 0.90) {
        m_kind = Kind::Acting;
    } else if (share < 0.97) {
        m_kind = Kind::Burst;
    } else {
        m_kind = Kind::Empty;
    }
}

void Drawer::drawStyle() {
    RandomStream random = stream(streams::kStyle);
    if (m_large || m_options.plainStyleOnly || !random.chance(0.15)) {
        return;
    }
    const int style = 1 + random.below(kStyleCount - 1);
    // Blocks of a 32nd of the height leave nothing of small objects.
    const bool fine = m_kind == Kind::Pair || m_kind == Kind::Count;
    m_scene.style = style == kPixelArt && fine ? kNormalStyle : style;
}

void Drawer::drawWeather() {
    RandomStream random = stream(streams::kWeather);
    const bool wanted = random.chance(0.16);
    if (!wanted || m_large || m_options.plainStyleOnly || m_scene.style != kNormalStyle) {
        return;
    }
    m_scene.weather = pick(random, weathersFor(m_scene.background));
}

void Drawer::drawCamera() {
    RandomStream random = stream(streams::kCamera);
    const bool wanted = random.chance(0.20);
    const std::vector<int> cameras = camerasFor(m_scene.background);
    if (wanted && !cameras.empty() && m_kind != Kind::Acting && m_kind != Kind::Burst) {
        m_scene.camera = pick(random, cameras);
    }
}

Object Drawer::objectOf(
    std::size_t index, int shapeClass, int motion, double diameter, double largest) const {
    RandomStream phase = stream(streams::kPhase, index);
    Object object;
    object.shapeClass = shapeClass;
    object.motion = motion;
    const double wanted = diameter * stature(shapeClass);
    object.diameter = wanted < largest ? wanted : largest;
    object.speed = phase.uniform(0.90, 1.12);
    object.phase = phase.uniform(0.0, 2.0 * kPi);
    RandomStream texture = stream(streams::kTexture, index);
    const bool shown =
        m_scene.style != kNeon && m_scene.style != kSketch && m_scene.style != kPixelArt;
    // 0.48 of the classes that can carry one make a fifth of all.
    if (texture.chance(0.48) && carriesTexture(shapeClass) && shown && !m_options.plainStyleOnly) {
        object.texture = 1 + texture.below(kTextureCount - 1);
    }
    return object;
}

int Drawer::drawClass(std::size_t index) const {
    return stream(streams::kClass, index).below(kClassCount);
}

int Drawer::drawMotion(std::size_t index, int shapeClass, const std::vector<int>& motions) const {
    RandomStream random = stream(streams::kMotion, index);
    for (int attempt = 0; attempt < 64; ++attempt) {
        const int motion = pick(random, motions);
        const bool turning = motion == kClockwise || motion == kCounterclockwise;
        const bool banned = m_options.heldOut == SceneOptions::HeldOut::Never &&
                            isHeldOutMotion(shapeClass, motion);
        if (!banned && allowsMotion(m_scene.camera, motion) &&
            (!turning || showsRotation(shapeClass))) {
            return motion;
        }
    }
    return -1;
}

// Puts the whole path into the room the camera leaves, `spread` of it used.
void Drawer::place(std::size_t index, Object& object, double spread) const {
    RandomStream random = stream(streams::kPlace, index);
    const Room room = roomFor(m_scene.camera);
    const Reach reach = reachOf(object);
    const double lowX = -room.halfWidth - reach.left;
    const double highX = room.halfWidth - reach.right;
    const double lowY = -room.halfHeight - reach.top;
    const double highY = room.halfHeight - reach.bottom;
    const double atX = 0.5 + (random.uniform() - 0.5) * spread;
    const double atY = 0.5 + (random.uniform() - 0.5) * spread;
    object.x = lowX < highX ? lowX + (highX - lowX) * atX : 0.5 * (lowX + highX);
    object.y = lowY < highY ? lowY + (highY - lowY) * atY : 0.5 * (lowY + highY);
}

bool Drawer::drawSingle(bool burst) {
    const int shapeClass = drawClass(0);
    std::vector<int> motions;
    if (burst) {
        motions = {kExploding,
                   kExploding,
                   kExploding,
                   kFallingApart,
                   kFallingApart,
                   kSpiralling,
                   kOrbiting};
    } else {
        for (int motion = 0; motion < kMotionCount; ++motion) {
            motions.push_back(motion);
        }
    }
    const int motion = drawMotion(0, shapeClass, motions);
    if (motion < 0) {
        return false;
    }
    RandomStream random = stream(streams::kSize);
    int size = m_large ? 2 : random.below(kSizeCount);
    if (m_scene.style == kPixelArt) {
        size = 2;
    }
    const bool roams = motion == kOrbiting || motion == kSpiralling || motion == kSwinging;
    const bool changes = motion == kGrowing || motion == kShrinking || motion == kExploding ||
                         motion == kFallingApart;
    if (roams && size == 2 && !m_large) {
        size = 1;
    }
    if (changes && size == 0) {
        size = 1;
    }
    const double jitter = random.uniform(0.97, 1.03);
    Object object =
        objectOf(0, shapeClass, motion, kDiameters[static_cast<std::size_t>(size)] * jitter, 1.30);
    object.size = size;
    if (motion == kFallingApart) {
        object.diameter = object.diameter < 0.9 ? object.diameter : 0.9;
    }
    place(0, object, 0.9);
    if (motion == kFallingApart || motion == kExploding) {
        object.y = clamp(object.y, -0.35, motion == kExploding ? 0.15 : 0.0);
        object.x = clamp(object.x, -0.7, 0.7);
    }
    m_scene.objects.push_back(object);
    return true;
}

bool Drawer::drawActing() {
    RandomStream random = stream(streams::kMotion);
    const int action = random.below(kActionCount);
    int motion = kStill;
    if (action == kWalking || action == kRunning) {
        motion = random.chance(0.5) ? kLeft : kRight;
        if (m_options.heldOut == SceneOptions::HeldOut::Never &&
            isHeldOutMotion(kPersonClass, motion)) {
            motion = motion == kLeft ? kRight : kLeft;
        }
    }
    Object object =
        objectOf(0, kPersonClass, motion, stream(streams::kSize).uniform(0.93, 1.12), 1.52);
    object.size = 2;
    object.action = action;
    place(0, object, 0.8);
    // Feet near the bottom of the frame.
    object.y = stream(streams::kPlace, 1).uniform(0.80, 0.90) - 0.5 * object.diameter;
    m_scene.objects.push_back(object);
    return true;
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

// One colour for all of a count, otherwise one each; false when none stands out.
bool Drawer::colourAll() {
    const bool never = m_options.heldOut == SceneOptions::HeldOut::Never;
    for (std::size_t i = 0; i < m_scene.objects.size(); ++i) {
        Object& object = m_scene.objects[i];
        if (m_kind == Kind::Count && i > 0) {
            object.colour = m_scene.objects[0].colour;
            continue;
        }
        std::vector<Rgb> scenery;
        const std::size_t sampled = m_kind == Kind::Count ? m_scene.objects.size() : i + 1;
        for (std::size_t k = i; k < sampled; ++k) {
            const std::vector<Rgb> behind = sceneryBehind(m_scene, m_scene.objects[k]);
            scenery.insert(scenery.end(), behind.begin(), behind.end());
        }
        RandomStream random = stream(streams::kColour, i);
        bool found = false;
        for (int attempt = 0; attempt < 24 && !found; ++attempt) {
            const int colour = random.below(kColourCount);
            const bool dim = colour == 8 || colour == 10 || colour == 11;
            found = !(never && isHeldOutColour(object.shapeClass, colour)) &&
                    !(m_scene.style == kNeon && dim) &&
                    !(i > 0 && colour == m_scene.objects[0].colour) &&
                    standsOut(colour, m_scene.style, scenery);
            object.colour = colour;
        }
        if (!found) {
            return false;
        }
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

std::optional<Scene> Drawer::draw() {
    drawMixture();
    m_scene.background = stream(streams::kBackground).below(kBackgroundCount);
    m_scene.backgroundColour = stream(streams::kBackgroundColour).below(kColourCount);
    drawStyle();
    drawWeather();
    drawCamera();
    bool fits = true;
    switch (m_kind) {
        case Kind::Single:
            fits = drawSingle(false);
            break;
        case Kind::Burst:
            fits = drawSingle(true);
            break;
        case Kind::Acting:
            fits = drawActing();
            break;
        case Kind::Pair:
            fits = drawPair();
            break;
        case Kind::Count:
            fits = drawCount();
            break;
        case Kind::Empty:
            break;
    }
    m_scene.seed = m_seed;
    if (!fits || !colourAll()) {
        return std::nullopt;
    }
    statePositions();
    for (const Object& object : m_scene.objects) {
        m_scene.heldOut = m_scene.heldOut || isHeldOut(object);
    }
    const bool wrong = (m_options.heldOut == SceneOptions::HeldOut::Never && m_scene.heldOut) ||
                       (m_options.heldOut == SceneOptions::HeldOut::Only && !m_scene.heldOut);
    return wrong ? std::nullopt : std::optional<Scene>(m_scene);
}

}  // namespace

bool isHeldOut(const Object& object) {
    // Standing in place is not said of somebody who waves.
    const bool unsaid = object.action >= 0 && object.motion == kStill;
    return isHeldOutColour(object.shapeClass, object.colour) ||
           (!unsaid && isHeldOutMotion(object.shapeClass, object.motion));
}

bool isHeldOut(const StatedObject& object) {
    return (object.colour >= 0 && isHeldOutColour(object.shapeClass, object.colour)) ||
           (object.motion >= 0 && isHeldOutMotion(object.shapeClass, object.motion));
}

bool allowsMotion(int camera, int motion) {
    if (camera == kStaticCamera) {
        return true;
    }
    const bool zooms = camera == kZoomIn || camera == kZoomOut;
    switch (motion) {
        case kStill:
        case kClockwise:
        case kCounterclockwise:
            return true;
        case kGrowing:
        case kShrinking:
        case kPulsing:
            return !zooms;
        default:
            return false;
    }
}

bool showsRotation(int shapeClass) {
    return shapeClass != kBall && shapeClass != kRing;
}

std::optional<Scene> drawScene(std::uint64_t mixtureSeed,
                               std::uint64_t seed,
                               const SceneOptions& options) {
    return Drawer(mixtureSeed, seed, options).draw();
}

}  // namespace tessera::world
