#include "core/base/npy.h"

#include "core/base/check.h"
#include "core/base/file.h"
#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::base {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
// NumPy itself refuses longer headers.
constexpr std::size_t kLongestHeader = 10000;
constexpr std::size_t kAlignment = 64;

tl::unexpected<Error> badNpy(const std::filesystem::path& path, const std::string& found) {
    return fail(ErrorCode::BadFile,
                "The array file '" + path.string() + "' " + found +
                    ". Expected uint8 of the shape [frames, height, width, 3] in C order.",
                "Save the clip with numpy.save() as such an array.",
                path.string());
}

// Reads the one form of dictionary that the format allows, a Python literal with three keys.
class HeaderReader {
public:
    explicit HeaderReader(std::string_view text) : m_text(text) {}

    struct Header {
        std::string type;
        bool fortranOrder = false;
        std::vector<std::int64_t> shape;
    };

    std::optional<Header> read() {
        Header header;
        if (!take('{')) {
            return std::nullopt;
        }
        int keys = 0;
        while (!take('}')) {
            const auto key = quoted();
            if (!key || !take(':')) {
                return std::nullopt;
            }
            bool good = false;
            if (*key == "descr") {
                const auto type = quoted();
                good = type.has_value();
                header.type = type.value_or("");
            } else if (*key == "fortran_order") {
                header.fortranOrder = takeWord("True");
                good = header.fortranOrder || takeWord("False");
            } else if (*key == "shape") {
                good = readShape(header.shape);
            }
            if (!good || ++keys > 3) {
                return std::nullopt;
            }
            take(',');
        }
        skipSpace();
        return keys == 3 && m_text.empty() ? std::optional(header) : std::nullopt;
    }

private:
    void skipSpace() {
        const auto start = m_text.find_first_not_of(" \n\t");
        m_text.remove_prefix(std::min(start, m_text.size()));
    }

    bool take(char character) { return takeWord({&character, 1}); }

    bool takeWord(std::string_view word) {
        skipSpace();
        if (!m_text.starts_with(word)) {
            return false;
        }
        m_text.remove_prefix(word.size());
        return true;
    }

    std::optional<std::string> quoted() {
        for (const char quote : {'\'', '"'}) {
            if (take(quote)) {
                const auto end = m_text.find(quote);
                if (end == std::string_view::npos) {
                    return std::nullopt;
                }
                std::string text(m_text.substr(0, end));
                m_text.remove_prefix(end + 1);
                return text;
            }
        }
        return std::nullopt;
    }

    bool readShape(std::vector<std::int64_t>& shape) {
        if (!take('(')) {
            return false;
        }
        shape.clear();
        while (!take(')')) {
            skipSpace();
            std::int64_t size = 0;
            const auto result = std::from_chars(m_text.data(), m_text.data() + m_text.size(), size);
            if (result.ec != std::errc() || size < 0 || shape.size() >= 8) {
                return false;
            }
            m_text.remove_prefix(static_cast<std::size_t>(result.ptr - m_text.data()));
            shape.push_back(size);
            take(',');
        }
        return true;
    }

    std::string_view m_text;
};

}  // namespace

Status writeNpy(const std::filesystem::path& path, const FrameSequence& clip) {
    CHECK(clip.rgb.size() == clip.frameBytes() * static_cast<std::size_t>(clip.frames),
          clip.rgb.size(),
          clip.width,
          clip.height,
          clip.frames);
    std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (" +
                         std::to_string(clip.frames) + ", " + std::to_string(clip.height) + ", " +
                         std::to_string(clip.width) + ", 3), }";
    // Magic, version 1.0 and a 16-bit length stand in front; the data start on 64 bytes.
    const std::size_t prefix = kMagic.size() + 4;
    const std::size_t used = prefix + header.size() + 1;
    header.append((kAlignment - used % kAlignment) % kAlignment, ' ');
    header += '\n';
    std::vector<std::uint8_t> start(kMagic.begin(), kMagic.end());
    start.insert(start.end(),
                 {1,
                  0,
                  static_cast<std::uint8_t>(header.size() & 0xFFu),
                  static_cast<std::uint8_t>(header.size() >> 8)});
    start.insert(start.end(), header.begin(), header.end());

    PendingFile file(path);
    if (Status written = file.append(start); !written) {
        return written;
    }
    if (Status written = file.append(clip.rgb); !written) {
        return written;
    }
    return file.commit();
}

Result<FrameSequence> readNpy(const std::filesystem::path& path, double fps) {
    const Result<InputFile> file = InputFile::open(path);
    if (!file) {
        return fail(file.error());
    }
    std::array<std::uint8_t, 12> start{};
    if (file->sizeBytes() < start.size() || !file->readAt(0, start) ||
        !std::equal(kMagic.begin(), kMagic.end(), start.begin(), [](char a, std::uint8_t b) {
            return static_cast<std::uint8_t>(a) == b;
        })) {
        return badNpy(path, "does not begin like a NumPy array");
    }
    const int version = start[6];
    if (version < 1 || version > 3) {
        return badNpy(path, "is of format version " + std::to_string(version));
    }
    const std::size_t headerStart = version == 1 ? 10 : 12;
    std::size_t headerBytes = start[8] | std::size_t{start[9]} << 8;
    if (version > 1) {
        headerBytes |= std::size_t{start[10]} << 16 | std::size_t{start[11]} << 24;
    }
    if (headerBytes > kLongestHeader || headerStart + headerBytes > file->sizeBytes()) {
        return badNpy(path, "claims a header of " + std::to_string(headerBytes) + " bytes");
    }
    std::string text(headerBytes, '\0');
    const auto textBytes = std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
    if (Status read = file->readAt(headerStart, textBytes); !read) {
        return fail(read.error());
    }
    const auto header = HeaderReader(text).read();
    if (!header) {
        return badNpy(path, "has a header that cannot be read");
    }
    std::vector<std::int64_t> shape = header->shape;
    const std::string found = header->type + " of the shape " + shapeText(shape) +
                              (header->fortranOrder ? " in Fortran order" : "");
    if (shape.size() == 3) {
        shape.insert(shape.begin(), 1);
    }
    const bool isBytes = header->type == "|u1" || header->type == "u1" || header->type == "<u1";
    if (!isBytes || header->fortranOrder || shape.size() != 4 || shape[3] != 3) {
        return badNpy(path, "holds " + found);
    }
    const std::uint64_t dataBytes = file->sizeBytes() - headerStart - headerBytes;
    std::uint64_t expected = 1;
    for (const std::int64_t size : shape) {
        if (size > std::numeric_limits<int>::max() ||
            __builtin_mul_overflow(expected, static_cast<std::uint64_t>(size), &expected)) {
            return badNpy(path, "holds " + found);
        }
    }
    if (expected != dataBytes) {
        return badNpy(path,
                      "holds " + found + ", which takes " + std::to_string(expected) +
                          " bytes, but " + std::to_string(dataBytes) + " follow");
    }
    FrameSequence clip = FrameSequence::black(
        static_cast<int>(shape[2]), static_cast<int>(shape[1]), static_cast<int>(shape[0]), fps);
    if (Status read = file->readAt(headerStart + headerBytes, clip.rgb); !read) {
        return fail(read.error());
    }
    return clip;
}

}  // namespace tessera::base
