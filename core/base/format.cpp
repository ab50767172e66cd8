#include "core/base/format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace tessera::base {
namespace {

// A double has at most 309 digits before the point; decimals are limited to 30 behind it.
constexpr std::size_t kLongestFixed = 352;
constexpr int kMostDecimals = 30;

// Below this, hundredths of a second say nothing, and from there on minutes read better
// (look.md, 6).
constexpr double kShowMillisecondsBelow = 0.01;
constexpr double kShowMinutesFrom = 90.0;

std::string twoDigits(long long value) {
    std::string text(value < 10 ? "0" : "");
    return text.append(std::to_string(value));
}

}  // namespace

std::string fixed(double value, int decimals) {
    if (std::isnan(value)) {
        return "nan";
    }
    if (std::isinf(value)) {
        return value < 0 ? "-inf" : "inf";
    }
    std::array<char, kLongestFixed> buffer{};
    const auto end = std::to_chars(buffer.data(),
                                   buffer.data() + buffer.size(),
                                   value,
                                   std::chars_format::fixed,
                                   std::clamp(decimals, 0, kMostDecimals));
    std::string text(buffer.data(), end.ptr);
    if (text.front() == '-' && text.find_first_not_of("-0.") == std::string::npos) {
        text.erase(0, 1);  // "-0.00" is 0.00
    }
    return text;
}

std::string byteSize(std::uint64_t bytes) {
    if (bytes < 1000) {
        return std::to_string(bytes) + " B";
    }
    constexpr std::array kUnits{" kB", " MB", " GB", " TB", " PB", " EB"};
    auto value = static_cast<double>(bytes) / 1000.0;
    std::size_t unit = 0;
    // 999.5 would be printed as 1000: such a value takes the next unit.
    while (value >= 999.5 && unit + 1 < kUnits.size()) {
        value /= 1000.0;
        ++unit;
    }
    return fixed(value, value < 99.95 ? 1 : 0) + kUnits[unit];
}

std::string duration(double seconds) {
    if (!std::isfinite(seconds)) {
        return fixed(seconds, 0) + " s";
    }
    if (seconds < 0) {
        return std::string("-").append(duration(-seconds));
    }
    if (seconds > 0 && seconds < kShowMillisecondsBelow) {
        return fixed(seconds * 1000.0, 2) + " ms";
    }
    if (seconds < kShowMinutesFrom) {
        return fixed(seconds, seconds < 0.995 ? 2 : 1) + " s";
    }
    // Beyond this many seconds a count of hours is no longer exact anyway.
    const long long whole = std::llround(std::min(seconds, 1e15));
    if (whole < 3600) {
        return std::to_string(whole / 60) + " min " + twoDigits(whole % 60) + " s";
    }
    const long long minutes = (whole + 30) / 60;
    return std::to_string(minutes / 60) + " h " + twoDigits(minutes % 60) + " min";
}

std::string percent(double fraction, int decimals) {
    return fixed(fraction * 100.0, decimals) + " %";
}

std::string hex64(std::uint64_t value) {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string text(16, '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, value >>= 4) {
        *digit = kDigits[value & 15u];
    }
    return text;
}

std::string shapeText(std::span<const std::int64_t> shape) {
    std::string text = "[";
    for (const std::int64_t size : shape) {
        text.append(text.size() > 1 ? ", " : "").append(std::to_string(size));
    }
    return text + "]";
}

}  // namespace tessera::base
