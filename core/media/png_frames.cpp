#include "core/media/png_frames.h"

#include "core/media/colour_convert.h"
#include "core/media/stream_encoder.h"

#include <string>

extern "C" {
#include <libavutil/frame.h>
}

namespace tessera::media {

base::Result<std::vector<std::uint8_t>> encodePngFrame(const base::FrameSequence& frames,
                                                       int index,
                                                       const std::stop_token& stop) {
    StreamSetup setup;
    setup.container = "image2pipe";
    setup.encoder = "png";
    setup.pixelFormat = "rgb24";
    setup.width = frames.width;
    setup.height = frames.height;
    setup.fps = 1.0;
    setup.encoderOptions = {{"pred", "mixed"}};  // the row filter that suits each row
    auto encoder = StreamEncoder::open(setup);
    if (!encoder) {
        return base::fail(encoder.error());
    }
    const auto picture = encoder->picture();
    if (!picture) {
        return base::fail(picture.error());
    }
    copyRows(frames.frame(index), **picture);
    if (auto encoded = encoder->encode(stop); !encoded) {
        return base::fail(encoded.error());
    }
    return encoder->finish(stop);
}

}  // namespace tessera::media
