#include "core/media/demuxer.h"

#include "core/base/file.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>
}

namespace tessera::media {

namespace {

constexpr int kIoBufferBytes = 1 << 16;

// How much of a file FFmpeg may look through for a stream that its header did not describe.
constexpr std::int64_t kMaxProbeBytes = 5'000'000;

// FFmpeg refuses larger pictures before it makes room for them; 16384 x 16384.
constexpr std::int64_t kMaxPixels = std::int64_t{1} << 28;

// Containers that hold their pictures themselves. Playlists, image patterns, scripts and FFmpeg's
// rarer parsers stay out of reach of files that we did not make.
constexpr const char* kContainers =
    "mp4,gif,apng,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,matroska,avi,mpegts,mpeg,flv,ogg,"
    "asf,nut,ivf,h264,hevc,yuv4mpegpipe";

int refuseOtherFiles(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
    return AVERROR(EPERM);
}

// The file behind FFmpeg's reading functions.
struct Source {
    base::InputFile file;
    std::uint64_t position = 0;

    static int read(void* self, std::uint8_t* bytes, int count) noexcept {
        auto& source = *static_cast<Source*>(self);
        const std::uint64_t size = source.file.sizeBytes();
        if (source.position >= size) {
            return AVERROR_EOF;
        }
        const auto part = std::min(static_cast<std::uint64_t>(count), size - source.position);
        if (!source.file.readAt(source.position, {bytes, static_cast<std::size_t>(part)})) {
            return AVERROR(EIO);
        }
        source.position += part;
        return static_cast<int>(part);
    }

    static std::int64_t seek(void* self, std::int64_t offset, int whence) noexcept {
        auto& source = *static_cast<Source*>(self);
        const auto size = static_cast<std::int64_t>(source.file.sizeBytes());
        if ((whence & AVSEEK_SIZE) != 0) {
            return size;
        }
        const int from = whence & ~AVSEEK_FORCE;
        const std::int64_t base = from == SEEK_SET   ? 0
                                  : from == SEEK_CUR ? static_cast<std::int64_t>(source.position)
                                                     : size;
        std::int64_t target = 0;
        if (__builtin_add_overflow(base, offset, &target) || target < 0) {
            return AVERROR(EINVAL);
        }
        source.position = static_cast<std::uint64_t>(target);
        return target;
    }
};

// "mov,mp4,m4a,..." and "png_pipe" in the words that people use.
std::string containerName(std::string_view name) {
    if (name.starts_with("mov,mp4")) {
        return "mp4";
    }
    if (name.starts_with("matroska")) {
        return "matroska";
    }
    if (name.ends_with("_pipe")) {
        name.remove_suffix(5);
    }
    return std::string(name);
}

}  // namespace

struct Demuxer::State {
    Source source;
    AVIOContext* io = nullptr;
    AVFormatContext* format = nullptr;
    AVStream* stream = nullptr;

    explicit State(base::InputFile file) : source{std::move(file)} {}

    ~State() {
        avformat_close_input(&format);
        if (io != nullptr) {
            av_freep(&io->buffer);
            avio_context_free(&io);
        }
    }

    int open();
};

int Demuxer::State::open() {
    auto* buffer = static_cast<unsigned char*>(av_malloc(kIoBufferBytes));
    io = buffer == nullptr
             ? nullptr
             : avio_alloc_context(
                   buffer, kIoBufferBytes, 0, &source, &Source::read, nullptr, &Source::seek);
    if (io == nullptr) {
        av_free(buffer);
        return AVERROR(ENOMEM);
    }
    format = avformat_alloc_context();
    if (format == nullptr) {
        return AVERROR(ENOMEM);
    }
    format->pb = io;
    format->io_open = &refuseOtherFiles;
    format->probesize = kMaxProbeBytes;
    format->format_whitelist = av_strdup(kContainers);
    if (format->format_whitelist == nullptr) {
        return AVERROR(ENOMEM);
    }
    // Frees `format` when it fails.
    int code = avformat_open_input(&format, nullptr, nullptr, nullptr);
    if (code >= 0) {
        code = avformat_find_stream_info(format, nullptr);
    }
    if (code >= 0) {
        code = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    }
    if (code < 0) {
        return code;
    }
    stream = format->streams[code];
    for (unsigned i = 0; i < format->nb_streams; ++i) {
        format->streams[i]->discard =
            format->streams[i] == stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
    return 0;
}

Demuxer::Demuxer(std::unique_ptr<State> state) : m_state(std::move(state)) {}

Demuxer::~Demuxer() = default;
Demuxer::Demuxer(Demuxer&&) noexcept = default;
Demuxer& Demuxer::operator=(Demuxer&&) noexcept = default;

base::Error Demuxer::bad(const std::string& what) const {
    const std::string name = m_state->source.file.path().string();
    return {base::ErrorCode::BadFile,
            "The clip '" + name + "' " + what + ".",
            "Name a whole clip that FFmpeg can read, such as .mp4, .gif, .webm or .png.",
            name};
}

base::Result<Demuxer> Demuxer::open(const std::filesystem::path& path) {
    routeFfmpegLog();
    auto file = base::InputFile::open(path);
    if (!file) {
        return base::fail(file.error());
    }
    Demuxer demuxer(std::make_unique<State>(std::move(*file)));
    const int code = demuxer.m_state->open();
    if (code == AVERROR(ENOMEM)) {
        return base::fail(outOfMemory("opening the clip"));
    }
    if (code < 0) {
        return base::fail(
            demuxer.bad("has no video that FFmpeg can read (" + ffmpegText(code) + ")"));
    }
    const AVCodecParameters& parameters = *demuxer.m_state->stream->codecpar;
    if (parameters.width < 1 || parameters.height < 1) {
        return base::fail(demuxer.bad("does not say how large its pictures are"));
    }
    return demuxer;
}

ClipInfo Demuxer::info() const {
    const AVStream& stream = *m_state->stream;
    ClipInfo info;
    info.width = stream.codecpar->width;
    info.height = stream.codecpar->height;
    info.frames = std::max<std::int64_t>(stream.nb_frames, 0);
    const AVRational rate =
        stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : stream.r_frame_rate;
    if (rate.num > 0 && rate.den > 0) {
        info.fps = av_q2d(rate);
    }
    if (stream.duration != AV_NOPTS_VALUE && stream.duration > 0) {
        info.durationSeconds = static_cast<double>(stream.duration) * av_q2d(stream.time_base);
    } else if (m_state->format->duration != AV_NOPTS_VALUE && m_state->format->duration > 0) {
        info.durationSeconds = static_cast<double>(m_state->format->duration) / AV_TIME_BASE;
    }
    info.sizeBytes = m_state->source.file.sizeBytes();
    info.container = containerName(m_state->format->iformat->name);
    info.codec = avcodec_get_name(stream.codecpar->codec_id);
    const char* pixels = av_get_pix_fmt_name(static_cast<AVPixelFormat>(stream.codecpar->format));
    info.pixelFormat = pixels != nullptr ? pixels : "";
    return info;
}

base::Result<bool> Demuxer::next(AVPacket* packet) {
    while (true) {
        av_packet_unref(packet);
        const int code = av_read_frame(m_state->format, packet);
        if (code == AVERROR_EOF) {
            return false;
        }
        if (code == AVERROR(ENOMEM)) {
            return base::fail(outOfMemory("reading the clip"));
        }
        if (code < 0) {
            return base::fail(bad("cannot be read to its end (" + ffmpegText(code) + ")"));
        }
        if (packet->stream_index == m_state->stream->index) {
            return true;
        }
    }
}

base::Result<CodecPtr> Demuxer::decoder() const {
    const AVCodecParameters& parameters = *m_state->stream->codecpar;
    const AVCodec* found = avcodec_find_decoder(parameters.codec_id);
    if (found == nullptr) {
        return base::fail(base::ErrorCode::Unsupported,
                          "The FFmpeg of this machine cannot decode " +
                              std::string(avcodec_get_name(parameters.codec_id)) + ".",
                          "Convert the clip to H.264 in MP4 elsewhere.",
                          m_state->source.file.path().string());
    }
    CodecPtr codec(avcodec_alloc_context3(found));
    if (!codec) {
        return base::fail(outOfMemory("opening the clip"));
    }
    codec->max_pixels = kMaxPixels;
    codec->thread_count = 1;
    codec->pkt_timebase = m_state->stream->time_base;
    int code = avcodec_parameters_to_context(codec.get(), &parameters);
    if (code >= 0) {
        code = avcodec_open2(codec.get(), found, nullptr);
    }
    if (code < 0) {
        return base::fail(bad("cannot be decoded (" + ffmpegText(code) + ")"));
    }
    return codec;
}

}  // namespace tessera::media
