#pragma once

// The procedural world: what a clip contains, as a value. A scene is a pure function of (world
// version, 64-bit seed, options); every attribute is drawn from its own named random stream, so a
// new attribute never shifts the others. No tensor, no OpenCV. Any thread.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tessera::world {

inline constexpr int kWorldVersion = 1;
inline constexpr int kClipFrames = 29;
inline constexpr double kClipFps = 8.0;

inline constexpr int kClassCount = 24;
inline constexpr int kColourCount = 12;
inline constexpr int kTextureCount = 4;
inline constexpr int kSizeCount = 3;
inline constexpr int kMotionCount = 20;
inline constexpr int kActionCount = 6;
inline constexpr int kRelationCount = 7;
inline constexpr int kBackgroundCount = 12;
inline constexpr int kWeatherCount = 5;
inline constexpr int kCameraCount = 8;
inline constexpr int kStyleCount = 6;

// Canonical names, in the order of the indices below ("ball", ..., "red", ...).
std::span<const std::string_view> classNames();
std::span<const std::string_view> colourNames();
std::span<const std::string_view> textureNames();
std::span<const std::string_view> sizeNames();
std::span<const std::string_view> motionNames();
std::span<const std::string_view> actionNames();
std::span<const std::string_view> relationNames();
std::span<const std::string_view> backgroundNames();
std::span<const std::string_view> weatherNames();
std::span<const std::string_view> cameraNames();
std::span<const std::string_view> styleNames();

inline constexpr int kPersonClass = 20;  // index of "person" in classNames()

// One thing in the scene. Coordinates: x in [-1.5, 1.5] to the right, y in [-1, 1] downwards; t in
// [0, 1].
struct Object {
    int shapeClass = 0;
    int colour = 0;
    int texture = 0;
    int size = 0;
    int motion = 0;
    int action = -1;        // persons only; -1 = none
    double diameter = 0.0;  // in units of y (the frame is 2 high)
    double x = 0.0;         // centre of the path
    double y = 0.0;
    double speed = 1.0;
    double phase = 0.0;  // radians, for motions that repeat
    double angle = 0.0;  // radians at t = 0
};

struct Scene {
    // Of the details that render() draws (city, stars, flakes, sparks). Not the seed makeScene()
    // was given: to name a scene, keep that one and the options.
    std::uint64_t seed = 0;
    std::vector<Object> objects;  // back to front; empty for a scene-only clip
    int relation = -1;  // of objects[0] to objects[1] when it holds in >= 90 % of the frames
    int background = 0;
    int backgroundColour = 0;  // tint of plain, gradient, wall backgrounds
    int weather = 0;
    int camera = 0;
    int style = 0;
    bool heldOut =
        false;  // holds a (class, colour) or (class, motion) pair that training never sees
};

struct SceneOptions {
    enum class HeldOut { Never, Only, Any };
    HeldOut heldOut = HeldOut::Never;  // training uses Never; evaluation asks for Only or Never
    double singleLargeShare =
        0.0;  // of all clips: one large object, no weather, normal style (a curriculum)
    double pairShare =
        0.0;  // of the rest: two objects for certain; what is left has the usual shares
    bool plainStyleOnly = false;  // style "normal", texture "plain", weather "none" everywhere
};

Scene makeScene(std::uint64_t seed, const SceneOptions& options = {});

// True for the 5 % of pairs that are never trained.
bool isHeldOutColour(int shapeClass, int colour);
bool isHeldOutMotion(int shapeClass, int motion);

// Truth of one object in one frame, in pixels of the size asked.
struct ObjectTruth {
    double left = 0.0, top = 0.0, right = 0.0,
           bottom = 0.0;  // box of what is visible; empty when right <= left
    double centreX = 0.0, centreY = 0.0;
    double angle = 0.0;
    double scale = 1.0;            // current size over nominal size
    double visibleFraction = 0.0;  // not hidden by other objects or the frame's edge
};

// [frame][object in the order of scene.objects], for clips of kClipFrames frames.
std::vector<std::vector<ObjectTruth>> truth(const Scene& scene, int width, int height);

}  // namespace tessera::world
