#include "core/bench/spread.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tessera::bench {

namespace {

double quantile(const std::vector<double>& sorted, double share) {
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], place - std::floor(place));
}

}  // namespace

Spread spreadOf(std::vector<double> times) {
    if (times.empty()) {
        return {};
    }
    std::ranges::sort(times);
    return {quantile(times, 0.2), quantile(times, 0.5), quantile(times, 0.8)};
}

}  // namespace tessera::bench
