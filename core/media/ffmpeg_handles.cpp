#include "core/media/ffmpeg_handles.h"

#include "core/base/log.h"

#include <array>
#include <cstdarg>
#include <mutex>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/error.h>
#include <libavutil/frame.h>
#include <libavutil/log.h>

#include <libswscale/swscale.h>
}

namespace tessera::media {

namespace {

void logLine(void* context, int level, const char* format, va_list values) {
    if (level > AV_LOG_WARNING) {
        return;
    }
    std::array<char, 512> line{};
    int printPrefix = 1;
    av_log_format_line2(
        context, level, format, values, line.data(), static_cast<int>(line.size()), &printPrefix);
    std::string_view text(line.data());
    while (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    base::logDebug(text);
}

}  // namespace

void FreeCodec::operator()(AVCodecContext* codec) const {
    avcodec_free_context(&codec);
}

void FreeFrame::operator()(AVFrame* frame) const {
    av_frame_free(&frame);
}

void FreePacket::operator()(AVPacket* packet) const {
    av_packet_free(&packet);
}

void FreeScaler::operator()(SwsContext* scaler) const {
    sws_freeContext(scaler);
}

std::string ffmpegText(int code) {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(code, text.data(), text.size());
    return text.data();
}

base::Error encodeError(int code, std::string_view doing) {
    if (code == AVERROR(ENOMEM)) {
        return outOfMemory(doing);
    }
    return {base::ErrorCode::Internal,
            "The encoder stopped while " + std::string(doing) + ": " + ffmpegText(code) + ".",
            "Write the clip as another form (.png, .gif), and report this with the log.",
            {}};
}

void routeFfmpegLog() {
    static std::once_flag routed;
    std::call_once(routed, [] { av_log_set_callback(logLine); });
}

base::Error outOfMemory(std::string_view what) {
    return {base::ErrorCode::OutOfMemory,
            "The memory of this machine ran out while " + std::string(what) + ".",
            "Close other programs, or use a smaller or shorter clip.",
            {}};
}

}  // namespace tessera::media
