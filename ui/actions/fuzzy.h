#pragma once

// How well typed letters fit a text: the letters must occur in it in order, and those at the start
// of words or next to each other count more. Any thread.

#include <QString>

#include <optional>
#include <vector>

namespace tessera::ui {

struct FuzzyMatch {
    int score = 0;               // larger fits better
    std::vector<int> positions;  // of the matched letters, ascending
};

// Empty when a letter is missing. Blanks in `typed` are passed over; case does not matter.
std::optional<FuzzyMatch> fuzzyMatch(const QString& typed, const QString& text);

}  // namespace tessera::ui
