#include "core/world/contrast.h"

#include "core/world/background.h"
#include "core/world/item_raster.h"
#include "core/world/pose.h"

#include <array>
#include <cstddef>

namespace tessera::world {

namespace {

constexpr double kLeastDifference = 25.0;
constexpr float kLeastLuminance = 0.2F;
constexpr int kGrid = 5;
constexpr float kPixelsPerUnit = 96.0F;  // the middle one of the three sizes

}  // namespace

std::vector<Rgb> sceneryBehind(const Scene& scene, const Object& object) {
    std::vector<Rgb> colours;
    Background background(scene);
    for (const double t : {0.0, 0.5, 1.0}) {
        const Pose pose = poseAt(object, t);
        const double radius = 0.45 * object.diameter * pose.scale;
        std::array<float, kGrid> columns{};
        for (int i = 0; i < kGrid; ++i) {
            columns[static_cast<std::size_t>(i)] =
                static_cast<float>(pose.x + radius * (2.0 * i / (kGrid - 1) - 1.0));
        }
        background.place(columns, kPixelsPerUnit, t);
        constexpr std::size_t kPlane = kGrid;
        std::array<float, 3 * kPlane> row{};
        const rows::Planes planes{row.data(), row.data() + kPlane, row.data() + 2 * kPlane};
        for (int j = 0; j < kGrid; ++j) {
            background.row(static_cast<float>(pose.y + radius * (2.0 * j / (kGrid - 1) - 1.0)),
                           planes);
            for (std::size_t i = 0; i < kGrid; ++i) {
                colours.push_back({planes.r[i], planes.g[i], planes.b[i]});
            }
        }
    }
    return colours;
}

bool standsOut(int colour, int style, const std::vector<Rgb>& scenery) {
    if (style == kSketch || style == kNeon) {
        return true;  // both draw on scenery of their own, with lines around the object
    }
    const Rgb own = palette(colour);
    std::size_t near = 0;
    for (const Rgb& other : scenery) {
        if (style == kBlackAndWhite || style == kSepia) {
            const float difference = luminance(own) - luminance(other);
            near += difference < kLeastLuminance && difference > -kLeastLuminance ? 1 : 0;
        } else {
            near += deltaE(own, other) < kLeastDifference ? 1 : 0;
        }
    }
    return near * 4 <= scenery.size();
}

}  // namespace tessera::world
