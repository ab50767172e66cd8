#include "ui/models/library_handle.h"

#include "core/media/clip_metadata.h"
#include "core/media/clip_reader.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <system_error>
#include <utility>

namespace tessera::ui {

namespace fs = std::filesystem;

LibraryHandle::LibraryHandle(fs::path database) : m_path(std::move(database)) {}

base::Result<jobs::Library*> LibraryHandle::library() {
    std::error_code ignored;
    if (m_library && fs::exists(m_path, ignored)) {
        return m_library.get();
    }
    m_library.reset();
    auto opened = jobs::Library::open(m_path);
    if (!opened && opened.error().code == base::ErrorCode::BadFile) {
        const base::Error broken = opened.error();
        const auto aside = setAside();
        if (!aside) {
            return base::fail(aside.error());
        }
        m_report = base::Error{broken.code,
                               broken.message,
                               "It was set aside as " + aside->filename().string() +
                                   "; a fresh library takes the clips in again, without their "
                                   "ratings and tags.",
                               aside->string()};
        opened = jobs::Library::open(m_path);
    }
    if (!opened) {
        return base::fail(opened.error());
    }
    m_library = std::move(*opened);
    return m_library.get();
}

std::optional<base::Error> LibraryHandle::takeReport() {
    return std::exchange(m_report, std::nullopt);
}

base::Result<fs::path> LibraryHandle::setAside() const {
    std::error_code error;
    fs::path aside;
    int number = 1;
    do {
        aside = m_path.parent_path() / (m_path.stem().string() + '-' + std::to_string(number++) +
                                        ".broken" + m_path.extension().string());
    } while (fs::exists(aside, error));
    for (const char* suffix : {"-wal", "-shm"}) {
        std::error_code ignored;  // most often there is none
        fs::rename(m_path.string() + suffix, aside.string() + suffix, ignored);
    }
    fs::rename(m_path, aside, error);
    if (error) {
        return base::fail(base::ErrorCode::NotWritable,
                          "The broken library " + m_path.string() +
                              " cannot be set aside: " + error.message() + ".",
                          "Make the folder writable, or choose another one with --data-dir.",
                          m_path.string());
    }
    return aside;
}

base::Result<jobs::LibraryClip> readClipFacts(const fs::path& path) {
    const auto info = media::clipInfo(path);
    if (!info) {
        return base::fail(info.error());
    }
    jobs::LibraryClip clip;
    clip.path = path;
    clip.bytes = info->sizeBytes;
    clip.width = info->width;
    clip.height = info->height;
    clip.frames = static_cast<int>(
        std::clamp<std::int64_t>(info->frames, 0, std::numeric_limits<int>::max()));
    clip.fps = info->fps;
    std::error_code error;
    if (const auto time = fs::last_write_time(path, error); !error) {
        clip.madeAt = std::chrono::duration_cast<std::chrono::seconds>(
                          std::chrono::file_clock::to_sys(time).time_since_epoch())
                          .count();
    }
    // A clip from elsewhere has none, and is a clip all the same.
    if (const auto text = media::readRecipe(path)) {
        if (auto recipe = jobs::parseRecipe(*text, path.filename().string())) {
            clip.recipe = std::move(*recipe);
        }
    }
    return clip;
}

}  // namespace tessera::ui
