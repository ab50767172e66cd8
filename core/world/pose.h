#pragma once

// Where an object or the camera is at a moment: motions as functions of time. Thread-safe.

#include "core/world/scene.h"

namespace tessera::world {

// Indices into motionNames() and actionNames().
enum Motion {
    kStill,
    kLeft,
    kRight,
    kUp,
    kDown,
    kUpLeft,
    kUpRight,
    kDownLeft,
    kDownRight,
    kBouncing,
    kClockwise,
    kCounterclockwise,
    kGrowing,
    kShrinking,
    kSwinging,
    kOrbiting,
    kPulsing,
    kSpiralling,
    kExploding,
    kFallingApart
};

enum Action { kWalking, kRunning, kJumping, kWaving, kDancing, kKicking };

// Classes that turning does not change, as indices into classNames().
inline constexpr int kBall = 0;
inline constexpr int kRing = 5;

struct Pose {
    double x = 0.0;
    double y = 0.0;
    double angle = 0.0;  // radians, clockwise on the screen
    double scale = 1.0;
    bool mirrored = false;  // faces left
    double broken = -1.0;   // progress of exploding or falling apart in [0, 1]; < 0 = still whole
    double cycle = 0.0;     // turns of the action so far
    bool hangs = false;     // on a rope from (anchorX, anchorY)
    double anchorX = 0.0;
    double anchorY = 0.0;
};

// t in [0, 1].
Pose poseAt(const Object& object, double t);

// t of a frame of the clip.
double timeOf(int frame);

// What the object covers over the whole clip, relative to (object.x, object.y), without sparks.
struct Reach {
    double left = 0.0;
    double top = 0.0;
    double right = 0.0;
    double bottom = 0.0;
};

Reach reachOf(const Object& object);

// The frame shows world points p at (p - centre) * zoom.
struct CameraPose {
    double x = 0.0;
    double y = 0.0;
    double zoom = 1.0;
};

// Indices into cameraNames().
enum CameraMotion {
    kStaticCamera,
    kPanLeft,
    kPanRight,
    kTiltUp,
    kTiltDown,
    kZoomIn,
    kZoomOut,
    kShaky
};

CameraPose cameraAt(const Scene& scene, double t);

}  // namespace tessera::world
