// Numbers and sizes as the window shows them, and what it reads back.

#include "ui/numbers.h"

#include <QtTest>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace tessera::ui {
namespace {

const double kInfinity = std::numeric_limits<double>::infinity();

QString text(const char* words) {
    return QString::fromUtf8(words);
}

}  // namespace

class NumbersTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void shown_data();
    void shown();
    void seconds_data();
    void seconds();
    void bytes_data();
    void bytes();
    void readsNumbers_data();
    void readsNumbers();
    void plainIsWhatProgramsRead();
};

void NumbersTest::shown_data() {
    QTest::addColumn<QString>("is");
    QTest::addColumn<QString>("expected");
    const QString thin(kThinSpace);
    const QString minus(kMinus);
    const auto row = [](const char* name, const QString& is, const QString& expected) {
        QTest::newRow(name) << is << expected;
    };
    row("three digits", number(999), text("999"));
    row("four digits", number(1000), text("1") + thin + text("000"));
    row("five digits", number(28'800), text("28") + thin + text("800"));
    row("millions", number(1'234'567), text("1") + thin + text("234") + thin + text("567"));
    row("negative", number(-1234), minus + text("1") + thin + text("234"));
    row("smallest", number(std::numeric_limits<std::int64_t>::min()).right(4), thin + text("808"));
    row("decimal", decimal(-0.12, 2), minus + text("0.12"));
    row("grouped decimal", decimal(28'800.5, 1), text("28") + thin + text("800.5"));
    row("no minus nought", decimal(-0.001, 2), text("0.00"));
    row("no number", decimal(std::nan(""), 2), QString(kUnknown));
    row("ratio", ratio(2.918), text("2.92×"));
    row("no ratio", ratio(kInfinity), QString(kUnknown));
    row("percent", percent(0.57), text("57 %"));
    row("percent with decimals", percent(0.4547, 2), text("45.47 %"));
    row("skips", skips(0.4547), text("skips 45.47 % (keeps 54.53 %) of 128-blocks"));
    row("skips, rounded once",
        skips(1.0 / 3.0),
        text("skips 33.33 % (keeps 66.67 %) of 128-blocks"));
    row("skips of other blocks",
        skips(0.4607, 64),
        text("skips 46.07 % (keeps 53.93 %) of 64-blocks"));
    row("size", size(384, 256), text("384 × 256"));
    row("compact size", compactSize(384, 256, 29), text("384×256×29"));
    row("hash", shortHash(text("41ce00aa11bb7b02")), text("41ce…7b02"));
    row("short hash stays", shortHash(text("41ce7b02")), text("41ce7b02"));
    row("delta up", delta(1.26), text("+1.3"));
    row("delta down", delta(-0.4), minus + text("0.4"));
    row("no delta", delta(0.04), text("0.0"));
}

void NumbersTest::shown() {
    QFETCH(QString, is);
    QFETCH(QString, expected);
    QCOMPARE(is, expected);
}

void NumbersTest::seconds_data() {
    QTest::addColumn<QString>("is");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const QString& is, const char* expected) {
        QTest::newRow(name) << is << text(expected);
    };
    using tessera::ui::seconds;
    row("nothing", seconds(0.0), "0 ms");
    row("a kernel", seconds(0.00043), "0.43 ms");
    row("milliseconds", seconds(0.7351), "735 ms");
    row("never 1000 ms", seconds(0.9996), "1.0 s");
    row("seconds", seconds(17.06), "17.1 s");
    row("below a sentence", seconds(89.9), "89.9 s");
    row("never 90.0 s", seconds(89.96), "1 min 30 s");
    row("minutes", seconds(678.0), "11 min 18 s");
    row("never 60 s", seconds(119.7), "2 min 0 s");
    row("hours", seconds(7'500.0), "2 h 5 min");
    row("never 60 min", seconds(3'599.8), "1 h 0 min");
    row("unknown", seconds(kInfinity), "–");
    row("read-out", readOut(200.4), "200.4 s");
    row("short read-out", readOut(0.735), "735 ms");
    row("long read-out", readOut(1'200.0), "20 min 0 s");
    row("unknown read-out", readOut(kInfinity), "–");
    row("plus minus", plusMinus(1.2), "± 1.2 s");
    row("estimate", estimate(17.1, 1.2), "17.1 s ± 1.2 s");
    row("one unit", estimate(17.1, 0.68), "17.1 s ± 0.7 s");
    row("small estimate", estimate(0.735, 0.06), "735 ms ± 60 ms");
    row("no spread known", estimate(17.1, 0.0), "17.1 s");
    row("nothing known", estimate(std::nan(""), 1.0), "–");
}

void NumbersTest::seconds() {
    shown();
}

void NumbersTest::bytes_data() {
    QTest::addColumn<QString>("is");
    QTest::addColumn<QString>("expected");
    const auto row = [](std::uint64_t count, const char* expected) {
        QTest::newRow(expected) << tessera::ui::bytes(count) << text(expected);
    };
    row(0, "0 B");
    row(999, "999 B");
    row(1'000, "1.0 kB");
    row(999'960, "1.0 MB");
    row(1'400'000, "1.4 MB");
    row(1'100'000'000, "1.1 GB");
    row(26'600'000'000, "26.6 GB");
    row(std::numeric_limits<std::uint64_t>::max(), "18.4 EB");
}

void NumbersTest::bytes() {
    shown();
}

void NumbersTest::readsNumbers_data() {
    QTest::addColumn<QString>("typed");
    QTest::addColumn<bool>("isNumber");
    QTest::addColumn<qint64>("value");
    const auto row = [](const char* typed, bool isNumber, std::int64_t value) {
        QTest::newRow(typed) << text(typed) << isNumber << qint64{value};
    };
    row("481516", true, 481'516);
    row("481\u202f516", true, 481'516);
    row(" 481 516 ", true, 481'516);
    row("\u22125", true, -5);
    row("-5", true, -5);
    row("9223372036854775807", true, std::numeric_limits<std::int64_t>::max());
    row("9223372036854775808", false, 0);
    row("", false, 0);
    row("-", false, 0);
    row("1.5", false, 0);
    row("12a", false, 0);
    row("1-2", false, 0);
}

void NumbersTest::readsNumbers() {
    QFETCH(QString, typed);
    QFETCH(bool, isNumber);
    QFETCH(qint64, value);
    const std::optional<std::int64_t> read = readNumber(typed);
    QCOMPARE(read.has_value(), isNumber);
    QCOMPARE(read.value_or(0), std::int64_t{value});
}

void NumbersTest::plainIsWhatProgramsRead() {
    QCOMPARE(plain(number(-28'800)), text("-28800"));
    QCOMPARE(plain(decimal(-1234.5, 1)).toDouble(), -1234.5);
    QCOMPARE(readNumber(number(-1'234'567)).value_or(0), std::int64_t{-1'234'567});
}

}  // namespace tessera::ui

QTEST_APPLESS_MAIN(tessera::ui::NumbersTest)
#include "numbers_test.moc"
