#include "core/world/pose.h"

#include "core/world/maths.h"
#include "core/world/shapes.h"

namespace tessera::world {

namespace {

double least(double a, double b) {
    return a < b ? a : b;
}

double most(double a, double b) {
    return a > b ? a : b;
}

// Travels in frame units (the frame is 3 wide and 2 high): 45 % of the width; as much of the height
// as the object's own size leaves.
double sideways(const Object& object) {
    return 1.35 * object.speed;
}

double upright(const Object& object) {
    return clamp((2.06 - object.diameter) * object.speed, 0.55, 1.15);
}

double diagonalRise(const Object& object) {
    return clamp((1.96 - object.diameter) * object.speed, 0.55, 0.95);
}

void actPerson(const Object& object, double t, Pose& pose) {
    // Turns in a clip: slow enough for a latent frame of four pictures to hold a quarter turn.
    constexpr double kTurns[kActionCount] = {2.6, 3.6, 2.5, 2.75, 2.0, 2.25};
    pose.cycle = kTurns[object.action] * object.speed * t + object.phase / (2.0 * kPi);
    pose.y -= figureLift(object.action, pose.cycle) * object.diameter / 2.0;
}

}  // namespace

double timeOf(int frame) {
    return static_cast<double>(frame) / static_cast<double>(kClipFrames - 1);
}

Pose poseAt(const Object& object, double t) {
    Pose pose;
    pose.x = object.x;
    pose.y = object.y;
    pose.angle = object.angle;
    const double c = t - 0.5;
    const double turn = 2.0 * kPi * object.speed * t;
    switch (object.motion) {
        case kLeft:
        case kRight:
            // A runner crosses more of the frame than a walker.
            pose.x += (object.motion == kLeft ? -c : c) * sideways(object) *
                      (object.action == kRunning ? 1.25 : 1.0);
            break;
        case kUp:
            pose.y -= c * upright(object);
            break;
        case kDown:
            pose.y += c * upright(object);
            break;
        case kUpLeft:
        case kUpRight:
        case kDownLeft:
        case kDownRight: {
            const bool left = object.motion == kUpLeft || object.motion == kDownLeft;
            const bool up = object.motion == kUpLeft || object.motion == kUpRight;
            pose.x += (left ? -c : c) * 1.15 * object.speed;
            pose.y += (up ? -c : c) * diagonalRise(object);
            break;
        }
        case kBouncing: {
            const double height = clamp(1.9 - object.diameter, 0.6, 0.9);
            const double hop = sine(1.25 * turn + object.phase);
            pose.y += height * (0.5 - (hop < 0.0 ? -hop : hop));
            break;
        }
        case kClockwise:
            pose.angle += turn;
            break;
        case kCounterclockwise:
            pose.angle -= turn;
            break;
        case kGrowing:
            pose.scale = 0.58 + 0.70 * t;
            break;
        case kShrinking:
            pose.scale = 1.28 - 0.70 * t;
            break;
        case kSwinging: {
            // The rope hangs from above the frame; the swing is as wide whatever its length.
            constexpr double kAbove = -1.15;
            constexpr double kHalfWidth = 0.66;
            const double rope = most(object.y - kAbove, 0.8);
            const double swing = kHalfWidth / rope * sine(1.5 * turn + object.phase);
            pose.hangs = true;
            pose.anchorX = object.x;
            pose.anchorY = object.y - rope;
            pose.x = pose.anchorX + rope * sine(swing);
            pose.y = pose.anchorY + rope * cosine(swing);
            pose.angle -= swing;
            break;
        }
        case kOrbiting:
            pose.x += 0.66 * cosine(1.15 * turn + object.phase);
            pose.y += 0.40 * sine(1.15 * turn + object.phase);
            break;
        case kPulsing:
            pose.scale = 1.0 + 0.24 * sine(2.5 * turn + object.phase);
            break;
        case kSpiralling: {
            const double far = 0.08 + 0.92 * t;
            pose.x += 0.85 * far * cosine(1.9 * turn + object.phase);
            pose.y += 0.46 * far * sine(1.9 * turn + object.phase);
            break;
        }
        case kExploding:
            pose.broken = (t - 0.28) / 0.72;
            if (t > 0.12 && pose.broken < 0.0) {
                pose.scale = 1.0 + 0.12 * smoothStep(0.12, 0.28, t);
            }
            break;
        case kFallingApart:
            pose.broken = (t - 0.22) / 0.78;
            break;
        default:
            break;
    }
    pose.mirrored =
        object.motion == kLeft || object.motion == kUpLeft || object.motion == kDownLeft;
    if (object.action >= 0) {
        actPerson(object, t, pose);
    }
    return pose;
}

Reach reachOf(const Object& object) {
    Reach reach;
    for (int frame = 0; frame < kClipFrames; ++frame) {
        const Pose pose = poseAt(object, timeOf(frame));
        const double radius = 0.5 * object.diameter * pose.scale;
        const double dx = pose.x - object.x;
        const double dy = pose.y - object.y;
        const bool first = frame == 0;
        reach.left = first ? dx - radius : least(reach.left, dx - radius);
        reach.right = first ? dx + radius : most(reach.right, dx + radius);
        reach.top = first ? dy - radius : least(reach.top, dy - radius);
        reach.bottom = first ? dy + radius : most(reach.bottom, dy + radius);
    }
    return reach;
}

CameraPose cameraAt(const Scene& scene, double t) {
    CameraPose camera;
    const double c = t - 0.5;
    switch (scene.camera) {
        case kPanLeft:
            camera.x = -0.95 * c;
            break;
        case kPanRight:
            camera.x = 0.95 * c;
            break;
        case kTiltUp:
            camera.y = -0.60 * c;
            break;
        case kTiltDown:
            camera.y = 0.60 * c;
            break;
        case kZoomIn:
            camera.zoom = 0.88 + 0.56 * t;
            break;
        case kZoomOut:
            camera.zoom = 1.44 - 0.56 * t;
            break;
        case kShaky:
            camera.x = 0.045 * sine(2.0 * kPi * 3.3 * t) + 0.025 * sine(2.0 * kPi * 4.9 * t + 1.0);
            camera.y = 0.040 * sine(2.0 * kPi * 3.9 * t + 2.0);
            break;
        default:
            break;
    }
    return camera;
}

}  // namespace tessera::world
