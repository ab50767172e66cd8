#include "core/world/scene_drawer.h"

#include "core/base/random.h"
#include "core/world/background.h"
#include "core/world/contrast.h"
#include "core/world/drawer.h"
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

// Diameters of single objects in frame units (the frame is 2 high): 0.30, 0.42, 0.55 of its height.
constexpr std::array<double, kSizeCount> kDiameters = {0.60, 0.84, 1.10};

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

}  // namespace

void Drawer::drawMixture() {
    RandomStream random(m_mixtureSeed, streams::kMixture);
    const double share = random.uniform();
    m_large = random.chance(m_options.singleLargeShare);
    const bool two = random.chance(m_options.pairShare);
    // The shares of the clips: one object 45 %, two 27, a count 8, a person acting 10, bursts 7,
    // scenery alone 3.
    if (m_large || (!two && share < 0.45)) {
        m_kind = Kind::Single;
    } else if (two || share < 0.72) {
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
