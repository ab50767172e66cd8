#pragma once

// Numbers and sizes as the window shows them (look.md, 6): the same in every locale. What is copied
// is plain digits again: plain(). Any thread.

#include <QString>

#include <cstdint>
#include <optional>

namespace tessera::ui {

inline constexpr QChar kThinSpace{0x202F};  // groups of three digits, from four digits
inline constexpr QChar kMinus{0x2212};
inline constexpr QChar kUnknown{0x2013};  // en dash

QString number(std::int64_t value);           // "28 800"
QString decimal(double value, int decimals);  // "-0.12" with a true minus
QString seconds(double seconds);              // "735 ms", "17.1 s", "11 min 18 s"
QString readOut(double seconds);  // for tables and read-outs: "200.4 s" up to 999 s, then as above
QString estimate(double seconds, double plusMinus);  // "17.1 s ± 1.2 s"
QString plusMinus(double seconds);                   // "± 1.2 s"
QString bytes(std::uint64_t bytes);                  // "1.4 MB", "1.1 GB" (powers of 1000)
QString ratio(double ratio);                         // "2.92×"
QString percent(double fraction, int decimals = 0);  // "57 %"
// "skips 45.47 % (keeps 54.53 %) of 128-blocks"
QString skips(double blockSparsity, std::int64_t block = 128);
QString size(int width, int height);                     // "384 × 256"
QString compactSize(int width, int height, int frames);  // "384×256×29"
QString shortHash(const QString& hash);                  // "41ce…7b02"
QString delta(double value);                             // "+1.3", "−0.4"

// The digits of a text that number() or decimal() made, as a program reads them.
QString plain(const QString& shown);

// A whole number typed or pasted with or without group spaces; empty when it is none.
std::optional<std::int64_t> readNumber(const QString& text);

}  // namespace tessera::ui
