#pragma once

// Reads zlib streams of fixed-code blocks, so that tests can check what the PNG writer
// wrote against the format and not against the writer.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tessera::tests {

// The decompressed bytes; empty optional when the stream is wrong anywhere, its checksum included.
std::optional<std::vector<std::uint8_t>> inflate(std::span<const std::uint8_t> stream);

}  // namespace tessera::tests
