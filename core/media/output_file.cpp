#include "core/media/output_file.h"

#include "core/base/format.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tessera::media {

namespace {

namespace fs = std::filesystem;

// The folder where the disk of `folder` is mounted: the last one upwards on the same device.
fs::path mountPoint(const fs::path& folder) {
    std::error_code failure;
    fs::path place = fs::absolute(folder, failure).lexically_normal();

    struct stat here {};

    if (failure || ::stat(place.c_str(), &here) != 0) {
        return folder;
    }
    while (place.has_relative_path()) {
        const fs::path parent = place.parent_path();

        struct stat above {};

        if (::stat(parent.c_str(), &above) != 0 || above.st_dev != here.st_dev) {
            break;
        }
        place = parent;
    }
    return place;
}

fs::path folderOf(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

base::Error noRoom(const fs::path& path, std::uint64_t bytesNeeded) {
    const fs::path folder = folderOf(path);
    std::error_code failure;
    const auto space = fs::space(folder, failure);
    const std::string left = failure ? "less" : base::byteSize(space.available);
    return {base::ErrorCode::NoSpace,
            "No room for the video: " + base::byteSize(bytesNeeded) + " needed, " + left +
                " free on " + mountPoint(folder).string() + ".",
            "Free some space or choose another folder.",
            path.string()};
}

base::Result<OutputFile> OutputFile::create(const fs::path& path) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        return base::fail(base::writeError(path, EISDIR));
    }
    OutputFile file(path, std::make_unique<base::PendingFile>(path));
    if (auto written = file.write({}); !written) {
        return base::fail(written.error());
    }
    return file;
}

OutputFile::OutputFile(fs::path path, std::unique_ptr<base::PendingFile> pending)
    : m_path(std::move(path)), m_pending(std::move(pending)) {}

base::Error OutputFile::writeError(int errnoValue) const {
    // EFBIG: the file system or the user's limit takes no file of this size.
    if (errnoValue != ENOSPC && errnoValue != EDQUOT && errnoValue != EFBIG) {
        return base::writeError(m_path, errnoValue);
    }
    // What is there of the file goes first: its bytes count as free.
    std::error_code ignored;
    fs::resize_file(temporaryPath(), 0, ignored);
    return noRoom(m_path, m_bytesNeeded);
}

base::Status OutputFile::write(std::span<const std::uint8_t> bytes) {
    m_bytesNeeded = bytes.size();
    const int descriptor =
        ::open(temporaryPath().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        return base::fail(writeError(errno));
    }
    int error = 0;
    while (!bytes.empty() && error == 0) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    // close() too may report a write that was delayed.
    if (::close(descriptor) != 0 && error == 0) {
        error = errno;
    }
    return error == 0 ? base::Status{} : base::fail(writeError(error));
}

base::Status OutputFile::commit() {
    auto committed = m_pending->commit();
    if (!committed && committed.error().code == base::ErrorCode::NoSpace) {
        return base::fail(writeError(ENOSPC));
    }
    return committed;
}

base::Error cancelled() {
    return {base::ErrorCode::Cancelled,
            "The clip was cancelled before it was whole.",
            "Start it again when you want it.",
            {}};
}

}  // namespace tessera::media
