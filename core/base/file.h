#pragma once

// Whole files, read and written so that nothing half-written ever stands under its final name. Any
// thread.

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::base {

// NotFound, BadFile when larger than maxBytes.
Result<std::string> readTextFile(const std::filesystem::path& path,
                                 std::size_t maxBytes = 64u << 20);

// Writes `bytes` to "<path>.part-<pid>-<n>", syncs, renames over `path`. NoSpace, NotWritable; the
// temporary is gone then.
Status writeFileAtomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
Status writeFileAtomically(const std::filesystem::path& path, std::string_view text);

// A file open for reading at any offset. Several threads may read one.
class InputFile {
public:
    // NotFound; BadFile when it is a folder or a device, or may not be read.
    static Result<InputFile> open(const std::filesystem::path& path);

    InputFile(InputFile&& other) noexcept;
    InputFile& operator=(InputFile&& other) noexcept;
    ~InputFile();

    const std::filesystem::path& path() const { return m_path; }

    std::uint64_t sizeBytes() const { return m_sizeBytes; }  // when it was opened

    // Fills `target` from that offset. BadFile when the file ends before.
    Status readAt(std::uint64_t offset, std::span<std::uint8_t> target) const;

private:
    InputFile(std::filesystem::path path, int descriptor) noexcept;
    std::filesystem::path m_path;
    std::uint64_t m_sizeBytes = 0;
    int m_descriptor = -1;
};

// A temporary file beside its final place. Removed by the destructor unless commit() renamed it.
class PendingFile {
public:
    explicit PendingFile(std::filesystem::path finalPath);
    ~PendingFile();
    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;

    // For libraries that write files themselves; do not mix with append().
    const std::filesystem::path& temporaryPath() const { return m_temporary; }

    // Adds bytes at the end. NoSpace, NotWritable.
    Status append(std::span<const std::uint8_t> bytes);

    // Syncs the temporary to disk and renames it to the final path. NoSpace, NotWritable.
    Status commit();

private:
    std::filesystem::path m_final;
    std::filesystem::path m_temporary;
    int m_descriptor = -1;
    bool m_committed = false;
};

// Error for errno after a failed write to `path`: NoSpace with the bytes free, or NotWritable.
Error writeError(const std::filesystem::path& path, int errnoValue);

}  // namespace tessera::base
