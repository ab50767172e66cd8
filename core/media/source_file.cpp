#include "core/media/source_file.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tessera::media {

namespace {

tl::unexpected<base::Error> unreadable(const std::filesystem::path& path, const std::string& why) {
    return base::fail(base::ErrorCode::BadFile,
                      "The file '" + path.string() + "' cannot be read: " + why + ".",
                      "Name a readable clip or recipe.",
                      path.string());
}

}  // namespace

base::Result<SourceFile> SourceFile::open(const std::filesystem::path& path) {
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        return base::fail(base::ErrorCode::NotFound,
                          "There is no file '" + path.string() + "'.",
                          "Check the path, or make the clip first.",
                          path.string());
    }
    if (descriptor < 0) {
        return unreadable(path, std::strerror(errno));
    }

    struct stat info {};

    const bool isKnown = ::fstat(descriptor, &info) == 0;
    SourceFile file(path, descriptor, isKnown ? static_cast<std::uint64_t>(info.st_size) : 0);
    if (!isKnown || !S_ISREG(info.st_mode)) {
        return unreadable(path, "it is a folder or a device");
    }
    return file;
}

SourceFile::SourceFile(std::filesystem::path path, int descriptor, std::uint64_t sizeBytes)
    : m_path(std::move(path)), m_descriptor(descriptor), m_sizeBytes(sizeBytes) {}

SourceFile::SourceFile(SourceFile&& other) noexcept
    : m_path(std::move(other.m_path)),
      m_descriptor(std::exchange(other.m_descriptor, -1)),
      m_sizeBytes(other.m_sizeBytes) {}

SourceFile& SourceFile::operator=(SourceFile&& other) noexcept {
    std::swap(m_path, other.m_path);
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_sizeBytes, other.m_sizeBytes);
    return *this;
}

SourceFile::~SourceFile() {
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

base::Result<std::vector<std::uint8_t>> SourceFile::read(std::uint64_t offset,
                                                         std::uint64_t count) const {
    if (offset > m_sizeBytes || count > m_sizeBytes - offset) {
        return unreadable(m_path,
                          "it has " + std::to_string(m_sizeBytes) + " bytes, and " +
                              std::to_string(count) + " from byte " + std::to_string(offset) +
                              " were asked for");
    }
    std::vector<std::uint8_t> bytes(count);
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::pread(m_descriptor,
                                    bytes.data() + done,
                                    bytes.size() - done,
                                    static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return unreadable(m_path, got < 0 ? std::strerror(errno) : "it became shorter");
        }
        done += static_cast<std::size_t>(got);
    }
    return bytes;
}

}  // namespace tessera::media
