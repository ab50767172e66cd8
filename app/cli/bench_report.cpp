#include "app/cli/bench_report.h"

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/request_json.h"
#include "core/jobs/words.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tessera::cli {

using base::Json;
using bench::BenchResult;
using bench::BenchRow;
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

std::string rowLine(const BenchRow& row) {
    const std::string name = left(row.kernel, 10);
    if (row.verdict == Verdict::NotRun) {
        return name + "not run: " + row.reason;
    }
    if (row.verdict == Verdict::Wrong) {
        return name + "wrong: error " + scientific(row.error) + ", tolerance " +
               scientific(row.tolerance) + "; its speed is not told";
    }
    const std::string ratio = row.againstDense > 0.0 ? base::fixed(row.againstDense, 2) + "x" : "-";
    return name + right(milliseconds(row.medianMs), 9) +
           right(milliseconds(row.p20Ms) + " - " + milliseconds(row.p80Ms), 17) +
           right(base::fixed(row.teraflops, row.teraflops < 10.0 ? 3 : 1), 8) + right(ratio, 7) +
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

// A time or rate, null where there is none.
Json measured(const BenchRow& row, double value) {
    return row.verdict == Verdict::Agrees && value > 0.0 ? jobs::plainNumber(value) : Json(nullptr);
}

Json rowJson(const BenchRow& row) {
    return Json{
        {"kernel", row.kernel},
        {"shape", row.shape},
        {"frames", row.layout.frames},
        {"tokens", row.layout.tokens},
        {"text", row.layout.text},
        {"heads", row.heads},
        {"head_size", row.headSize},
        {"mask", row.mask},
        {"pass", jobs::word(row.pass)},
        {"baseline", row.isBaseline},
        {"density", row.density},
        {"ideal_speed_up", row.idealSpeedUp()},
        {"verdict", jobs::word(row.verdict)},
        {"reason", row.reason},
        {"error",
         row.verdict == Verdict::NotRun ? Json(nullptr) : Json(jobs::plainNumber(row.error))},
        {"tolerance", row.tolerance},
        {"median_ms", measured(row, row.medianMs)},
        {"p20_ms", measured(row, row.p20Ms)},
        {"p80_ms", measured(row, row.p80Ms)},
        {"cold_ms", measured(row, row.coldMs)},
        {"teraflops", measured(row, row.teraflops)},
        {"against_dense", measured(row, row.againstDense)}};
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
    console.print("");
    console.print("Took " + base::duration(result.seconds));
}

Json benchJson(const BenchResult& result) {
    const bench::BenchEnvironment& machine = result.environment;
    Json libraries = Json::object();
    for (const auto& [name, version] : machine.libraries) {
        libraries[name] = version;
    }
    Json rows = Json::array();
    for (const BenchRow& row : result.rows) {
        rows.push_back(rowJson(row));
    }
    return Json{{"environment",
                 {{"device", machine.device},
                  {"device_name", machine.deviceName},
                  {"precision", machine.precision},
                  {"threads", machine.threads},
                  {"instruction_set", machine.instructionSet},
                  {"clock_mhz", machine.clockMhz > 0.0 ? Json(machine.clockMhz) : Json(nullptr)},
                  {"libraries", libraries},
                  {"commit", machine.commit},
                  {"date", machine.date}}},
                {"warm_ups", result.warmUps},
                {"runs", result.runs},
                {"seed", result.seed},
                {"cache_flushed", result.isCacheFlushed},
                {"rows", rows},
                {"seconds", jobs::plainNumber(result.seconds)}};
}

}  // namespace tessera::cli
