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

// A temporary file beside its final place. Removed by the destructor unless commit() renamed it.
class PendingFile {
public:
    explicit PendingFile(std::filesystem::path finalPath);
    ~PendingFile();
    PendingFile(const PendingFile&) = delete;
    PendingFile& operator=(const PendingFile&) = delete;

    const std::filesystem::path& temporaryPath() const { return m_temporary; }

    // Syncs the temporary to disk and renames it to the final path. NoSpace, NotWritable.
    Status commit();

private:
    std::filesystem::path m_final;
    std::filesystem::path m_temporary;
    bool m_committed = false;
};

// Error for errno after a failed write to `path`: NoSpace with the bytes free, or NotWritable.
Error writeError(const std::filesystem::path& path, int errnoValue);

}  // namespace tessera::base
