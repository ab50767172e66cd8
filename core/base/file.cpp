#include "core/base/file.h"

#include "core/base/check.h"
#include "core/base/format.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tessera::base {
namespace {

tl::unexpected<Error> readError(const std::filesystem::path& path, int errnoValue) {
    const std::string name = path.string();
    if (errnoValue == ENOENT || errnoValue == ENOTDIR) {
        return fail(ErrorCode::NotFound,
                    "There is no file '" + name + "'.",
                    "Check the path, or make the file first.",
                    name);
    }
    return fail(ErrorCode::BadFile,
                "The file '" + name + "' cannot be read: " + std::strerror(errnoValue) + ".",
                "Check that it is a readable file of yours.",
                name);
}

// Makes a rename last through a power cut; a file system without this keeps working.
void syncFolder(const std::filesystem::path& folder) {
    const int descriptor =
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
}

}  // namespace

Result<std::string> readTextFile(const std::filesystem::path& path, std::size_t maxBytes) {
    const Result<InputFile> file = InputFile::open(path);
    if (!file) {
        return fail(file.error());
    }
    if (file->sizeBytes() > maxBytes) {
        return fail(ErrorCode::BadFile,
                    "The file '" + path.string() + "' has " + byteSize(file->sizeBytes()) +
                        ", at most " + byteSize(maxBytes) + " were expected.",
                    "Check that it is the file you meant.",
                    path.string());
    }
    std::string text(static_cast<std::size_t>(file->sizeBytes()), '\0');
    const Status read =
        file->readAt(0, std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
    if (!read) {
        return fail(read.error());
    }
    return text;
}

Result<InputFile> InputFile::open(const std::filesystem::path& path) {
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return readError(path, errno);
    }
    InputFile file(path, descriptor);

    struct stat info {};

    if (::fstat(descriptor, &info) != 0) {
        return readError(path, errno);
    }
    if (!S_ISREG(info.st_mode)) {
        const std::string name = path.string();
        return fail(ErrorCode::BadFile,
                    "'" + name + "' is not a file but a folder or a device.",
                    "Name a file.",
                    name);
    }
    file.m_sizeBytes = static_cast<std::uint64_t>(info.st_size);
    return file;
}

InputFile::InputFile(std::filesystem::path path, int descriptor) noexcept
    : m_path(std::move(path)), m_descriptor(descriptor) {}

InputFile::InputFile(InputFile&& other) noexcept
    : m_path(std::move(other.m_path)),
      m_sizeBytes(other.m_sizeBytes),
      m_descriptor(std::exchange(other.m_descriptor, -1)) {}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
    std::swap(m_path, other.m_path);
    std::swap(m_sizeBytes, other.m_sizeBytes);
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

InputFile::~InputFile() {
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

Status InputFile::readAt(std::uint64_t offset, std::span<std::uint8_t> target) const {
    while (!target.empty()) {
        const ssize_t count =
            ::pread(m_descriptor, target.data(), target.size(), static_cast<off_t>(offset));
        if (count < 0) {
            if (errno == EINTR) {
                continue;
            }
            return readError(m_path, errno);
        }
        if (count == 0) {
            return fail(ErrorCode::BadFile,
                        "The file '" + m_path.string() + "' ends at byte " +
                            std::to_string(offset) + ", " + std::to_string(target.size()) +
                            " more were expected.",
                        "Copy or make it again; it may have been cut short.",
                        m_path.string());
        }
        offset += static_cast<std::uint64_t>(count);
        target = target.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Status writeFileAtomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
    PendingFile pending(path);
    const Status written = pending.append(bytes);
    return written ? pending.commit() : written;
}

Status writeFileAtomically(const std::filesystem::path& path, std::string_view text) {
    return writeFileAtomically(
        path, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

PendingFile::PendingFile(std::filesystem::path finalPath) : m_final(std::move(finalPath)) {
    // The running number keeps two threads that write one path apart.
    static std::atomic<unsigned> count = 0;
    m_temporary = m_final;
    m_temporary += ".part-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
}

PendingFile::~PendingFile() {
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
    if (!m_committed) {
        std::error_code ignored;
        std::filesystem::remove(m_temporary, ignored);
    }
}

Status PendingFile::append(std::span<const std::uint8_t> bytes) {
    CHECK(!m_committed, m_final.string());
    if (m_descriptor < 0) {
        m_descriptor = ::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (m_descriptor < 0) {
            return fail(writeError(m_final, errno));
        }
    }
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_descriptor, bytes.data(), bytes.size());
        if (count < 0) {
            if (errno == EINTR) {
                continue;
            }
            return fail(writeError(m_final, errno));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Status PendingFile::commit() {
    CHECK(!m_committed, m_final.string());
    if (m_descriptor < 0) {  // somebody else wrote it
        m_descriptor = ::open(m_temporary.c_str(), O_RDONLY | O_CLOEXEC);
        if (m_descriptor < 0) {
            return fail(writeError(m_final, errno));
        }
    }
    const bool synced = ::fsync(m_descriptor) == 0;
    const int syncError = errno;
    // close() too may report a write that was delayed.
    const bool closed = ::close(std::exchange(m_descriptor, -1)) == 0;
    if (!synced || !closed) {
        return fail(writeError(m_final, synced ? errno : syncError));
    }
    if (::rename(m_temporary.c_str(), m_final.c_str()) != 0) {
        return fail(writeError(m_final, errno));
    }
    m_committed = true;
    syncFolder(m_final.parent_path());
    return {};
}

Error writeError(const std::filesystem::path& path, int errnoValue) {
    const std::string name = path.string();
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    if (errnoValue == ENOSPC || errnoValue == EDQUOT) {
        std::error_code ignored;
        const auto space = std::filesystem::space(folder, ignored);
        const std::string left = ignored ? "no space" : byteSize(space.available);
        return {ErrorCode::NoSpace,
                "The disk of '" + name + "' has " + left + " free, and more was needed.",
                "Free some space, or write to another disk.",
                name};
    }
    return {ErrorCode::NotWritable,
            "The file '" + name + "' cannot be written: " + std::strerror(errnoValue) + ".",
            "Choose a folder that exists and that you may write to.",
            name};
}

}  // namespace tessera::base
