#include "core/base/check.h"
#include "core/world/frame_items.h"
#include "core/world/item_raster.h"
#include "core/world/pose.h"
#include "core/world/scene.h"

#include <cstddef>

namespace tessera::world {

namespace {

// Pixels of one object in one frame, on a canvas of twice the frame's size around it.
struct Census {
    long all = 0;
    long seen = 0;
    int left = 0, top = 0, right = 0, bottom = 0;  // of the seen ones, in the frame

    void see(int x, int y) {
        left = seen == 0 || x < left ? x : left;
        right = seen == 0 || x + 1 > right ? x + 1 : right;
        top = seen == 0 || y < top ? y : top;
        bottom = seen == 0 || y + 1 > bottom ? y + 1 : bottom;
        ++seen;
    }
};

int roundedUp(int value, int numerator, int denominator) {
    return (value * numerator + denominator - 1) / denominator;
}

}  // namespace

std::vector<std::vector<ObjectTruth>> truth(const Scene& scene, int width, int height) {
    CHECK(width > 0 && height > 0, width, height);
    // Pixel art is counted in its blocks, as the id plane shows them.
    const bool blocks = scene.style == kPixelArt;
    const int gridHeight = blocks ? kArtRows : height;
    const int gridWidth = blocks ? kArtRows * 3 / 2 : width;
    const int marginX = gridWidth / 2;
    const int marginY = gridHeight / 2;
    std::vector<float> columns(static_cast<std::size_t>(gridWidth + 2 * marginX));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        columns[i] = frameCoordinate(static_cast<int>(i) - marginX, gridWidth, gridHeight);
    }
    ItemRaster raster(columns, static_cast<float>(gridHeight) / 2.0F, kNormalStyle);
    std::vector<std::uint8_t> front(columns.size());
    std::vector<std::uint8_t> alone(columns.size());
    std::vector<std::vector<ObjectTruth>> frames(kClipFrames);
    for (int frame = 0; frame < kClipFrames; ++frame) {
        const FrameItems items(scene, frame);
        raster.setItems(items.items());
        std::vector<Census> census(scene.objects.size());
        for (int y = -marginY; y < gridHeight + marginY; ++y) {
            const float frameHeight = frameCoordinate(y, gridHeight, gridHeight);
            if (!raster.touches(frameHeight)) {
                continue;
            }
            front.assign(front.size(), 0);
            raster.markRow(frameHeight, 0, front.data());
            for (std::size_t i = 0; i < census.size(); ++i) {
                const auto id = static_cast<std::uint8_t>(i + 1);
                alone.assign(alone.size(), 0);
                raster.markRow(frameHeight, id, alone.data());
                for (std::size_t x = 0; x < alone.size(); ++x) {
                    if (alone[x] == 0) {
                        continue;
                    }
                    ++census[i].all;
                    const int inFrame = static_cast<int>(x) - marginX;
                    if (front[x] == id && inFrame >= 0 && inFrame < gridWidth && y >= 0 &&
                        y < gridHeight) {
                        census[i].see(inFrame, y);
                    }
                }
            }
        }
        const CameraPose camera = cameraAt(scene, timeOf(frame));
        for (std::size_t i = 0; i < census.size(); ++i) {
            const Census& c = census[i];
            const Pose pose = poseAt(scene.objects[i], timeOf(frame));
            ObjectTruth truth;
            truth.left = roundedUp(c.left, width, gridWidth);
            truth.right = roundedUp(c.right, width, gridWidth);
            truth.top = roundedUp(c.top, height, gridHeight);
            truth.bottom = roundedUp(c.bottom, height, gridHeight);
            truth.centreX = (pose.x - camera.x) * camera.zoom * height / 2.0 + width / 2.0;
            truth.centreY = (pose.y - camera.y) * camera.zoom * height / 2.0 + height / 2.0;
            truth.angle = pose.angle;
            truth.scale = pose.scale * camera.zoom;
            truth.visibleFraction =
                c.all == 0 ? 0.0 : static_cast<double>(c.seen) / static_cast<double>(c.all);
            frames[static_cast<std::size_t>(frame)].push_back(truth);
        }
    }
    return frames;
}

}  // namespace tessera::world
