#pragma once

// Numbers and sizes as text, the same in every locale (look.md, 6, in ASCII). Any thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tessera::base {

std::string fixed(double value, int decimals);  // 12.30; never in exponent form
std::string byteSize(std::uint64_t bytes);      // "212 MB", "1.3 GB" (powers of 1000, three digits)
std::string duration(double seconds);           // "0.84 s", "12.3 s", "2 min 05 s"
std::string percent(double fraction, int decimals = 2);      // "45.47 %"
std::string hex64(std::uint64_t value);                      // 16 lower-case digits
std::string shapeText(std::span<const std::int64_t> shape);  // "[48, 256]"

// Text of a stranger for a message: control characters and bytes that are not UTF-8 become '?', and
// what is longer than maxBytes ends in "...".
std::string printable(std::string_view text, std::size_t maxBytes = 600);

}  // namespace tessera::base
