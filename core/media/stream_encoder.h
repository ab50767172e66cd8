#pragma once

// One video stream, encoded and packed into a file in memory: the shared machinery of the MP4, GIF
// and PNG writers. A compressed clip is small beside its frames, and in memory it can be finished
// and checked before a disk sees it. Internal to media; one thread at a time.

#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

struct AVFrame;

namespace tessera::media {

using EncoderOptions = std::vector<std::pair<std::string, std::string>>;

struct StreamSetup {
    std::string container;    // FFmpeg's name of the muxer
    std::string encoder;      // FFmpeg's name of the encoder
    std::string pixelFormat;  // FFmpeg's name
    int width = 0;
    int height = 0;
    double fps = 0.0;
    bool isBt709 = false;  // tags: BT.709 matrix, primaries and curve, limited range
    EncoderOptions encoderOptions;
    EncoderOptions containerOptions;
};

class StreamEncoder {
public:
    // Unsupported when this FFmpeg lacks the encoder or muxer; OutOfMemory, Internal.
    static base::Result<StreamEncoder> open(const StreamSetup& setup);
    ~StreamEncoder();
    StreamEncoder(StreamEncoder&&) noexcept;
    StreamEncoder& operator=(StreamEncoder&&) noexcept;

    // The picture to fill for the next encode(), in the setup's pixel format; ours, not the
    // caller's.
    base::Result<AVFrame*> picture();

    // Encodes the picture as the next frame. Cancelled.
    base::Status encode(const std::stop_token& stop);

    // Ends the stream, which may still encode every frame, and gives the bytes of the whole file.
    // Called once, last. Cancelled.
    base::Result<std::vector<std::uint8_t>> finish(const std::stop_token& stop);

private:
    struct State;
    explicit StreamEncoder(std::unique_ptr<State> state);
    base::Status takePackets(const std::stop_token& stop);

    std::unique_ptr<State> m_state;
};

}  // namespace tessera::media
