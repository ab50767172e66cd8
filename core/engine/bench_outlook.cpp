#include "core/engine/bench_outlook.h"

#include <algorithm>
#include <string>

namespace tessera::engine {

namespace {

// The kernels of a bench, the waits between them and the exact rows together reach this share of a
// large matrix product's rate (two cores with bf16, bundled-192x288, 2026-11-30: 0.10 to 0.2).
constexpr double kShareOfProduct = 0.15;

std::string machineOf(const std::string& device, const std::string& precision, int threads) {
    const std::string machine = "bench " + device + " " + precision;
    return device == "cpu" ? machine + " " + std::to_string(threads) : machine;
}

}  // namespace

void rememberBench(RunTimes& times, const bench::BenchResult& result, double flops) {
    const bool isTimed = std::ranges::any_of(result.rows, [](const bench::BenchRow& row) {
        return row.verdict == bench::Verdict::Agrees;
    });
    if (isTimed && result.seconds > 0.0 && flops > 0.0) {
        const bench::BenchEnvironment& machine = result.environment;
        times.rememberRate(machineOf(machine.device, machine.precision, machine.threads),
                           flops / result.seconds);
    }
}

double benchSeconds(const RunTimes& times,
                    const bench::BenchOutlook& outlook,
                    int threads,
                    const std::function<double()>& probe) {
    const auto known = times.rate(machineOf(outlook.device, outlook.precision, threads));
    const double rate = known ? *known : probe() * kShareOfProduct;
    return rate > 0.0 ? outlook.flops / rate : 0.0;
}

}  // namespace tessera::engine
