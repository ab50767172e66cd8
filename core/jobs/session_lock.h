#pragma once

// A file that is locked for as long as its process lives: the kernel lets go of it however the
// process ends, so another one can tell a crash from a session that is still running. Used by the
// journal alone.

#include "core/base/result.h"

#include <filesystem>
#include <utility>

namespace tessera::jobs {

class SessionLock {
public:
    // Makes the file and locks it. NotWritable, NoSpace.
    static base::Result<SessionLock> take(const std::filesystem::path& path);

    // True when a living process holds the lock of `path`.
    static bool isHeld(const std::filesystem::path& path);

    SessionLock(SessionLock&& other) noexcept;
    SessionLock& operator=(SessionLock&& other) noexcept;

    // Removes the file and lets go.
    ~SessionLock();

private:
    SessionLock(std::filesystem::path path, int descriptor)
        : m_path(std::move(path)), m_descriptor(descriptor) {}

    std::filesystem::path m_path;
    int m_descriptor = -1;
};

}  // namespace tessera::jobs
