#pragma once

// Draws a scene into bytes. The bytes are a pure function of scene and view, equal on every x86-64
// machine; scenes are resolution-free, so every size shows the same clip. Thread-safe.

#include "core/base/frames.h"
#include "core/world/scene.h"

#include <cstdint>
#include <span>

namespace tessera::world {

// Which part of which picture: a window of the full frame, so that training can draw crops alone.
struct View {
    int width = 0;  // of the full frame; 3:2
    int height = 0;
    int left = 0, top = 0;  // window inside it
    int windowWidth = 0, windowHeight = 0;
    int firstFrame = 0;
    int frames = kClipFrames;

    static View whole(int width, int height);
};

// rgb: [frames, windowHeight, windowWidth, 3] bytes. ids, when not empty: [frames, windowHeight,
// windowWidth], 0 = background, i + 1 = objects[i] (the front-most at the pixel's centre).
void render(const Scene& scene,
            const View& view,
            std::span<std::uint8_t> rgb,
            std::span<std::uint8_t> ids = {});

// The whole clip as a value.
base::FrameSequence renderClip(const Scene& scene, int width, int height);

}  // namespace tessera::world
