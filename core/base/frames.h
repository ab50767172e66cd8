#pragma once

// Pictures and clips as plain values: 8-bit RGB, rows top to bottom, no padding. This is the only
// form in which pixels cross from one module to another (renderer, VAE, codecs, metrics, window).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tessera::base {

// [frames, height, width, 3] bytes, contiguous. A still picture is a sequence of one frame.
struct FrameSequence {
    int width = 0;
    int height = 0;
    int frames = 0;
    double fps = 0.0;
    std::vector<std::uint8_t> rgb;

    // A black sequence of that size.
    static FrameSequence black(int width, int height, int frames, double fps);

    std::size_t frameBytes() const {
        return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
    }

    std::span<const std::uint8_t> frame(int index) const {
        return std::span(rgb).subspan(frameBytes() * static_cast<std::size_t>(index), frameBytes());
    }

    std::span<std::uint8_t> frame(int index) {
        return std::span(rgb).subspan(frameBytes() * static_cast<std::size_t>(index), frameBytes());
    }

    bool operator==(const FrameSequence&) const = default;
};

// How frames travel between threads.
using SharedFrames = std::shared_ptr<const FrameSequence>;

}  // namespace tessera::base
