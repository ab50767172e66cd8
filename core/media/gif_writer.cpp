#include "core/media/gif_writer.h"

#include "core/base/format.h"
#include "core/media/ffmpeg_handles.h"
#include "core/media/gif_palette.h"
#include "core/media/stream_encoder.h"

#include <cmath>
#include <string>

extern "C" {
#include <libavutil/frame.h>
}

namespace tessera::media {

namespace {

constexpr int kMaxSide = 65'535;  // 16-bit sizes
constexpr double kMaxFps = 50.0;  // browsers slow frames under 20 ms down to 100 ms
constexpr std::uint32_t kOpaque = 0xFF000000;

// Entries beyond the palette, the last one among them, are transparent black.
void writePalette(const GifPalette& palette, AVFrame& picture) {
    auto* entries = reinterpret_cast<std::uint32_t*>(picture.data[1]);
    for (std::size_t i = 0; i < 256; ++i) {
        entries[i] = 0;
        if (i < palette.colours().size()) {
            const auto& colour = palette.colours()[i];
            entries[i] = kOpaque | (std::uint32_t{colour[0]} << 16) |
                         (std::uint32_t{colour[1]} << 8) | colour[2];
        }
    }
}

}  // namespace

base::Status checkGif(int width, int height, double fps) {
    if (width > kMaxSide || height > kMaxSide) {
        return base::fail(base::ErrorCode::BadInput,
                          "A GIF of " + std::to_string(width) + " x " + std::to_string(height) +
                              " is larger than the 65535 pixels a side of the format.",
                          "Use a smaller size, or write .png.");
    }
    if (!std::isfinite(fps) || fps < 0.1 || fps > kMaxFps) {
        return base::fail(base::ErrorCode::BadInput,
                          "The rate of " + base::fixed(fps, 2) +
                              " frames per second is outside the 0.1 to 50 of a GIF.",
                          "Use a rate such as 8 or 25, or write .mp4.");
    }
    return {};
}

base::Result<std::vector<std::uint8_t>> encodeGif(const base::FrameSequence& frames,
                                                  const WriteOptions& options,
                                                  const std::stop_token& stop) {
    if (auto checked = checkGif(frames.width, frames.height, frames.fps); !checked) {
        return base::fail(checked.error());
    }
    StreamSetup setup;
    setup.container = "gif";
    setup.encoder = "gif";
    setup.pixelFormat = "pal8";
    setup.width = frames.width;
    setup.height = frames.height;
    setup.fps = frames.fps;
    auto encoder = StreamEncoder::open(setup);
    if (!encoder) {
        return base::fail(encoder.error());
    }
    GifPalette palette(frames);
    for (int i = 0; i < frames.frames; ++i) {
        const auto picture = encoder->picture();
        if (!picture) {
            return base::fail(picture.error());
        }
        writePalette(palette, **picture);
        palette.indices(frames.frame(i),
                        frames.width,
                        frames.height,
                        (*picture)->data[0],
                        (*picture)->linesize[0]);
        if (auto encoded = encoder->encode(stop); !encoded) {
            return base::fail(encoded.error());
        }
        if (options.onFrame) {
            options.onFrame(i + 1, frames.frames);
        }
    }
    return encoder->finish(stop);
}

}  // namespace tessera::media
