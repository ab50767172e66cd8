#include "core/media/clip_reader.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/npy.h"
#include "core/media/colour_convert.h"
#include "core/media/demuxer.h"
#include "core/media/ffmpeg_handles.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
}

namespace tessera::media {

namespace {

base::Error tooLarge(const std::filesystem::path& path,
                     std::uint64_t bytesNeeded,
                     std::uint64_t maxBytes) {
    return {base::ErrorCode::OutOfMemory,
            "The frames of '" + path.string() + "' need " + base::byteSize(bytesNeeded) +
                " or more; the limit is " + base::byteSize(maxBytes) + ".",
            "Read fewer frames, or cut the clip.",
            path.string()};
}

bool isNpy(const base::InputFile& file) {
    std::array<std::uint8_t, 6> head{};
    constexpr std::array<std::uint8_t, 6> kMagic = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    return file.sizeBytes() >= head.size() && file.readAt(0, head) && head == kMagic;
}

// An array has no rate: it is shown at the rate of the bundled model.
constexpr double kArrayFps = 8.0;

base::Result<base::FrameSequence> readArray(const base::InputFile& file,
                                            const ReadOptions& options) {
    if (file.sizeBytes() > options.maxBytes) {
        return base::fail(tooLarge(file.path(), file.sizeBytes(), options.maxBytes));
    }
    auto clip = base::readNpy(file.path(), kArrayFps);
    if (clip && options.maxFrames > 0 && clip->frames > options.maxFrames) {
        clip->frames = options.maxFrames;
        clip->rgb.resize(clip->frameBytes() * static_cast<std::size_t>(clip->frames));
    }
    return clip;
}

base::Result<ClipInfo> arrayInfo(const base::InputFile& file) {
    const auto clip = readArray(file, {});
    if (!clip) {
        return base::fail(clip.error());
    }
    ClipInfo info;
    info.width = clip->width;
    info.height = clip->height;
    info.fps = clip->fps;
    info.frames = clip->frames;
    info.durationSeconds = clip->frames / clip->fps;
    info.sizeBytes = file.sizeBytes();
    info.container = "npy";
    info.codec = "rawvideo";
    info.pixelFormat = "rgb24";
    return info;
}

// Takes decoded pictures until the clip is as long as asked for.
class FrameCollector {
public:
    FrameCollector(const Demuxer& source,
                   const std::filesystem::path& path,
                   const ReadOptions& options,
                   PictureToRgb converter)
        : m_path(path), m_options(options), m_converter(std::move(converter)) {
        const ClipInfo info = source.info();
        m_clip.width = info.width;
        m_clip.height = info.height;
        m_clip.fps = info.fps;
    }

    bool isFull() const { return m_options.maxFrames > 0 && m_clip.frames >= m_options.maxFrames; }

    base::Status add(const AVFrame& picture) {
        const std::uint64_t bytes = m_clip.rgb.size() + m_clip.frameBytes();
        if (bytes > m_options.maxBytes) {
            return base::fail(tooLarge(m_path, bytes, m_options.maxBytes));
        }
        try {
            m_clip.rgb.resize(bytes);
        } catch (const std::bad_alloc&) {
            return base::fail(outOfMemory("reading the clip"));
        }
        ++m_clip.frames;
        return m_converter.convert(picture, m_clip.frame(m_clip.frames - 1));
    }

    base::FrameSequence take() { return std::move(m_clip); }

private:
    const std::filesystem::path& m_path;
    const ReadOptions& m_options;
    PictureToRgb m_converter;
    base::FrameSequence m_clip;
};

// FFmpeg makes up 25 frames per second for a single picture.
bool isStill(const ClipInfo& info, std::int64_t frames) {
    return frames == 1 && info.container != "mp4";
}

// Everything that the decoder has ready. BadFile, OutOfMemory, Cancelled.
base::Status drain(AVCodecContext* decoder,
                   AVFrame* picture,
                   const Demuxer& source,
                   FrameCollector& frames,
                   const std::stop_token& stop) {
    while (!frames.isFull()) {
        if (stop.stop_requested()) {
            return base::fail(cancelled());
        }
        const int code = avcodec_receive_frame(decoder, picture);
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) {
            return {};
        }
        if (code < 0) {
            return base::fail(
                source.bad("has a picture that cannot be decoded (" + ffmpegText(code) + ")"));
        }
        if (auto added = frames.add(*picture); !added) {
            return added;
        }
    }
    return {};
}

}  // namespace

base::Result<ClipInfo> clipInfo(const std::filesystem::path& path) {
    const auto file = base::InputFile::open(path);
    if (!file) {
        return base::fail(file.error());
    }
    if (isNpy(*file)) {
        return arrayInfo(*file);
    }
    auto source = Demuxer::open(path);
    if (!source) {
        return base::fail(source.error());
    }
    ClipInfo info = source->info();
    if (info.frames == 0) {
        PacketPtr packet(av_packet_alloc());
        if (!packet) {
            return base::fail(outOfMemory("reading the clip"));
        }
        while (true) {
            const auto more = source->next(packet.get());
            if (!more) {
                return base::fail(more.error());
            }
            if (!*more) {
                break;
            }
            ++info.frames;
        }
    }
    if (isStill(info, info.frames)) {
        info.fps = 0.0;
        info.durationSeconds = 0.0;
    } else if (info.durationSeconds == 0.0 && info.fps > 0.0) {
        info.durationSeconds = static_cast<double>(info.frames) / info.fps;
    }
    return info;
}

base::Result<base::FrameSequence> readClip(const std::filesystem::path& path,
                                           const ReadOptions& options,
                                           const std::stop_token& stop) {
    const auto file = base::InputFile::open(path);
    if (!file) {
        return base::fail(file.error());
    }
    if (isNpy(*file)) {
        return readArray(*file, options);
    }
    auto source = Demuxer::open(path);
    if (!source) {
        return base::fail(source.error());
    }
    const auto decoder = source->decoder();
    if (!decoder) {
        return base::fail(decoder.error());
    }
    const ClipInfo info = source->info();
    const std::uint64_t frameBytes =
        3 * static_cast<std::uint64_t>(info.width) * static_cast<std::uint64_t>(info.height);
    if (frameBytes > options.maxBytes) {
        return base::fail(tooLarge(path, frameBytes, options.maxBytes));
    }
    auto converter = PictureToRgb::open(info.width, info.height);
    const PacketPtr packet(av_packet_alloc());
    const FramePtr picture(av_frame_alloc());
    if (!converter || !packet || !picture) {
        return base::fail(outOfMemory("reading the clip"));
    }
    FrameCollector frames(*source, path, options, std::move(*converter));
    bool isEnded = false;
    while (!isEnded && !frames.isFull()) {
        const auto more = source->next(packet.get());
        if (!more) {
            return base::fail(more.error());
        }
        isEnded = !*more;
        const int code = avcodec_send_packet(decoder->get(), isEnded ? nullptr : packet.get());
        if (code < 0) {
            return base::fail(
                source->bad("has a picture that cannot be decoded (" + ffmpegText(code) + ")"));
        }
        if (auto drained = drain(decoder->get(), picture.get(), *source, frames, stop); !drained) {
            return base::fail(drained.error());
        }
    }
    base::FrameSequence clip = frames.take();
    if (clip.frames == 0) {
        return base::fail(source->bad("has no picture that can be decoded"));
    }
    // With a limit of one frame nobody knows how many there are.
    if (options.maxFrames != 1 && isStill(info, clip.frames)) {
        clip.fps = 0.0;
    }
    return clip;
}

}  // namespace tessera::media
