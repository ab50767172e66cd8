#pragma once

// A zlib stream without a library: LZ77 with hash chains and the fixed Huffman codes of RFC 1951.
// Small and deterministic; the PNG writer is its caller. Values only: any thread.

#include <cstdint>
#include <span>
#include <vector>

namespace tessera::base {

// The bytes as one zlib stream (RFC 1950) of one final block.
std::vector<std::uint8_t> zlibCompress(std::span<const std::uint8_t> bytes);

// CRC-32 of RFC 1952, continued from `crc` (0 at the start).
std::uint32_t crc32(std::span<const std::uint8_t> bytes, std::uint32_t crc = 0);

}  // namespace tessera::base
