#pragma once

// Owners for FFmpeg's objects and its errors as ours. Internal to media: FFmpeg's own headers stay
// in .cpp files. Any thread.

#include "core/base/result.h"
#include "core/media/output_file.h"

#include <memory>
#include <string>
#include <string_view>

struct AVCodecContext;
struct AVFrame;
struct AVPacket;
struct SwsContext;

namespace tessera::media {

struct FreeCodec {
    void operator()(AVCodecContext* codec) const;
};

struct FreeFrame {
    void operator()(AVFrame* frame) const;
};

struct FreePacket {
    void operator()(AVPacket* packet) const;
};

struct FreeScaler {
    void operator()(SwsContext* scaler) const;
};

using CodecPtr = std::unique_ptr<AVCodecContext, FreeCodec>;
using FramePtr = std::unique_ptr<AVFrame, FreeFrame>;
using PacketPtr = std::unique_ptr<AVPacket, FreePacket>;
using ScalerPtr = std::unique_ptr<SwsContext, FreeScaler>;

// FFmpeg's own sentence for a negative return value.
std::string ffmpegText(int code);

// For what goes wrong while writing: OutOfMemory, else Internal. `doing` completes "The encoder
// stopped while ...".
base::Error encodeError(int code, std::string_view doing);

// Sends FFmpeg's and x264's lines to our log at debug level, once per process.
void routeFfmpegLog();

base::Error outOfMemory(std::string_view what);

}  // namespace tessera::media
