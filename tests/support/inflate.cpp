#include "tests/support/inflate.h"

#include <cstddef>

namespace tessera::tests {
namespace {

class BitReader {
public:
    explicit BitReader(std::span<const std::uint8_t> bytes) : m_bytes(bytes) {}

    std::uint32_t bits(int count) {
        std::uint32_t value = 0;
        for (int i = 0; i < count; ++i) {
            value |= bit() << i;
        }
        return value;
    }

    std::uint32_t codeBits(int count) {
        std::uint32_t value = 0;
        for (int i = 0; i < count; ++i) {
            value = value << 1 | bit();
        }
        return value;
    }

    bool isOver() const { return m_isOver; }

    std::size_t bytesUsed() const { return (m_position + 7) / 8; }

private:
    std::uint32_t bit() {
        const std::size_t byte = m_position / 8;
        if (byte >= m_bytes.size()) {
            m_isOver = true;
            return 0;
        }
        const auto value = static_cast<std::uint32_t>(m_bytes[byte] >> (m_position % 8)) & 1u;
        ++m_position;
        return value;
    }

    std::span<const std::uint8_t> m_bytes;
    std::size_t m_position = 0;
    bool m_isOver = false;
};

// RFC 1951, 3.2.6: codes of 7 bits are 256.., of 8 bits 0..143 and 280.., of 9 bits 144..255.
std::uint32_t fixedSymbol(BitReader& reader) {
    std::uint32_t code = reader.codeBits(7);
    if (code <= 0x17) {
        return 256 + code;
    }
    code = code << 1 | reader.codeBits(1);
    if (code >= 0x30 && code <= 0xBF) {
        return code - 0x30;
    }
    if (code >= 0xC0 && code <= 0xC7) {
        return 280 + code - 0xC0;
    }
    code = code << 1 | reader.codeBits(1);
    return 144 + code - 0x190;
}

// Lengths and distances worked out from the rule of the format rather than from a table: groups of
// codes share a count of extra bits.
std::uint32_t matchLength(BitReader& reader, std::uint32_t symbol) {
    if (symbol == 285) {
        return 258;
    }
    const std::uint32_t code = symbol - 257;
    if (code < 8) {
        return 3 + code;
    }
    const std::uint32_t extra = code / 4 - 1;
    return 3 + ((4 + code % 4) << extra) + reader.bits(static_cast<int>(extra));
}

std::uint32_t matchDistance(BitReader& reader) {
    const std::uint32_t code = reader.codeBits(5);
    if (code < 4) {
        return 1 + code;
    }
    const std::uint32_t extra = code / 2 - 1;
    return 1 + ((2 + code % 2) << extra) + reader.bits(static_cast<int>(extra));
}

std::uint32_t adler(std::span<const std::uint8_t> bytes) {
    std::uint64_t a = 1;
    std::uint64_t b = 0;
    for (const std::uint8_t byte : bytes) {
        a = (a + byte) % 65521;
        b = (b + a) % 65521;
    }
    return static_cast<std::uint32_t>(b << 16 | a);
}

bool readFixedBlock(BitReader& reader, std::vector<std::uint8_t>& out) {
    while (!reader.isOver()) {
        const std::uint32_t symbol = fixedSymbol(reader);
        if (symbol < 256) {
            out.push_back(static_cast<std::uint8_t>(symbol));
            continue;
        }
        if (symbol == 256) {
            return true;
        }
        const std::uint32_t length = matchLength(reader, symbol);
        const std::uint32_t distance = matchDistance(reader);
        if (symbol > 285 || distance > out.size() || distance > 32768) {
            return false;
        }
        for (std::uint32_t i = 0; i < length; ++i) {
            out.push_back(out[out.size() - distance]);
        }
    }
    return false;
}

}  // namespace

std::optional<std::vector<std::uint8_t>> inflate(std::span<const std::uint8_t> stream) {
    if (stream.size() < 6 || (stream[0] & 15) != 8 || (stream[0] * 256 + stream[1]) % 31 != 0) {
        return std::nullopt;
    }
    BitReader reader(stream.subspan(2));
    std::vector<std::uint8_t> out;
    bool isLast = false;
    while (!isLast) {
        isLast = reader.bits(1) == 1;
        if (reader.bits(2) != 1 || !readFixedBlock(reader, out)) {
            return std::nullopt;
        }
    }
    const std::size_t end = 2 + reader.bytesUsed();
    if (end + 4 != stream.size()) {
        return std::nullopt;
    }
    std::uint32_t check = 0;
    for (std::size_t i = end; i < stream.size(); ++i) {
        check = check << 8 | stream[i];
    }
    return check == adler(out) ? std::optional(out) : std::nullopt;
}

}  // namespace tessera::tests
