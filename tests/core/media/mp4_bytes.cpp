#include "tests/core/media/mp4_bytes.h"

#include "core/media/big_endian.h"

#include <algorithm>

namespace tessera::media {

ByteVector box(const std::string& type, const ByteVector& content) {
    ByteVector out;
    appendU32(out, static_cast<std::uint32_t>(content.size() + 8));
    appendText(out, type);
    appendBytes(out, content);
    return out;
}

ByteVector joined(const std::vector<ByteVector>& parts) {
    ByteVector out;
    for (const ByteVector& part : parts) {
        appendBytes(out, part);
    }
    return out;
}

ByteVector numbers32(const std::vector<std::uint32_t>& values) {
    ByteVector out;
    for (const std::uint32_t value : values) {
        appendU32(out, value);
    }
    return out;
}

ByteVector textBytes(const std::string& text) {
    return {text.begin(), text.end()};
}

ByteVector track(const std::string& table, const std::vector<std::uint64_t>& offsets) {
    ByteVector content = numbers32({0, static_cast<std::uint32_t>(offsets.size())});
    for (const std::uint64_t offset : offsets) {
        if (table == "co64") {
            appendU32(content, static_cast<std::uint32_t>(offset >> 32));
        }
        appendU32(content, static_cast<std::uint32_t>(offset));
    }
    return box("trak", box("mdia", box("minf", box("stbl", box(table, content)))));
}

ByteVector plainMp4(const std::string& pictures, const std::string& table) {
    const ByteVector start = box("ftyp", textBytes("isom....isom"));
    const std::uint64_t offset = start.size() + 8;
    return joined({start,
                   box("mdat", textBytes(pictures)),
                   box("moov", joined({box("mvhd", ByteVector(100)), track(table, {offset})}))});
}

std::string firstChunk(const ByteVector& mp4, const std::string& table, std::size_t count) {
    const auto at = std::search(mp4.begin(), mp4.end(), table.begin(), table.end());
    if (mp4.end() - at < (table == "co64" ? 20 : 16)) {
        return {};
    }
    const auto entry = static_cast<std::size_t>(at - mp4.begin()) + 12;
    const std::uint64_t offset = table == "co64" ? readU64(mp4, entry) : readU32(mp4, entry);
    if (offset > mp4.size() || mp4.size() - offset < count) {
        return {};
    }
    return std::string(asText(std::span(mp4).subspan(offset, count)));
}

}  // namespace tessera::media
