#include "ui/numbers.h"

#include <array>
#include <cmath>

namespace tessera::ui {
namespace {

constexpr double kSentenceSeconds = 90.0;
constexpr double kMinute = 60.0;
constexpr double kHour = 3600.0;
constexpr qsizetype kHashEnds = 4;

// Digits without sign in groups of three; what follows a point is left alone.
QString grouped(const QString& digits) {
    const qsizetype point = digits.indexOf(QLatin1Char('.'));
    const qsizetype whole = point < 0 ? digits.size() : point;
    if (whole < 4) {
        return digits;
    }
    QString text = digits;
    for (qsizetype at = whole - 3; at > 0; at -= 3) {
        text.insert(at, kThinSpace);
    }
    return text;
}

bool isZero(const QString& digits) {
    for (const QChar digit : digits) {
        if (digit != QLatin1Char('0') && digit != QLatin1Char('.')) {
            return false;
        }
    }
    return true;
}

QString withUnit(const QString& value, const char* unit) {
    return value + QLatin1Char(' ') + QLatin1String(unit);
}

// From 90 s. Seconds are whole, and minutes from an hour on.
QString longTime(double seconds) {
    if (std::round(seconds) < kHour) {
        const auto whole = static_cast<std::int64_t>(std::llround(seconds));
        return withUnit(number(whole / 60), "min ") + withUnit(number(whole % 60), "s");
    }
    const auto minutes = static_cast<std::int64_t>(std::llround(seconds / kMinute));
    return withUnit(number(minutes / 60), "h ") + withUnit(number(minutes % 60), "min");
}

QString milliseconds(double seconds) {
    const double value = seconds * 1000.0;
    // A kernel's time of 0.43 ms would be nothing when rounded.
    const int decimals = value > 0.0 && value < 9.95 ? (value < 0.995 ? 2 : 1) : 0;
    return withUnit(decimal(value, decimals), "ms");
}

QString shortTime(double seconds) {
    return seconds < 0.9995 ? milliseconds(seconds) : withUnit(decimal(seconds, 1), "s");
}

bool isSpace(QChar character) {
    return character == kThinSpace || character.isSpace();
}

}  // namespace

QString number(std::int64_t value) {
    const QString digits = QString::number(value);
    return value < 0 ? kMinus + grouped(digits.mid(1)) : grouped(digits);
}

QString decimal(double value, int decimals) {
    if (!std::isfinite(value)) {
        return kUnknown;
    }
    const QString digits = QString::number(std::abs(value), 'f', decimals);
    return value < 0.0 && !isZero(digits) ? kMinus + grouped(digits) : grouped(digits);
}

QString seconds(double seconds) {
    if (!std::isfinite(seconds)) {
        return kUnknown;
    }
    const double value = std::abs(seconds);
    const QString text = value + 0.05 < kSentenceSeconds ? shortTime(value) : longTime(value);
    return seconds < 0.0 ? kMinus + text : text;
}

QString readOut(double seconds) {
    constexpr double kLongestInSeconds = 999.5;
    return seconds + 0.05 >= kSentenceSeconds && seconds < kLongestInSeconds
               ? withUnit(decimal(seconds, 1), "s")
               : tessera::ui::seconds(seconds);
}

QString plusMinus(double seconds) {
    return QStringLiteral("± ") + tessera::ui::seconds(seconds);
}

QString estimate(double seconds, double plusMinus) {
    QString value = tessera::ui::seconds(seconds);
    if (!std::isfinite(seconds) || !std::isfinite(plusMinus) || plusMinus <= 0.0) {
        return value;
    }
    // Both in one unit: "17.1 s ± 0.7 s".
    const bool isShort = seconds >= 0.9995 && seconds + 0.05 < kSentenceSeconds;
    const bool isTenths = isShort && plusMinus < 0.9995;
    return value + QLatin1Char(' ') +
           (isTenths ? QStringLiteral("± ") + withUnit(decimal(plusMinus, 1), "s")
                     : tessera::ui::plusMinus(plusMinus));
}

QString bytes(std::uint64_t bytes) {
    constexpr std::array<const char*, 6> kUnits = {"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000) {
        return withUnit(number(static_cast<std::int64_t>(bytes)), "B");
    }
    double value = static_cast<double>(bytes) / 1000.0;
    std::size_t unit = 0;
    // 999 960 bytes are 1.0 MB, not 1 000.0 kB.
    while (value >= 999.95 && unit + 1 < kUnits.size()) {
        value /= 1000.0;
        ++unit;
    }
    return withUnit(decimal(value, 1), kUnits[unit]);
}

QString ratio(double ratio) {
    return std::isfinite(ratio) ? decimal(ratio, 2) + QStringLiteral("×") : QString(kUnknown);
}

QString percent(double fraction, int decimals) {
    return std::isfinite(fraction) ? withUnit(decimal(fraction * 100.0, decimals), "%")
                                   : QString(kUnknown);
}

QString skips(double blockSparsity, std::int64_t block) {
    if (!std::isfinite(blockSparsity)) {
        return kUnknown;
    }
    // The rounded share and its rest always make 100.
    const double skipped = std::round(blockSparsity * 10'000.0) / 10'000.0;
    return QStringLiteral("skips %1 (keeps %2) of %3-blocks")
        .arg(percent(skipped, 2), percent(1.0 - skipped, 2), QString::number(block));
}

QString size(int width, int height) {
    return QStringLiteral("%1 × %2").arg(number(width), number(height));
}

QString compactSize(int width, int height, int frames) {
    return QStringLiteral("%1×%2×%3").arg(number(width), number(height), number(frames));
}

QString shortHash(const QString& hash) {
    if (hash.size() <= 2 * kHashEnds + 1) {
        return hash;
    }
    return hash.left(kHashEnds) + QChar(0x2026) + hash.right(kHashEnds);
}

QString delta(double value) {
    const QString text = decimal(value, 1);
    const bool isSigned = !std::isfinite(value) || text.startsWith(kMinus) || isZero(text);
    return isSigned ? text : QLatin1Char('+') + text;
}

QString plain(const QString& shown) {
    QString text;
    text.reserve(shown.size());
    for (const QChar character : shown) {
        if (character == kMinus) {
            text += QLatin1Char('-');
        } else if (character != kThinSpace && character != kUnknown) {
            text += character;
        }
    }
    return text;
}

std::optional<std::int64_t> readNumber(const QString& text) {
    QString digits;
    for (const QChar character : text.trimmed()) {
        if (character >= QLatin1Char('0') && character <= QLatin1Char('9')) {
            digits += character;
        } else if (digits.isEmpty() && (character == kMinus || character == QLatin1Char('-'))) {
            digits += QLatin1Char('-');
        } else if (!isSpace(character) || digits.isEmpty()) {
            return std::nullopt;
        }
    }
    bool isNumber = false;
    const qlonglong value = digits.toLongLong(&isNumber);
    return isNumber ? std::optional<std::int64_t>(value) : std::nullopt;
}

}  // namespace tessera::ui
