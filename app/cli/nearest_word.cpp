#include "app/cli/nearest_word.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace tessera::cli {

// Optimal string alignment: Damerau's distance where no part is edited twice, on three rows.
int editDistance(std::string_view from, std::string_view to) {
    const std::size_t columns = to.size() + 1;
    std::vector<int> beforeLast(columns);
    std::vector<int> last(columns);
    std::vector<int> row(columns);
    for (std::size_t j = 0; j < columns; ++j) {
        row[j] = static_cast<int>(j);
    }
    for (std::size_t i = 1; i <= from.size(); ++i) {
        std::swap(beforeLast, last);
        std::swap(last, row);
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j < columns; ++j) {
            const int replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
                row[j] = std::min(row[j], beforeLast[j - 2] + 1);
            }
        }
    }
    return row[to.size()];
}

std::string nearestWord(std::string_view typed, std::span<const std::string> known) {
    std::string best;
    int bestDistance = std::numeric_limits<int>::max();
    for (const std::string& word : known) {
        const bool isBeginning = typed.size() >= 2 && word.starts_with(typed);
        const int distance = isBeginning ? 0 : editDistance(typed, word);
        const auto allowed = static_cast<int>(std::max<std::size_t>(1, (word.size() + 2) / 3));
        if (distance <= allowed && distance < bestDistance) {
            best = word;
            bestDistance = distance;
        }
    }
    return best;
}

}  // namespace tessera::cli
