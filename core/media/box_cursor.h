#pragma once

// Walks the boxes of an MP4 (ISO/IEC 14496-12, 4.2) one after another without allocating, and
// refuses every size that does not fit. Internal to media. Any thread.

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tessera::media {

// 'moov' as a number, the way it stands in the file.
constexpr std::uint32_t boxType(const char (&name)[5]) {
    std::uint32_t type = 0;
    for (int i = 0; i < 4; ++i) {
        type = (type << 8) | static_cast<unsigned char>(name[i]);
    }
    return type;
}

// The names under which a clip's texts stand in the file, and the type of a UTF-8 value.
inline constexpr std::string_view kRecipeKey = "org.tessera.recipe";
inline constexpr std::string_view kParametersKey = "parameters";
inline constexpr std::uint32_t kCommentAtom = 0xA9636D74;  // (c)cmt of iTunes
inline constexpr std::uint32_t kUtf8Value = 1;             // well-known type of a "data" box

// The type in quotes for messages, other than printable bytes as '?'.
std::string boxName(std::uint32_t type);

struct Box {
    std::uint32_t type = 0;
    std::uint64_t start = 0;  // of its header, in the bytes walked
    std::uint64_t headerBytes = 0;
    std::uint64_t size = 0;  // with the header

    std::uint64_t end() const { return start + size; }
};

enum class BoxPlace {
    File,    // a size of 0 means "to the end"
    Inside,  // a size of 0 is an error
    User,    // inside 'udta', which QuickTime ends with four zero bytes
};

// A header that starts at `start` of a parent of `parentSize` bytes. `header` holds the bytes from
// there on, 16 of them or all that the parent has left; at least 8. BadFile.
base::Result<Box> parseBoxHeader(std::span<const std::uint8_t> header,
                                 std::uint64_t start,
                                 std::uint64_t parentSize,
                                 BoxPlace place);

class BoxCursor {
public:
    BoxCursor(std::span<const std::uint8_t> bytes, BoxPlace place)
        : m_bytes(bytes), m_place(place) {}

    // True with the next box, false at the end. BadFile when what follows is no box.
    base::Result<bool> next(Box& box);

private:
    std::span<const std::uint8_t> m_bytes;
    BoxPlace m_place;
    std::uint64_t m_position = 0;
};

// Counts the boxes at the top of a file and keeps the one movie box.
class TopBoxes {
public:
    base::Status add(const Box& box);

    // BadFile when there is none, or when it is too large to hold.
    base::Result<Box> movie() const;

private:
    int m_count = 0;
    Box m_movie;
};

// What is inside the box; `parent` are the bytes that the box was found in.
std::span<const std::uint8_t> body(std::span<const std::uint8_t> parent, const Box& box);

base::Error badBox(const std::string& what);

}  // namespace tessera::media
