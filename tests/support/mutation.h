#pragma once

// Damaged copies of good files, the same for the same seed: what a broken disk, a cut download or
// a hostile author would leave.

#include <cstdint>
#include <string>

namespace tessera::tests {

// A copy with one to four kinds of damage: flipped bits, cut or added bytes, changed numbers,
// doubled or nested JSON. `prefixBytes` in front hold a little-endian length (0 for plain text),
// which is sometimes changed and sometimes made to fit again.
std::string damaged(const std::string& good, std::uint64_t seed, std::size_t prefixBytes);

}  // namespace tessera::tests
