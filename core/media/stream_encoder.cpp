#include "core/media/stream_encoder.h"

#include "core/media/ffmpeg_handles.h"

#include <algorithm>
#include <cstdio>
#include <new>
#include <string_view>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

namespace tessera::media {

namespace {

// Large enough that small clips reach write() once, small beside any clip.
constexpr int kIoBufferBytes = 1 << 16;

// Rates like 24000/1001 are found exactly below this denominator; MP4 holds it with room to spare.
constexpr int kMaxRateTerm = 60'000;

// A file in memory behind FFmpeg's reading and writing functions.
class MemoryFile {
public:
    std::vector<std::uint8_t> take() { return std::move(m_bytes); }

    // Called from C: nothing may be thrown through it.
    static int write(void* self, std::uint8_t* bytes, int count) noexcept {
        auto& file = *static_cast<MemoryFile*>(self);
        const std::size_t end = file.m_position + static_cast<std::size_t>(count);
        try {
            if (end > file.m_bytes.size()) {
                file.m_bytes.resize(end);
            }
        } catch (const std::bad_alloc&) {
            return AVERROR(ENOMEM);
        }
        std::copy_n(bytes, count, file.m_bytes.data() + file.m_position);
        file.m_position = end;
        return count;
    }

    static std::int64_t seek(void* self, std::int64_t offset, int whence) noexcept {
        auto& file = *static_cast<MemoryFile*>(self);
        const auto size = static_cast<std::int64_t>(file.m_bytes.size());
        if ((whence & AVSEEK_SIZE) != 0) {
            return size;
        }
        const int from = whence & ~AVSEEK_FORCE;
        const std::int64_t base = from == SEEK_SET   ? 0
                                  : from == SEEK_CUR ? static_cast<std::int64_t>(file.m_position)
                                                     : size;
        if (base + offset < 0) {
            return AVERROR(EINVAL);
        }
        file.m_position = static_cast<std::size_t>(base + offset);
        return base + offset;
    }

private:
    std::vector<std::uint8_t> m_bytes;
    std::size_t m_position = 0;
};

class Dictionary {
public:
    explicit Dictionary(const EncoderOptions& options) {
        for (const auto& [key, value] : options) {
            av_dict_set(&m_entries, key.c_str(), value.c_str(), 0);
        }
    }

    ~Dictionary() { av_dict_free(&m_entries); }

    Dictionary(const Dictionary&) = delete;
    Dictionary& operator=(const Dictionary&) = delete;

    AVDictionary** address() { return &m_entries; }

    // Options that nobody took: a mistake of ours, or another FFmpeg than the one we know.
    base::Status checkTaken() const {
        const AVDictionaryEntry* left = av_dict_get(m_entries, "", nullptr, AV_DICT_IGNORE_SUFFIX);
        if (left == nullptr) {
            return {};
        }
        return base::fail(base::ErrorCode::Unsupported,
                          "This FFmpeg does not know the option '" + std::string(left->key) +
                              "' that the encoder is used with.",
                          "Install FFmpeg 5.1 or later, or write the clip as .png or .npy.");
    }

private:
    AVDictionary* m_entries = nullptr;
};

base::Error lacks(const std::string& what) {
    return {base::ErrorCode::Unsupported,
            "The FFmpeg of this machine has no " + what + ".",
            "Install FFmpeg 5.1 with libx264 (Debian's libavcodec59), or write .npy.",
            {}};
}

}  // namespace

struct StreamEncoder::State {
    MemoryFile file;
    AVIOContext* io = nullptr;
    AVFormatContext* format = nullptr;
    AVStream* stream = nullptr;
    CodecPtr codec;
    FramePtr frame;
    PacketPtr packet;
    std::int64_t framesSent = 0;
    bool isUnderWay = false;  // the header is written, the trailer is not

    ~State() {
        if (isUnderWay) {
            // The GIF muxer of FFmpeg 5.1 keeps its last packet until here.
            av_write_trailer(format);
        }
        avformat_free_context(format);
        if (io != nullptr) {
            av_freep(&io->buffer);
            avio_context_free(&io);
        }
    }

    base::Status openContainer(const StreamSetup& setup);
    base::Status openCodec(const StreamSetup& setup);
    base::Status openFrame();
};

base::Status StreamEncoder::State::openContainer(const StreamSetup& setup) {
    int code = avformat_alloc_output_context2(&format, nullptr, setup.container.c_str(), nullptr);
    if (code < 0) {
        return base::fail(code == AVERROR(ENOMEM) ? outOfMemory("starting the encoder")
                                                  : lacks(setup.container + " muxer"));
    }
    auto* buffer = static_cast<unsigned char*>(av_malloc(kIoBufferBytes));
    io =
        buffer == nullptr
            ? nullptr
            : avio_alloc_context(
                  buffer, kIoBufferBytes, 1, &file, nullptr, &MemoryFile::write, &MemoryFile::seek);
    if (io == nullptr) {
        av_free(buffer);
        return base::fail(outOfMemory("starting the encoder"));
    }
    format->pb = io;
    // No version text and no date: equal clips are equal bytes.
    format->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
    stream = avformat_new_stream(format, nullptr);
    return stream != nullptr ? base::Status{} : base::fail(outOfMemory("starting the encoder"));
}

base::Status StreamEncoder::State::openCodec(const StreamSetup& setup) {
    const AVCodec* encoder = avcodec_find_encoder_by_name(setup.encoder.c_str());
    if (encoder == nullptr) {
        return base::fail(lacks("encoder " + setup.encoder));
    }
    codec.reset(avcodec_alloc_context3(encoder));
    if (!codec) {
        return base::fail(outOfMemory("starting the encoder"));
    }
    const AVRational rate = av_d2q(setup.fps, kMaxRateTerm);
    codec->width = setup.width;
    codec->height = setup.height;
    codec->sample_aspect_ratio = AVRational{1, 1};
    codec->pix_fmt = av_get_pix_fmt(setup.pixelFormat.c_str());
    codec->framerate = rate;
    codec->time_base = av_inv_q(rate);
    // One thread: the bytes do not depend on the machine's cores.
    codec->thread_count = 1;
    codec->flags |= AV_CODEC_FLAG_BITEXACT;
    if (setup.isBt709) {
        codec->color_primaries = AVCOL_PRI_BT709;
        codec->color_trc = AVCOL_TRC_BT709;
        codec->colorspace = AVCOL_SPC_BT709;
        codec->color_range = AVCOL_RANGE_MPEG;
        codec->chroma_sample_location = AVCHROMA_LOC_LEFT;
    }
    if ((format->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
        codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    }
    Dictionary encoderOptions(setup.encoderOptions);
    int code = avcodec_open2(codec.get(), encoder, encoderOptions.address());
    if (code < 0) {
        return base::fail(encodeError(code, "opening " + setup.encoder));
    }
    if (auto taken = encoderOptions.checkTaken(); !taken) {
        return taken;
    }
    code = avcodec_parameters_from_context(stream->codecpar, codec.get());
    if (code < 0) {
        return base::fail(encodeError(code, "describing the stream"));
    }
    stream->time_base = codec->time_base;
    stream->avg_frame_rate = rate;
    Dictionary containerOptions(setup.containerOptions);
    code = avformat_write_header(format, containerOptions.address());
    if (code < 0) {
        return base::fail(encodeError(code, "starting the " + setup.container + " file"));
    }
    isUnderWay = true;
    return containerOptions.checkTaken();
}

base::Status StreamEncoder::State::openFrame() {
    frame.reset(av_frame_alloc());
    packet.reset(av_packet_alloc());
    if (!frame || !packet) {
        return base::fail(outOfMemory("starting the encoder"));
    }
    frame->width = codec->width;
    frame->height = codec->height;
    frame->format = codec->pix_fmt;
    frame->color_primaries = codec->color_primaries;
    frame->color_trc = codec->color_trc;
    frame->colorspace = codec->colorspace;
    frame->color_range = codec->color_range;
    frame->chroma_location = codec->chroma_sample_location;
    const int code = av_frame_get_buffer(frame.get(), 0);
    return code < 0 ? base::fail(encodeError(code, "making room for a frame")) : base::Status{};
}

StreamEncoder::StreamEncoder(std::unique_ptr<State> state) : m_state(std::move(state)) {}

StreamEncoder::~StreamEncoder() = default;
StreamEncoder::StreamEncoder(StreamEncoder&&) noexcept = default;
StreamEncoder& StreamEncoder::operator=(StreamEncoder&&) noexcept = default;

base::Result<StreamEncoder> StreamEncoder::open(const StreamSetup& setup) {
    routeFfmpegLog();
    auto state = std::make_unique<State>();
    if (auto opened = state->openContainer(setup); !opened) {
        return base::fail(opened.error());
    }
    if (auto opened = state->openCodec(setup); !opened) {
        return base::fail(opened.error());
    }
    if (auto opened = state->openFrame(); !opened) {
        return base::fail(opened.error());
    }
    return StreamEncoder(std::move(state));
}

base::Result<AVFrame*> StreamEncoder::picture() {
    // The encoder may still look at the picture sent before: it keeps that one, we get a new one.
    const int code = av_frame_make_writable(m_state->frame.get());
    if (code < 0) {
        return base::fail(encodeError(code, "making room for a frame"));
    }
    return m_state->frame.get();
}

base::Status StreamEncoder::encode(const std::stop_token& stop) {
    m_state->frame->pts = m_state->framesSent++;
    const int code = avcodec_send_frame(m_state->codec.get(), m_state->frame.get());
    if (code < 0) {
        return base::fail(
            encodeError(code, "encoding frame " + std::to_string(m_state->framesSent)));
    }
    return takePackets(stop);
}

base::Status StreamEncoder::takePackets(const std::stop_token& stop) {
    AVPacket* packet = m_state->packet.get();
    while (true) {
        if (stop.stop_requested()) {
            return base::fail(cancelled());
        }
        int code = avcodec_receive_packet(m_state->codec.get(), packet);
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) {
            return {};
        }
        if (code < 0) {
            return base::fail(encodeError(code, "encoding the clip"));
        }
        packet->stream_index = m_state->stream->index;
        packet->duration = 1;  // without it the last frame would last no time
        av_packet_rescale_ts(packet, m_state->codec->time_base, m_state->stream->time_base);
        code = av_interleaved_write_frame(m_state->format, packet);
        if (code < 0) {
            return base::fail(encodeError(code, "packing the clip"));
        }
    }
}

base::Result<std::vector<std::uint8_t>> StreamEncoder::finish(const std::stop_token& stop) {
    int code = avcodec_send_frame(m_state->codec.get(), nullptr);
    if (code < 0) {
        return base::fail(encodeError(code, "ending the stream"));
    }
    if (auto taken = takePackets(stop); !taken) {
        return base::fail(taken.error());
    }
    m_state->isUnderWay = false;
    code = av_write_trailer(m_state->format);
    if (code >= 0) {
        avio_flush(m_state->io);
        code = m_state->io->error;
    }
    if (code < 0) {
        return base::fail(encodeError(code, "ending the file"));
    }
    return m_state->file.take();
}

}  // namespace tessera::media
