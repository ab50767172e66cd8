#pragma once

// Between our RGB8 frames and FFmpeg's pictures. swscale may read and write past the end of a row,
// so it only ever sees padded pictures of FFmpeg's own. Bit-exact on every processor. Internal to
// media; one thread at a time.

#include "core/base/result.h"
#include "core/media/ffmpeg_handles.h"

#include <cstdint>
#include <span>

namespace tessera::media {

// Copies rows of 3 bytes a pixel into an rgb24 picture of the same size.
void copyRows(std::span<const std::uint8_t> rgb, AVFrame& picture);

// RGB8 to limited-range BT.709 in 4:2:0, with chroma where H.264 expects it: left, between two
// lines.
class RgbToYuv {
public:
    // OutOfMemory, Internal.
    static base::Result<RgbToYuv> open(int width, int height);

    // `picture` is yuv420p of the same size.
    void convert(std::span<const std::uint8_t> rgb, AVFrame& picture) const;

private:
    RgbToYuv(ScalerPtr scaler, FramePtr source);

    ScalerPtr m_scaler;
    FramePtr m_source;
};

// Any picture that FFmpeg decodes to RGB8 of a fixed size, by the picture's own colour tags.
// Untagged YUV is BT.709 from 720 lines up and BT.601 below, as players take it; alpha is dropped.
class PictureToRgb {
public:
    // OutOfMemory, Internal.
    static base::Result<PictureToRgb> open(int width, int height);

    // `rgb` takes 3 * width * height bytes. BadFile when the picture cannot be converted.
    base::Status convert(const AVFrame& picture, std::span<std::uint8_t> rgb);

private:
    struct Look {  // what the scaler was made for
        int width = 0;
        int height = 0;
        int format = -1;
        int matrix = -1;
        bool isFullRange = false;
        bool operator==(const Look&) const = default;
    };

    explicit PictureToRgb(FramePtr target);
    base::Status prepare(const AVFrame& picture);

    ScalerPtr m_scaler;
    FramePtr m_target;
    Look m_look;
};

}  // namespace tessera::media
