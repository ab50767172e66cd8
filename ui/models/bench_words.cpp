#include "ui/models/bench_words.h"

#include "core/plan/block_count.h"
#include "core/plan/frame_mask.h"
#include "ui/bridge/text.h"
#include "ui/numbers.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <cmath>
#include <limits>

namespace tessera::ui {

namespace {

// Counting takes time that grows with the square of the blocks a side.
constexpr std::int64_t kMostBlocks = 4096;
constexpr std::int64_t kMostFrames = 4096;

QString tr(const char* text) {
    return QCoreApplication::translate("tessera::ui::Bench", text);
}

}  // namespace

QString msText(double milliseconds) {
    return decimal(milliseconds, milliseconds >= 100.0 ? 1 : milliseconds >= 1.0 ? 2 : 4);
}

QString coldText(double milliseconds) {
    return milliseconds >= 10.0 ? decimal(milliseconds, 0) : msText(milliseconds);
}

QString aboutText(double seconds) {
    constexpr double kTenths = 9.95;
    return seconds < kTenths ? tessera::ui::seconds(seconds)
                             : tessera::ui::seconds(std::round(seconds))
                                   .replace(QStringLiteral(".0 "), QStringLiteral(" "));
}

QString rateText(double teraflops) {
    return decimal(teraflops, teraflops >= 100.0 ? 0 : teraflops >= 10.0 ? 1 : 3);
}

QString errorText(double error) {
    if (!std::isfinite(error)) {
        return kUnknown;
    }
    if (error == 0.0) {
        return QStringLiteral("0");
    }
    const int exponent = static_cast<int>(std::floor(std::log10(error)));
    const double mantissa = error / std::pow(10.0, exponent);
    // 9.96e-4 is 1.0e-3.
    const bool isNext = mantissa >= 9.95;
    return QStringLiteral("%1e%2")
        .arg(QString::number(isNext ? 1.0 : mantissa, 'f', 1))
        .arg(exponent + (isNext ? 1 : 0));
}

QString changeText(double share) {
    return delta(share * 100.0) + QStringLiteral(" %");
}

QString shapeText(const bench::BenchRow& row) {
    return tr("%1 × %2, %3 heads of %4")
        .arg(number(row.layout.frames),
             number(row.layout.tokens),
             number(row.heads),
             number(row.headSize));
}

QString layoutText(const bench::BenchRow& row) {
    return row.layout.text > 0 ? tr("%1 × %2 and %3 of text, %4 heads of %5")
                                     .arg(number(row.layout.frames),
                                          number(row.layout.tokens),
                                          number(row.layout.text),
                                          number(row.heads),
                                          number(row.headSize))
                               : shapeText(row);
}

QString passText(bench::Pass pass) {
    return pass == bench::Pass::Backward ? tr("backward") : tr("forward");
}

QString cellText(const bench::BenchRow& row) {
    const QString kernel = toQt(row.kernel);
    return row.pass == bench::Pass::Backward ? tr("%1, backward").arg(kernel) : kernel;
}

QString checkText(const bench::BenchRow& row) {
    switch (row.verdict) {
        case bench::Verdict::Agrees:
            return tr("agrees");
        case bench::Verdict::Wrong:
            return tr("wrong, speed hidden");
        case bench::Verdict::NotRun:
            break;
    }
    return row.reason.empty() ? tr("not run") : toQt(row.reason);
}

QString dateText(const std::string& utc) {
    const QDateTime time = QDateTime::fromString(toQt(utc), Qt::ISODate);
    return time.isValid()
               ? QLocale::c().toString(time.toLocalTime(), QStringLiteral("d MMM, HH:mm"))
               : toQt(utc);
}

double blockSparsity(const bench::BenchRow& row) {
    constexpr double kNotKnown = -1.0;
    if (row.layout.frames > kMostFrames || row.layout.total() / plan::kBlock > kMostBlocks) {
        return kNotKnown;
    }
    const auto mask = plan::parseFrameMask(row.mask, static_cast<int>(row.layout.frames));
    return mask ? plan::countBlocks(*mask, row.layout).sparsity() : kNotKnown;
}

QString skipsText(const bench::BenchRow& row) {
    const double sparsity = blockSparsity(row);
    return sparsity < 0.0 ? QString() : tr("skips %1").arg(percent(sparsity, 2));
}

}  // namespace tessera::ui
