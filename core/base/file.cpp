#include "core/base/file.h"

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

class Descriptor {
public:
    explicit Descriptor(int fd) : m_fd(fd) {}

    ~Descriptor() {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int value() const { return m_fd; }

    // Closes now, so that an error of a delayed write is seen.
    int close() { return ::close(std::exchange(m_fd, -1)); }

private:
    int m_fd = -1;
};

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
    const Descriptor fd(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.value() >= 0) {
        ::fsync(fd.value());
    }
}

}  // namespace

Result<std::string> readTextFile(const std::filesystem::path& path, std::size_t maxBytes) {
    const std::string name = path.string();
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (fd.value() < 0) {
        return readError(path, errno);
    }

    struct stat info {};

    if (::fstat(fd.value(), &info) != 0) {
        return readError(path, errno);
    }
    if (!S_ISREG(info.st_mode)) {
        return fail(ErrorCode::BadFile,
                    "'" + name + "' is not a file but a folder or a device.",
                    "Name a file.",
                    name);
    }
    const auto size = static_cast<std::uint64_t>(info.st_size);
    if (size > maxBytes) {
        return fail(ErrorCode::BadFile,
                    "The file '" + name + "' has " + byteSize(size) + ", at most " +
                        byteSize(maxBytes) + " were expected.",
                    "Check that it is the file you meant.",
                    name);
    }
    std::string text(static_cast<std::size_t>(size), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t count = ::read(fd.value(), text.data() + done, text.size() - done);
        if (count < 0) {
            if (errno == EINTR) {
                continue;
            }
            return readError(path, errno);
        }
        if (count == 0) {
            break;
        }
        done += static_cast<std::size_t>(count);
    }
    text.resize(done);
    return text;
}

Status writeFileAtomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
    PendingFile pending(path);
    Descriptor fd(
        ::open(pending.temporaryPath().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (fd.value() < 0) {
        return fail(writeError(path, errno));
    }
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd.value(), bytes.data(), bytes.size());
        if (count < 0) {
            if (errno == EINTR) {
                continue;
            }
            return fail(writeError(path, errno));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    if (fd.close() != 0) {
        return fail(writeError(path, errno));
    }
    return pending.commit();
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
    if (!m_committed) {
        std::error_code ignored;
        std::filesystem::remove(m_temporary, ignored);
    }
}

Status PendingFile::commit() {
    {
        Descriptor fd(::open(m_temporary.c_str(), O_RDONLY | O_CLOEXEC));
        if (fd.value() < 0 || ::fsync(fd.value()) != 0 || fd.close() != 0) {
            return fail(writeError(m_final, errno));
        }
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
