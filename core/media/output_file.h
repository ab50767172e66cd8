#pragma once

// A clip's file while it is being made: opened under a temporary name before the work starts, so
// that a folder that cannot be written is known at once, and removed unless commit() gave it its
// name. Holds no descriptor between its calls: a clip may have thousands of PNG frames. Internal to
// media; one thread at a time.

#include "core/base/file.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace tessera::media {

class OutputFile {
public:
    // NotWritable, NoSpace.
    static base::Result<OutputFile> create(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return m_path; }

    const std::filesystem::path& temporaryPath() const { return m_pending->temporaryPath(); }

    // The whole content, once. NoSpace with the bytes needed and free, NotWritable.
    base::Status write(std::span<const std::uint8_t> bytes);

    // Syncs and renames. NoSpace, NotWritable.
    base::Status commit();

private:
    OutputFile(std::filesystem::path path, std::unique_ptr<base::PendingFile> pending);
    base::Error writeError(int errnoValue) const;

    std::filesystem::path m_path;
    std::unique_ptr<base::PendingFile> m_pending;
    std::uint64_t m_bytesNeeded = 0;
};

// "No room for the video: 212 MB needed, 90 MB free on /home. ..." for a file that is to be `path`.
base::Error noRoom(const std::filesystem::path& path, std::uint64_t bytesNeeded);

// The error of work that was stopped before its file was whole.
base::Error cancelled();

}  // namespace tessera::media
