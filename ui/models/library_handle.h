#pragma once

// The library's database as the disk thread holds it: opened at the first use, opened anew when its
// file was removed, set aside when it is broken. Disk thread only, after the constructor.

#include "core/base/result.h"
#include "core/jobs/library.h"

#include <filesystem>
#include <memory>
#include <optional>

namespace tessera::ui {

class LibraryHandle {
public:
    explicit LibraryHandle(std::filesystem::path database);

    // The open library; what jobs::Library::open() says otherwise.
    base::Result<jobs::Library*> library();

    // Once after a broken database was set aside: what was wrong and where it is now.
    std::optional<base::Error> takeReport();

private:
    base::Result<std::filesystem::path> setAside() const;

    std::filesystem::path m_path;
    std::unique_ptr<jobs::Library> m_library;
    std::optional<base::Error> m_report;
};

// What a clip's file says of itself, for jobs::Library::scan() and add(). NotFound, BadFile.
base::Result<jobs::LibraryClip> readClipFacts(const std::filesystem::path& path);

}  // namespace tessera::ui
