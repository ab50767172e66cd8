#pragma once

// A file opened for reading at any place, of which nothing but what is asked for is held in memory.
// Internal to media. One thread at a time.

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace tessera::media {

class SourceFile {
public:
    // NotFound; BadFile for a folder, a device or a file that may not be read.
    static base::Result<SourceFile> open(const std::filesystem::path& path);
    ~SourceFile();
    SourceFile(SourceFile&& other) noexcept;
    SourceFile& operator=(SourceFile&& other) noexcept;

    std::uint64_t sizeBytes() const { return m_sizeBytes; }

    // `count` bytes from `offset`; BadFile when the file has not so many.
    base::Result<std::vector<std::uint8_t>> read(std::uint64_t offset, std::uint64_t count) const;

private:
    SourceFile(std::filesystem::path path, int descriptor, std::uint64_t sizeBytes);

    std::filesystem::path m_path;
    int m_descriptor = -1;
    std::uint64_t m_sizeBytes = 0;
};

}  // namespace tessera::media
