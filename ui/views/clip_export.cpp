#include "ui/views/clip_export.h"

#include "core/base/file.h"
#include "core/media/clip_metadata.h"
#include "core/media/clip_writer.h"

#include <system_error>

namespace tessera::ui {

namespace {

// Under another name first: what was there stays until the copy is whole.
base::Status copyWhole(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::filesystem::path part = to;
    part += ".part";
    std::error_code error;
    std::filesystem::copy_file(
        from, part, std::filesystem::copy_options::overwrite_existing, error);
    if (!error) {
        std::filesystem::rename(part, to, error);
    }
    if (error) {
        std::error_code ignored;
        std::filesystem::remove(part, ignored);
        return base::fail(base::writeError(to, error.value()));
    }
    return {};
}

}  // namespace

base::Result<ExportedClip> exportClip(const std::filesystem::path& clip,
                                      const base::SharedFrames& frames,
                                      const std::filesystem::path& target) {
    const auto form = media::clipForm(target);
    if (!form) {
        return base::fail(form.error());
    }
    std::error_code ignored;
    if (std::filesystem::equivalent(clip, target, ignored)) {
        return ExportedClip{target, true};
    }
    const auto metadata = media::readClipMetadata(clip);
    if (*form == media::ClipForm::Mp4 && clip.extension() == ".mp4") {
        if (base::Status copied = copyWhole(clip, target); !copied) {
            return base::fail(copied.error());
        }
    } else if (frames) {
        const auto written =
            media::writeClip(target, *frames, metadata ? *metadata : media::ClipMetadata{});
        if (!written) {
            return base::fail(written.error());
        }
        return ExportedClip{written->path(), media::readRecipe(written->path()).has_value()};
    } else {
        return base::fail(base::ErrorCode::NotFound,
                          "The frames of the clip are not in memory.",
                          "Show the clip on the canvas, then export it.");
    }
    return ExportedClip{target, media::readRecipe(target).has_value()};
}

}  // namespace tessera::ui
