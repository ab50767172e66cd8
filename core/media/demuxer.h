#pragma once

// A clip opened with FFmpeg, down to the packets of its one video stream. The file itself is all
// that may be read: formats that name other files (playlists, image patterns) are refused. Internal
// to media; one thread at a time.

#include "core/base/result.h"
#include "core/media/clip_reader.h"
#include "core/media/ffmpeg_handles.h"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace tessera::media {

class Demuxer {
public:
    // NotFound; BadFile when FFmpeg finds no video in the file.
    static base::Result<Demuxer> open(const std::filesystem::path& path);
    ~Demuxer();
    Demuxer(Demuxer&&) noexcept;
    Demuxer& operator=(Demuxer&&) noexcept;

    // What the container says; `frames` is 0 when it does not say.
    ClipInfo info() const;

    // The next packet of the video stream into `packet`; false at the end. BadFile.
    base::Result<bool> next(AVPacket* packet);

    // An opened decoder of the stream. Unsupported when FFmpeg has none; BadFile.
    base::Result<CodecPtr> decoder() const;

    // BadFile with this file's name.
    base::Error bad(const std::string& what) const;

private:
    struct State;
    explicit Demuxer(std::unique_ptr<State> state);

    std::unique_ptr<State> m_state;
};

}  // namespace tessera::media
