#include "core/base/format.h"

#include <clocale>
#include <limits>

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

TEST(Format, FixedKeepsItsDecimalsAndNeverUsesAnExponent) {
    EXPECT_EQ(fixed(12.3, 2), "12.30");
    EXPECT_EQ(fixed(1e21, 0), "1000000000000000000000");
    EXPECT_EQ(fixed(1e-9, 3), "0.000");
    EXPECT_EQ(fixed(-1e-9, 3), "0.000");
    EXPECT_EQ(fixed(-0.5, 1), "-0.5");
    EXPECT_EQ(fixed(std::numeric_limits<double>::max(), 40).size(), 309u + 1u + 30u);
    EXPECT_EQ(fixed(std::numeric_limits<double>::quiet_NaN(), 2), "nan");
    EXPECT_EQ(fixed(-std::numeric_limits<double>::infinity(), 2), "-inf");
}

TEST(Format, NumbersDoNotFollowTheLocale) {
    const std::string before = std::setlocale(LC_ALL, nullptr);
    std::setlocale(LC_ALL, "de_DE.UTF-8");
    EXPECT_EQ(fixed(1234.5, 1), "1234.5");
    EXPECT_EQ(byteSize(1300000000), "1.3 GB");
    std::setlocale(LC_ALL, before.c_str());
}

TEST(Format, ByteSizesTakeTheNextUnitWhenTheyRoundToIt) {
    EXPECT_EQ(byteSize(0), "0 B");
    EXPECT_EQ(byteSize(999), "999 B");
    EXPECT_EQ(byteSize(1000), "1.0 kB");
    EXPECT_EQ(byteSize(99949), "99.9 kB");
    EXPECT_EQ(byteSize(99950), "100 kB");
    EXPECT_EQ(byteSize(212000000), "212 MB");
    EXPECT_EQ(byteSize(999499999), "999 MB");
    EXPECT_EQ(byteSize(999500000), "1.0 GB");
    EXPECT_EQ(byteSize(std::numeric_limits<std::uint64_t>::max()), "18.4 EB");
}

TEST(Format, DurationsChangeTheirUnitWithTheirLength) {
    EXPECT_EQ(duration(0.0), "0.00 s");
    EXPECT_EQ(duration(0.0032), "3.20 ms");
    EXPECT_EQ(duration(0.84), "0.84 s");
    EXPECT_EQ(duration(12.34), "12.3 s");
    EXPECT_EQ(duration(89.9), "89.9 s");
    EXPECT_EQ(duration(125.0), "2 min 05 s");
    EXPECT_EQ(duration(3599.6), "1 h 00 min");
    EXPECT_EQ(duration(7500.0), "2 h 05 min");
    EXPECT_EQ(duration(-12.34), "-12.3 s");
    EXPECT_EQ(duration(std::numeric_limits<double>::infinity()), "inf s");
}

TEST(Format, PercentHexAndShapes) {
    EXPECT_EQ(percent(0.4547), "45.47 %");
    EXPECT_EQ(percent(1.0, 0), "100 %");
    EXPECT_EQ(hex64(0), "0000000000000000");
    EXPECT_EQ(hex64(0x41CE00FF12347B02u), "41ce00ff12347b02");
    EXPECT_EQ(shapeText({}), "[]");
    const std::int64_t shape[] = {48, 256};
    EXPECT_EQ(shapeText(shape), "[48, 256]");
}

TEST(Format, PrintableTextCannotSteerATerminalNorBreakJson) {
    EXPECT_EQ(printable("plain \xC3\xA4 \xF0\x9F\x98\x80"), "plain \xC3\xA4 \xF0\x9F\x98\x80");
    EXPECT_EQ(printable("\x1B[31mred\n\x7F"), "?[31mred??");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m"),
              "?31m");
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
    // Cut, overlong, surrogate, too large, alone.
    EXPECT_EQ(printable("\xC3"), "?");
    EXPECT_EQ(printable("\xC0\xAF"), "??");
    EXPECT_EQ(printable("\xED\xA0\x80"), "???");
    EXPECT_EQ(printable("\xF4\x90\x80\x80"), "????");
    EXPECT_EQ(printable("\x80"), "?");
}

TEST(Format, PrintableTextIsCutBetweenCharacters) {
    EXPECT_EQ(printable("abcdef", 6), "abcdef");
    EXPECT_EQ(printable("abcdefg", 6), "abcdef...");
    EXPECT_EQ(printable("abcde\xC3\xA4", 6), "abcde...");
    EXPECT_EQ(printable("", 0), "");
}

}  // namespace
}  // namespace tessera::base
