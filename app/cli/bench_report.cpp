#include "app/cli/bench_report.h"

#include "core/base/format.h"
#include "core/jobs/words.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tessera::cli {

using bench::BenchResult;
using bench::BenchRow;
using bench::StepRow;
using bench::Verdict;

namespace {

std::string left(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text + "  ";
}

std::string right(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ') + text + "  ";
}

// 2.31e-03.
std::string scientific(double value) {
    constexpr int kDecimals = 2;
    std::array<char, 32> text{};
    const auto [end, error] = std::to_chars(
        text.data(), text.data() + text.size(), value, std::chars_format::scientific, kDecimals);
    return {text.data(), end};
}

// Milliseconds with about four digits: 12.77, 0.0213.
std::string milliseconds(double value) {
    return base::fixed(value, value >= 100.0 ? 1 : value >= 1.0 ? 2 : 4);
}

bool belongTogether(const BenchRow& a, const BenchRow& b) {
    return a.shape == b.shape && a.mask == b.mask && a.pass == b.pass;
}

// The line over the rows of one shape, mask and pass. `kept` is the share of pairs under the mask.
std::string groupLine(const BenchRow& row, double kept) {
    return row.shape + ", mask " + row.mask + ", " + jobs::word(row.pass) + ": " +
           std::to_string(row.layout.frames) + " frames of " + std::to_string(row.layout.tokens) +
           " tokens + " + std::to_string(row.layout.text) + " of text, " +
           std::to_string(row.heads) + " heads of " + std::to_string(row.headSize) + "; keeps " +
           base::percent(kept) + " of pairs, ideal " + base::fixed(1.0 / kept, 2) + "x";
}

// In place of the times of a row that has none.
template <class Row>
std::string whyNoTimes(const Row& row) {
    return row.verdict == Verdict::NotRun
               ? "not run: " + row.reason
               : "wrong: error " + scientific(row.error) + ", tolerance " +
                     scientific(row.tolerance) + "; its speed is not told";
}

std::string ratio(double againstDense) {
    return againstDense > 0.0 ? base::fixed(againstDense, 2) + "x" : "-";
}

std::string rowLine(const BenchRow& row) {
    const std::string name = left(row.kernel, 10);
    if (row.verdict != Verdict::Agrees) {
        return name + whyNoTimes(row);
    }
    return name + right(milliseconds(row.medianMs), 9) +
           right(milliseconds(row.p20Ms) + " - " + milliseconds(row.p80Ms), 17) +
           right(base::fixed(row.teraflops, row.teraflops < 10.0 ? 3 : 1), 8) +
           right(ratio(row.againstDense), 7) + right(scientific(row.error), 8) +
           milliseconds(row.coldMs);
}

// The line over the rows of one step.
std::string stepLine(const StepRow& row) {
    return row.step + ", whole step: " + std::to_string(row.layers) + " layers, " +
           std::to_string(row.layout.frames) + " frames of " + std::to_string(row.layout.tokens) +
           " tokens, " + std::to_string(row.heads) + " heads of " + std::to_string(row.headSize);
}

std::string rowLine(const StepRow& row) {
    const std::string name = left(row.mask, 6) + left(row.kernel, 10);
    if (row.verdict != Verdict::Agrees) {
        return name + whyNoTimes(row);
    }
    return name + right(milliseconds(row.medianMs), 9) +
           right(milliseconds(row.p20Ms) + " - " + milliseconds(row.p80Ms), 17) +
           right(milliseconds(row.attentionMs), 9) + right(base::percent(row.attentionShare()), 6) +
           right(ratio(row.againstDense), 7) +
           right(row.idealMs > 0.0 ? milliseconds(row.idealMs) : "-", 9) +
           right(scientific(row.error), 8) + milliseconds(row.coldMs);
}

std::string environmentLine(const BenchResult& result) {
    const bench::BenchEnvironment& machine = result.environment;
    std::string text = machine.deviceName + " (" + machine.device + "), " + machine.precision +
                       ", " + std::to_string(machine.threads) + " threads";
    if (machine.clockMhz > 0.0) {
        text += ", " + base::fixed(machine.clockMhz, 0) + " MHz";
    }
    for (const auto& [name, version] : machine.libraries) {
        text += ", " + name;
        text += " " + version;
    }
    if (!machine.commit.empty()) {
        text += " at " + machine.commit;
    }
    return text + ", " + machine.date;
}

}  // namespace

void printBench(Console& console, const BenchResult& result) {
    console.print(environmentLine(result));
    console.print(std::to_string(result.warmUps) + " warm-ups, " + std::to_string(result.runs) +
                  " runs, the kernels in turns, caches " +
                  (result.isCacheFlushed ? "flushed" : "warm") + ", seed " +
                  std::to_string(result.seed));
    const BenchRow* last = nullptr;
    for (const BenchRow& row : result.rows) {
        if (last == nullptr || !belongTogether(*last, row)) {
            // Only the baseline computes more than the mask keeps.
            const auto masked = std::ranges::find_if(result.rows, [&](const BenchRow& other) {
                return belongTogether(other, row) && !other.isBaseline;
            });
            console.print("");
            console.print(groupLine(row, masked == result.rows.end() ? 1.0 : masked->density));
            console.print(left("kernel", 10) + right("median ms", 9) + right("p20 - p80", 17) +
                          right("TFLOP/s", 8) + right("dense", 7) + right("error", 8) + "cold ms");
        }
        console.print(rowLine(row));
        last = &row;
    }
    const StepRow* lastStep = nullptr;
    for (const StepRow& row : result.steps) {
        if (lastStep == nullptr || lastStep->step != row.step) {
            console.print("");
            console.print(stepLine(row));
            console.print(left("mask", 6) + left("kernel", 10) + right("median ms", 9) +
                          right("p20 - p80", 17) + right("attention", 9) + right("share", 6) +
                          right("dense", 7) + right("ideal ms", 9) + right("error", 8) + "cold ms");
        }
        console.print(rowLine(row));
        lastStep = &row;
    }
    console.print("");
    console.print("Took " + base::duration(result.seconds));
}

}  // namespace tessera::cli
