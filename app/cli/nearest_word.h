#pragma once

// The answer to a mistyped word: the nearest one that exists.

#include <span>
#include <string>
#include <string_view>

namespace tessera::cli {

// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
int editDistance(std::string_view from, std::string_view to);

// The word of `known` with the smallest distance, also when `typed` is its beginning; empty when
// none is near (more than a third of the letters differ).
std::string nearestWord(std::string_view typed, std::span<const std::string> known);

}  // namespace tessera::cli
