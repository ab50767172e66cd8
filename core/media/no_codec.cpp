// What needs a codec, in a build that has none (TESSERA_MEDIA=OFF): PNG frames and NPY work, MP4
// and GIF are refused with the reason before anything is made.

#include "core/base/npy.h"
#include "core/base/picture.h"
#include "core/media/clip_reader.h"
#include "core/media/gif_writer.h"
#include "core/media/mp4_writer.h"
#include "core/media/png_frames.h"

namespace tessera::media {

namespace {

base::Error noCodec(const char* form) {
    return {base::ErrorCode::Unsupported,
            std::string("This build has no codec, so it cannot write ") + form +
                "; it writes .npy and .png.",
            "Give the clip a name that ends in .npy or .png, or use a build with TESSERA_MEDIA=ON.",
            ""};
}

}  // namespace

base::Status checkMp4(int, int, double) {
    return base::fail(noCodec("MP4"));
}

base::Status checkGif(int, int, double) {
    return base::fail(noCodec("GIF"));
}

base::Result<std::vector<std::uint8_t>> encodeMp4(const base::FrameSequence&,
                                                  const WriteOptions&,
                                                  const std::stop_token&) {
    return base::fail(noCodec("MP4"));
}

base::Result<std::vector<std::uint8_t>> encodeGif(const base::FrameSequence&,
                                                  const WriteOptions&,
                                                  const std::stop_token&) {
    return base::fail(noCodec("GIF"));
}

base::Result<std::vector<std::uint8_t>> encodePngFrame(const base::FrameSequence& frames,
                                                       int index,
                                                       const std::stop_token&) {
    return base::encodePng(frames.frame(index), frames.width, frames.height);
}

base::Result<base::FrameSequence> readClip(const std::filesystem::path& path,
                                           const ReadOptions&,
                                           const std::stop_token&) {
    auto clip = base::readNpy(path, 0.0);
    if (!clip) {
        base::Error error = clip.error();
        error.hint += " This build has no codec: it reads clips as .npy alone.";
        return base::fail(error);
    }
    return clip;
}

base::Result<ClipInfo> clipInfo(const std::filesystem::path& path) {
    const auto clip = readClip(path);
    if (!clip) {
        return base::fail(clip.error());
    }
    ClipInfo info;
    info.width = clip->width;
    info.height = clip->height;
    info.frames = clip->frames;
    info.sizeBytes = clip->rgb.size();
    info.container = "npy";
    return info;
}

}  // namespace tessera::media
