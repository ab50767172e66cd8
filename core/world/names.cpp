#include "core/base/random.h"
#include "core/world/scene.h"

#include <array>

namespace tessera::world {

namespace {

using Name = std::string_view;

constexpr std::array<Name, kClassCount> kClasses = {
    "ball",  "square",  "triangle", "star",        "heart",  "ring", "moon",      "hexagon",
    "cross", "diamond", "flower",   "cloud",       "car",    "boat", "house",     "tree",
    "fish",  "rocket",  "balloon",  "smiley face", "person", "bird", "butterfly", "robot"};
constexpr std::array<Name, kColourCount> kColours = {"red",
                                                     "orange",
                                                     "yellow",
                                                     "green",
                                                     "cyan",
                                                     "blue",
                                                     "purple",
                                                     "pink",
                                                     "brown",
                                                     "white",
                                                     "black",
                                                     "gray"};
constexpr std::array<Name, kTextureCount> kTextures = {"plain", "striped", "dotted", "checkered"};
constexpr std::array<Name, kSizeCount> kSizes = {"small", "medium", "large"};
constexpr std::array<Name, kMotionCount> kMotions = {"still",
                                                     "left",
                                                     "right",
                                                     "up",
                                                     "down",
                                                     "up-left",
                                                     "up-right",
                                                     "down-left",
                                                     "down-right",
                                                     "bouncing",
                                                     "rotating clockwise",
                                                     "rotating counterclockwise",
                                                     "growing",
                                                     "shrinking",
                                                     "swinging",
                                                     "orbiting",
                                                     "pulsing",
                                                     "spiralling",
                                                     "exploding",
                                                     "falling apart"};
constexpr std::array<Name, kActionCount> kActions = {
    "walking", "running", "jumping", "waving", "dancing", "kicking"};
constexpr std::array<Name, kRelationCount> kRelations = {
    "left of", "right of", "above", "below", "in front of", "behind", "inside"};
constexpr std::array<Name, kBackgroundCount> kBackgrounds = {"plain background",
                                                             "gradient",
                                                             "checkerboard floor",
                                                             "striped wall",
                                                             "polka dot wall",
                                                             "starry night",
                                                             "sunset",
                                                             "sea",
                                                             "green hills",
                                                             "desert",
                                                             "city skyline",
                                                             "forest"};
constexpr std::array<Name, kWeatherCount> kWeathers = {
    "none", "snow", "rain", "confetti", "falling leaves"};
constexpr std::array<Name, kCameraCount> kCameras = {
    "static", "pan left", "pan right", "tilt up", "tilt down", "zoom in", "zoom out", "shaky"};
constexpr std::array<Name, kStyleCount> kStyles = {
    "normal", "black and white", "pixel art", "neon", "sepia vintage", "sketch"};

// The held-out choice is part of the world version; one pair in twenty.
constexpr std::uint64_t kHeldOutKey = 0x7e55e4a0f1c3b29dULL;

bool isHeldOut(std::uint64_t kind, int shapeClass, int value) {
    const std::uint64_t pair =
        static_cast<std::uint64_t>(shapeClass) * 256 + static_cast<std::uint64_t>(value);
    return base::philox(kHeldOutKey, kind, pair)[0] % 20 == 0;
}

}  // namespace

std::span<const Name> classNames() {
    return kClasses;
}

std::span<const Name> colourNames() {
    return kColours;
}

std::span<const Name> textureNames() {
    return kTextures;
}

std::span<const Name> sizeNames() {
    return kSizes;
}

std::span<const Name> motionNames() {
    return kMotions;
}

std::span<const Name> actionNames() {
    return kActions;
}

std::span<const Name> relationNames() {
    return kRelations;
}

std::span<const Name> backgroundNames() {
    return kBackgrounds;
}

std::span<const Name> weatherNames() {
    return kWeathers;
}

std::span<const Name> cameraNames() {
    return kCameras;
}

std::span<const Name> styleNames() {
    return kStyles;
}

bool isHeldOutColour(int shapeClass, int colour) {
    return isHeldOut(1, shapeClass, colour);
}

bool isHeldOutMotion(int shapeClass, int motion) {
    return isHeldOut(2, shapeClass, motion);
}

}  // namespace tessera::world
