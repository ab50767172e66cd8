#pragma once

// Big-endian integers and text in byte buffers, as MP4 and PNG store them. Internal to media; the
// caller checks that the bytes exist. Any thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tessera::media {

std::uint32_t readU32(std::span<const std::uint8_t> bytes, std::size_t offset);
std::uint64_t readU64(std::span<const std::uint8_t> bytes, std::size_t offset);
void writeU32(std::span<std::uint8_t> bytes, std::size_t offset, std::uint32_t value);
void writeU64(std::span<std::uint8_t> bytes, std::size_t offset, std::uint64_t value);
void appendU32(std::vector<std::uint8_t>& bytes, std::uint32_t value);
void appendText(std::vector<std::uint8_t>& bytes, std::string_view text);
void appendBytes(std::vector<std::uint8_t>& bytes, std::span<const std::uint8_t> more);

// The bytes as characters, not copied.
std::string_view asText(std::span<const std::uint8_t> bytes);

// Well-formed UTF-8 by the Unicode standard's table 3-7: no overlong form, no surrogate.
bool isUtf8(std::string_view text);

}  // namespace tessera::media
