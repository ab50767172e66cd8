#include "core/world/maths.h"
#include "core/world/shapes.h"

namespace tessera::world {

namespace {

// Angles in radians from hanging straight down, positive forward (to the right).
struct Stance {
    double lean = 0.0;
    double upperArm[2] = {-0.35, 0.35};  // back arm, front arm
    double foreArm[2] = {-0.35, 0.35};
    double thigh[2] = {-0.16, 0.16};
    double shin[2] = {-0.10, 0.10};
    double sway = 0.0;  // of hips and all above, in radii
};

constexpr int kWalking = 0;
constexpr int kRunning = 1;
constexpr int kJumping = 2;
constexpr int kWaving = 3;
constexpr int kDancing = 4;
constexpr int kKicking = 5;

Stance stanceOf(int action, double cycle) {
    Stance s;
    const double turn = 2.0 * kPi * cycle;
    switch (action) {
        case kWalking: {
            const double swing = sine(turn);
            s.thigh[0] = 0.50 * swing;
            s.thigh[1] = -0.50 * swing;
            s.shin[0] = s.thigh[0] - 0.22 * (1.0 - cosine(turn));
            s.shin[1] = s.thigh[1] - 0.22 * (1.0 + cosine(turn));
            s.upperArm[0] = -0.55 * swing;
            s.upperArm[1] = 0.55 * swing;
            s.foreArm[0] = s.upperArm[0] + 0.25;
            s.foreArm[1] = s.upperArm[1] + 0.25;
            break;
        }
        case kRunning: {
            const double swing = sine(turn);
            s.lean = 0.22;
            s.thigh[0] = 0.20 + 0.85 * swing;
            s.thigh[1] = 0.20 - 0.85 * swing;
            s.shin[0] = s.thigh[0] - 0.55 * (1.4 - cosine(turn));
            s.shin[1] = s.thigh[1] - 0.55 * (1.4 + cosine(turn));
            s.upperArm[0] = -0.90 * swing;
            s.upperArm[1] = 0.90 * swing;
            s.foreArm[0] = s.upperArm[0] + 1.35;
            s.foreArm[1] = s.upperArm[1] + 1.35;
            break;
        }
        case kJumping: {
            const double up = figureLift(kJumping, cycle) / 0.42;
            for (int side = 0; side < 2; ++side) {
                const double sign = side == 0 ? -1.0 : 1.0;
                s.upperArm[side] = sign * (0.5 + 2.1 * up);
                s.foreArm[side] = sign * (0.5 + 2.3 * up);
                s.thigh[side] = sign * (0.18 + 0.30 * up);
                s.shin[side] = sign * (0.10 + 0.05 * up);
            }
            break;
        }
        case kWaving:
            s.upperArm[1] = 2.05;
            s.foreArm[1] = 2.75 + 0.75 * sine(turn);
            break;
        case kDancing: {
            const double swing = sine(turn);
            s.sway = 0.16 * swing;
            s.lean = 0.20 * swing;
            s.upperArm[0] = -1.55 - 0.75 * swing;
            s.foreArm[0] = -1.75 - 1.20 * swing;
            s.upperArm[1] = 1.55 - 0.75 * swing;
            s.foreArm[1] = 1.75 - 1.20 * swing;
            s.thigh[0] = -0.28 - 0.20 * swing;
            s.thigh[1] = 0.28 - 0.20 * swing;
            s.shin[0] = -0.12 + 0.10 * swing;
            s.shin[1] = 0.12 + 0.10 * swing;
            break;
        }
        case kKicking: {
            const double kick = 0.5 - 0.5 * cosine(turn);
            s.lean = -0.26 * kick;
            s.thigh[1] = -0.10 + 1.75 * kick;
            s.shin[1] = s.thigh[1] - 0.35 * (1.0 - kick);
            s.upperArm[0] = -0.4 - 0.7 * kick;
            s.foreArm[0] = -0.3 - 0.7 * kick;
            s.upperArm[1] = 0.4 - 1.0 * kick;
            s.foreArm[1] = 0.5 - 0.9 * kick;
            break;
        }
        default:
            break;
    }
    return s;
}

struct Joint {
    double x = 0.0;
    double y = 0.0;
};

Joint along(Joint from, double angle, double length) {
    return {from.x + length * sine(angle), from.y + length * cosine(angle)};
}

void bone(PartMaker& part, Joint a, Joint b, double radius) {
    part.capsule(static_cast<float>(a.x),
                 static_cast<float>(a.y),
                 static_cast<float>(b.x),
                 static_cast<float>(b.y),
                 static_cast<float>(radius));
}

}  // namespace

double figureLift(int action, double cycle) {
    const double turn = 2.0 * kPi * cycle;
    if (action == kJumping) {
        const double height = sine(turn);
        return height > 0.0 ? 0.42 * height : 0.0;
    }
    if (action == kRunning) {
        return 0.05 * (0.5 - 0.5 * cosine(2.0 * turn));
    }
    return 0.0;
}

Shape figureOf(int action, double cycle) {
    const Stance s = stanceOf(action, cycle);
    const Joint hips{s.sway, 0.12};
    const Joint neck = along(hips, s.lean + kPi, -0.0);
    // The torso points up: its angle is measured from upright.
    const Joint shoulders{neck.x + 0.50 * sine(s.lean), neck.y - 0.50 * cosine(s.lean)};
    const Joint head{hips.x + 0.90 * sine(s.lean), hips.y - 0.90 * cosine(s.lean)};

    PartMaker legs(Paint::Dark);
    PartMaker arms(Paint::Main);
    PartMaker hands(Paint::Skin);
    for (int side = 0; side < 2; ++side) {
        const double sign = side == 0 ? -1.0 : 1.0;
        const Joint hip{hips.x + sign * 0.09, hips.y + 0.04};
        const Joint knee = along(hip, s.thigh[side], 0.40);
        const Joint foot = along(knee, s.shin[side], 0.38);
        bone(legs, hip, knee, 0.115);
        bone(legs, knee, foot, 0.105);
        const Joint shoulder{shoulders.x + sign * 0.15, shoulders.y + 0.02};
        const Joint elbow = along(shoulder, s.upperArm[side], 0.32);
        const Joint hand = along(elbow, s.foreArm[side], 0.30);
        bone(arms, shoulder, elbow, 0.09);
        bone(arms, elbow, hand, 0.085);
        hands.circle(static_cast<float>(hand.x), static_cast<float>(hand.y), 0.105F);
    }
    bone(arms, shoulders, hips, 0.22);
    hands.circle(static_cast<float>(head.x), static_cast<float>(head.y), 0.215F);
    return assembled({legs.made(), arms.made(), hands.made()});
}

}  // namespace tessera::world
