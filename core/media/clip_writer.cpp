#include "core/media/clip_writer.h"

#include "core/base/check.h"
#include "core/base/npy.h"
#include "core/media/gif_comment.h"
#include "core/media/gif_writer.h"
#include "core/media/mp4_writer.h"
#include "core/media/output_file.h"
#include "core/media/png_frames.h"
#include "core/media/png_text.h"
#include "core/media/recipe_boxes.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

namespace tessera::media {

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

// A file is only given its name when it says what was put into it.
base::Status verifyMetadata(const OutputFile& file, const ClipMetadata& metadata) {
    auto found = readClipMetadata(file.temporaryPath());
    if (!found) {
        return base::fail(found.error());
    }
    ClipMetadata expected = metadata;
    if (expected.comment == expected.recipeJson || expected.comment == expected.parametersText) {
        expected.comment.clear();  // readers cannot tell it from the copy that stands in
        found->comment.clear();
    }
    if (*found != expected) {
        return base::fail(base::ErrorCode::Internal,
                          "The recipe read back from the new clip is not the one written into it.",
                          "Write the clip to another disk, and report this with the log.",
                          file.path().string());
    }
    return {};
}

base::Result<WrittenClip> storeOne(OutputFile file,
                                   const Bytes& bytes,
                                   const ClipMetadata& metadata) {
    if (auto written = file.write(bytes); !written) {
        return base::fail(written.error());
    }
    if (auto verified = verifyMetadata(file, metadata); !verified) {
        return base::fail(verified.error());
    }
    if (auto committed = file.commit(); !committed) {
        return base::fail(committed.error());
    }
    return WrittenClip{{file.path()}, bytes.size()};
}

base::Result<WrittenClip> writeVideo(ClipForm form,
                                     const fs::path& path,
                                     const base::FrameSequence& frames,
                                     const ClipMetadata& metadata,
                                     const WriteOptions& options,
                                     const std::stop_token& stop) {
    auto file = OutputFile::create(path);
    if (!file) {
        return base::fail(file.error());
    }
    const auto encoded =
        form == ClipForm::Mp4 ? encodeMp4(frames, options, stop) : encodeGif(frames, options, stop);
    if (!encoded) {
        return base::fail(encoded.error());
    }
    const auto whole = form == ClipForm::Mp4 ? addMp4Metadata(*encoded, metadata)
                                             : addGifMetadata(*encoded, metadata);
    if (!whole) {
        return base::fail(whole.error());
    }
    if (stop.stop_requested()) {
        return base::fail(cancelled());
    }
    return storeOne(std::move(*file), *whole, metadata);
}

// All frames stand under temporary names before the first one gets its own.
base::Result<WrittenClip> writePngFrames(const fs::path& path,
                                         const base::FrameSequence& frames,
                                         const ClipMetadata& metadata,
                                         const WriteOptions& options,
                                         const std::stop_token& stop) {
    std::vector<OutputFile> files;
    WrittenClip written;
    for (int i = 0; i < frames.frames; ++i) {
        auto file = OutputFile::create(pngFramePath(path, i, frames.frames));
        if (!file) {
            return base::fail(file.error());
        }
        const auto encoded = encodePngFrame(frames, i, stop);
        if (!encoded) {
            return base::fail(encoded.error());
        }
        const auto whole = addPngMetadata(*encoded, metadata);
        if (!whole) {
            return base::fail(whole.error());
        }
        if (auto stored = file->write(*whole); !stored) {
            return base::fail(stored.error());
        }
        if (auto verified = verifyMetadata(*file, metadata); !verified) {
            return base::fail(verified.error());
        }
        written.files.push_back(file->path());
        written.bytes += whole->size();
        files.push_back(std::move(*file));
        if (options.onFrame) {
            options.onFrame(i + 1, frames.frames);
        }
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (auto committed = files[i].commit(); !committed) {
            std::error_code ignored;
            for (std::size_t done = 0; done < i; ++done) {
                fs::remove(files[done].path(), ignored);
            }
            return base::fail(committed.error());
        }
    }
    return written;
}

base::Result<WrittenClip> writeArray(const fs::path& path, const base::FrameSequence& frames) {
    if (auto written = base::writeNpy(path, frames); !written) {
        if (written.error().code == base::ErrorCode::NoSpace) {
            return base::fail(noRoom(path, frames.rgb.size()));
        }
        return base::fail(written.error());
    }
    std::error_code failure;
    const auto bytes = fs::file_size(path, failure);
    return WrittenClip{{path}, failure ? frames.rgb.size() : bytes};
}

}  // namespace

fs::path pngFramePath(const fs::path& path, int index, int frames) {
    if (frames == 1) {
        return path;
    }
    std::string number = std::to_string(index + 1);
    number.insert(0, number.size() < 4 ? 4 - number.size() : 0, '0');
    fs::path name = path.stem();
    name += "-" + number;
    name += path.extension();
    return path.parent_path() / name;
}

base::Result<ClipForm> clipForm(const fs::path& path) {
    std::string suffix = path.extension().string();
    std::ranges::transform(suffix, suffix.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    for (const auto& [name, form] : {std::pair{".mp4", ClipForm::Mp4},
                                     std::pair{".gif", ClipForm::Gif},
                                     std::pair{".png", ClipForm::Png},
                                     std::pair{".npy", ClipForm::Npy}}) {
        if (suffix == name) {
            return form;
        }
    }
    return base::fail(base::ErrorCode::BadInput,
                      suffix.empty() ? "The file name '" + path.string() + "' has no suffix."
                                     : "The suffix '" + suffix + "' of '" + path.string() +
                                           "' is not one that clips are written with.",
                      "Use .mp4, .gif, .png or .npy.",
                      path.string());
}

base::Status checkClip(const fs::path& path, int width, int height, double fps) {
    const auto form = clipForm(path);
    if (!form) {
        return base::fail(form.error());
    }
    if (width < 1 || height < 1) {
        return base::fail(base::ErrorCode::BadInput,
                          "A clip of " + std::to_string(width) + " x " + std::to_string(height) +
                              " pixels has nothing to show; both must be 1 or more.",
                          "Use a size such as 288 x 192.");
    }
    switch (*form) {
        case ClipForm::Mp4:
            return checkMp4(width, height, fps);
        case ClipForm::Gif:
            return checkGif(width, height, fps);
        case ClipForm::Png:
        case ClipForm::Npy:
            return {};
    }
    return {};
}

base::Result<WrittenClip> writeClip(const fs::path& path,
                                    const base::FrameSequence& frames,
                                    const ClipMetadata& metadata,
                                    const WriteOptions& options,
                                    const std::stop_token& stop) {
    if (auto checked = checkClip(path, frames.width, frames.height, frames.fps); !checked) {
        return base::fail(checked.error());
    }
    if (frames.frames < 1) {
        return base::fail(base::ErrorCode::BadInput,
                          "The clip has no frames; at least one is needed.",
                          "Ask for one frame or more.");
    }
    CHECK(frames.rgb.size() == frames.frameBytes() * static_cast<std::size_t>(frames.frames),
          frames.rgb.size(),
          frames.width,
          frames.height,
          frames.frames);
    if (auto checked = checkMetadata(metadata); !checked) {
        return base::fail(checked.error());
    }
    if (stop.stop_requested()) {
        return base::fail(cancelled());
    }
    switch (*clipForm(path)) {
        case ClipForm::Mp4:
            return writeVideo(ClipForm::Mp4, path, frames, metadata, options, stop);
        case ClipForm::Gif:
            return writeVideo(ClipForm::Gif, path, frames, metadata, options, stop);
        case ClipForm::Png:
            return writePngFrames(path, frames, metadata, options, stop);
        case ClipForm::Npy:
            break;
    }
    return writeArray(path, frames);
}

}  // namespace tessera::media
