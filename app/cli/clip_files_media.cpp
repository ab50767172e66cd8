#include "app/cli/clip_files.h"
#include "core/base/json.h"
#include "core/media/clip_metadata.h"
#include "core/media/clip_reader.h"
#include "core/media/clip_writer.h"

namespace tessera::cli {

using base::Result;

base::Status checkClipPath(const std::filesystem::path& path, int width, int height, double fps) {
    return media::checkClip(path, width, height, fps);
}

Result<std::vector<std::filesystem::path>> writeFrames(const std::filesystem::path& path,
                                                       const base::FrameSequence& frames,
                                                       const std::string& comment,
                                                       const std::stop_token& stop) {
    media::ClipMetadata metadata;
    metadata.comment = comment;
    Result<media::WrittenClip> written = media::writeClip(path, frames, metadata, {}, stop);
    if (!written) {
        return base::fail(written.error());
    }
    return std::move(written->files);
}

Result<std::string> readRecipeText(const std::filesystem::path& path) {
    return media::readRecipe(path);
}

Result<base::Json> clipFacts(const std::filesystem::path& path) {
    const Result<media::ClipInfo> info = media::clipInfo(path);
    if (!info) {
        return base::fail(info.error());
    }
    return base::Json{{"container", info->container},
                      {"codec", info->codec},
                      {"pixel_format", info->pixelFormat},
                      {"width", info->width},
                      {"height", info->height},
                      {"fps", info->fps},
                      {"video_frames", info->frames},
                      {"duration_seconds", info->durationSeconds},
                      {"bytes", info->sizeBytes}};
}

std::string clipComment(const std::filesystem::path& path) {
    const Result<media::ClipMetadata> metadata = media::readClipMetadata(path);
    return metadata ? metadata->comment : std::string();
}

}  // namespace tessera::cli
