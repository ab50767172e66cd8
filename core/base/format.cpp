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

// Length of the well-formed UTF-8 sequence at the start of `text` (Unicode 15, table 3-7); 0 when
// there is none.
std::size_t sequenceLength(std::string_view text) {
    const auto byte = [text](std::size_t i) {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
    };
    const auto follows = [byte](std::size_t i, std::uint8_t low = 0x80, std::uint8_t high = 0xBF) {
        return byte(i) >= low && byte(i) <= high;
    };
    const std::uint8_t first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return follows(1) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        const std::uint8_t low = first == 0xE0 ? 0xA0 : 0x80;
        const std::uint8_t high = first == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const std::uint8_t low = first == 0xF0 ? 0x90 : 0x80;
        const std::uint8_t high = first == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

// Control characters of ASCII and of Latin-1 (U+0080 to U+009F): some terminals obey both.
bool isControl(std::string_view sequence) {
    const auto first = static_cast<std::uint8_t>(sequence[0]);
    return first < 0x20 || first == 0x7F ||
           (first == 0xC2 && static_cast<std::uint8_t>(sequence[1]) < 0xA0);
}

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

std::string printable(std::string_view text, std::size_t maxBytes) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = sequenceLength(text);
        const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
        if (out.size() + sequence.size() > maxBytes) {
            return out.append("...");
        }
        out.append(length == 0 || isControl(sequence) ? std::string_view("?") : sequence);
        text.remove_prefix(sequence.size());
    }
    return out;
}

}  // namespace tessera::base
