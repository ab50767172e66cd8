#include "app/cli/clip_files.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/npy.h"
#include "core/base/picture.h"

#include <cstdio>
#include <system_error>
#include <utility>

namespace tessera::cli {

using base::ErrorCode;
using base::Result;

namespace {

using Paths = std::vector<std::filesystem::path>;

// Frame files of one clip that go again unless all of them were written.
class FrameFiles {
public:
    FrameFiles() = default;
    FrameFiles(const FrameFiles&) = delete;
    FrameFiles& operator=(const FrameFiles&) = delete;

    ~FrameFiles() {
        for (const std::filesystem::path& path : m_paths) {
            std::error_code ignored;
            std::filesystem::remove(path, ignored);
        }
    }

    void add(std::filesystem::path path) { m_paths.push_back(std::move(path)); }

    Paths keep() { return std::exchange(m_paths, {}); }

private:
    Paths m_paths;
};

std::filesystem::path frameName(const std::filesystem::path& path, int frame) {
    char number[16];
    std::snprintf(number, sizeof number, "-%04d", frame + 1);
    return path.parent_path() / (path.stem().string() + number + path.extension().string());
}

Result<Paths> writePngFrames(const std::filesystem::path& path,
                             const base::FrameSequence& frames,
                             const std::stop_token& stop) {
    FrameFiles files;
    for (int frame = 0; frame < frames.frames; ++frame) {
        if (stop.stop_requested()) {
            return base::fail(
                ErrorCode::Cancelled, "Writing was interrupted.", "Run the command again.");
        }
        const std::filesystem::path name = frames.frames == 1 ? path : frameName(path, frame);
        if (const base::Status status = base::writePng(name, frames, frame); !status) {
            return base::fail(status.error());
        }
        files.add(name);
    }
    return files.keep();
}

}  // namespace

base::Status checkClipPath(const std::filesystem::path& path, int, int, double) {
    const std::string suffix = path.extension().string();
    if (suffix == ".npy" || suffix == ".png") {
        return {};
    }
    return base::fail(ErrorCode::BadInput,
                      "The suffix '" + suffix + "' needs a codec, and this build has none.",
                      "Use .npy for the frames as an array, or .png for one file a frame.");
}

Result<Paths> writeFrames(const std::filesystem::path& path,
                          const base::FrameSequence& frames,
                          const std::string&,
                          const std::stop_token& stop) {
    if (const base::Status status = checkClipPath(path, frames.width, frames.height, frames.fps);
        !status) {
        return base::fail(status.error());
    }
    if (path.extension() == ".png") {
        return writePngFrames(path, frames, stop);
    }
    if (const base::Status status = base::writeNpy(path, frames); !status) {
        return base::fail(status.error());
    }
    return Paths{path};
}

Result<std::string> readRecipeText(const std::filesystem::path& path) {
    return base::readTextFile(path);
}

Result<base::Json> clipFacts(const std::filesystem::path& path) {
    const Result<base::FrameSequence> clip = base::readNpy(path, 0.0);
    if (!clip) {
        base::Error error = clip.error();
        error.hint += " This build has no codec: it reads clips as .npy alone.";
        return base::fail(std::move(error));
    }
    return base::Json{{"container", "npy"},
                      {"width", clip->width},
                      {"height", clip->height},
                      {"video_frames", clip->frames},
                      {"bytes", clip->rgb.size()}};
}

std::string clipComment(const std::filesystem::path&) {
    return {};
}

}  // namespace tessera::cli
