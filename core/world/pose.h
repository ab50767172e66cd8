#pragma once

// Where an object or the camera is at a moment: motions as functions of time. Thread-safe.

#include "core/world/scene.h"

namespace tessera::world {

// Indices into motionNames() and actionNames().
inline constexpr int kStill = 0;
inline constexpr int kLeft = 1;
inline constexpr int kRight = 2;
inline constexpr int kUp = 3;
inline constexpr int kDown = 4;
inline constexpr int kUpLeft = 5;
inline constexpr int kUpRight = 6;
inline constexpr int kDownLeft = 7;
inline constexpr int kDownRight = 8;
inline constexpr int kBouncing = 9;
inline constexpr int kClockwise = 10;
inline constexpr int kCounterclockwise = 11;
inline constexpr int kGrowing = 12;
inline constexpr int kShrinking = 13;
inline constexpr int kSwinging = 14;
inline constexpr int kOrbiting = 15;
inline constexpr int kPulsing = 16;
inline constexpr int kSpiralling = 17;
inline constexpr int kExploding = 18;
inline constexpr int kFallingApart = 19;

inline constexpr int kWalking = 0;
inline constexpr int kRunning = 1;
inline constexpr int kJumping = 2;
inline constexpr int kWaving = 3;
inline constexpr int kDancing = 4;
inline constexpr int kKicking = 5;

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
inline constexpr int kStaticCamera = 0;
inline constexpr int kPanLeft = 1;
inline constexpr int kPanRight = 2;
inline constexpr int kTiltUp = 3;
inline constexpr int kTiltDown = 4;
inline constexpr int kZoomIn = 5;
inline constexpr int kZoomOut = 6;
inline constexpr int kShaky = 7;

CameraPose cameraAt(const Scene& scene, double t);

}  // namespace tessera::world
