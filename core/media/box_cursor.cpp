#include "core/media/box_cursor.h"

#include "core/media/big_endian.h"

namespace tessera::media {

namespace {

// A file of ours has four boxes at its top, a fragmented film a few thousand. The limit bounds the
// time that a file made of empty boxes can take.
constexpr int kMaxTopBoxes = 100'000;

// The index of a film of ten hours takes about this much; it is held in memory whole.
constexpr std::uint64_t kMaxMovieBytes = 64u << 20;

}  // namespace

std::string boxName(std::uint32_t type) {
    std::string name = "\"";
    for (int shift = 24; shift >= 0; shift -= 8) {
        const auto letter = static_cast<unsigned char>(type >> shift);
        name += letter >= 0x20 && letter < 0x7F ? static_cast<char>(letter) : '?';
    }
    return name + "\"";
}

base::Error badBox(const std::string& what) {
    return {base::ErrorCode::BadFile,
            "The file is not a sound MP4: " + what + ".",
            "Use a whole copy of the clip, or make it again from its recipe.",
            {}};
}

base::Result<Box> parseBoxHeader(std::span<const std::uint8_t> header,
                                 std::uint64_t start,
                                 std::uint64_t parentSize,
                                 BoxPlace place) {
    const std::uint64_t left = parentSize - start;
    Box box;
    box.start = start;
    box.headerBytes = 8;
    box.size = readU32(header, 0);
    box.type = readU32(header, 4);
    if (box.size == 1) {
        if (header.size() < 16) {
            return base::fail(badBox("the box " + boxName(box.type) + " at byte " +
                                     std::to_string(start) + " ends inside its 64-bit size"));
        }
        box.headerBytes = 16;
        box.size = readU64(header, 8);
    } else if (box.size == 0 && place == BoxPlace::File) {
        box.size = left;
    }
    if (box.size < box.headerBytes || box.size > left) {
        return base::fail(badBox("the box " + boxName(box.type) + " at byte " +
                                 std::to_string(start) + " claims " + std::to_string(box.size) +
                                 " bytes where " + std::to_string(box.headerBytes) + " to " +
                                 std::to_string(left) + " are possible"));
    }
    return box;
}

base::Result<bool> BoxCursor::next(Box& box) {
    const std::uint64_t left = m_bytes.size() - m_position;
    if (left == 0) {
        return false;
    }
    if (m_place == BoxPlace::User && left == 4 && readU32(m_bytes, m_position) == 0) {
        return false;
    }
    if (left < 8) {
        return base::fail(badBox("after byte " + std::to_string(m_position) + " there are only " +
                                 std::to_string(left) + " bytes where a box of 8 or more begins"));
    }
    auto parsed = parseBoxHeader(m_bytes.subspan(m_position), m_position, m_bytes.size(), m_place);
    if (!parsed) {
        return base::fail(parsed.error());
    }
    box = *parsed;
    m_position = box.end();
    return true;
}

base::Status TopBoxes::add(const Box& box) {
    if (++m_count > kMaxTopBoxes) {
        return base::fail(
            badBox("it has more than " + std::to_string(kMaxTopBoxes) + " boxes at its top"));
    }
    if (box.type == boxType("moov")) {
        if (m_movie.size != 0) {
            return base::fail(badBox("it has two movie boxes"));
        }
        m_movie = box;
    }
    return {};
}

base::Result<Box> TopBoxes::movie() const {
    if (m_movie.size == 0) {
        return base::fail(badBox("it has no movie box"));
    }
    if (m_movie.size > kMaxMovieBytes) {
        return base::fail(badBox("its movie box takes " + std::to_string(m_movie.size) +
                                 " bytes where at most " + std::to_string(kMaxMovieBytes) +
                                 " were expected"));
    }
    return m_movie;
}

std::span<const std::uint8_t> body(std::span<const std::uint8_t> parent, const Box& box) {
    return parent.subspan(box.start + box.headerBytes, box.size - box.headerBytes);
}

}  // namespace tessera::media
