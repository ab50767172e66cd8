// How long a bench takes, by what the last one took.

#include "core/engine/bench_outlook.h"

#include <gtest/gtest.h>

namespace tessera::engine {
namespace {

bench::BenchOutlook outlookOf(const char* precision, double flops) {
    bench::BenchOutlook outlook;
    outlook.device = "cpu";
    outlook.precision = precision;
    outlook.flops = flops;
    return outlook;
}

bench::BenchResult resultOf(double seconds, bench::Verdict verdict) {
    bench::BenchResult result;
    result.environment.device = "cpu";
    result.environment.precision = "bf16";
    result.environment.threads = 2;
    result.rows.resize(1);
    result.rows.front().verdict = verdict;
    result.seconds = seconds;
    return result;
}

TEST(BenchSeconds, FirstGuessRestsOnAMatrixProduct) {
    const RunTimes times;
    EXPECT_GT(benchSeconds(times, outlookOf("bf16", 1e12), 2, [] { return 1e12; }), 1.0);
    EXPECT_EQ(benchSeconds(times, outlookOf("bf16", 1e12), 2, [] { return 0.0; }), 0.0);
}

TEST(BenchSeconds, LastMeasurementOfTheMachineIsTheMeasure) {
    RunTimes times;
    rememberBench(times, resultOf(4.0, bench::Verdict::Agrees), 2e12);
    const auto notAsked = [] {
        ADD_FAILURE() << "the machine is known";
        return 1.0;
    };
    EXPECT_DOUBLE_EQ(benchSeconds(times, outlookOf("bf16", 1e12), 2, notAsked), 2.0);
    // Another precision or number of threads is another machine.
    EXPECT_EQ(benchSeconds(times, outlookOf("fp32", 1e12), 2, [] { return 0.0; }), 0.0);
    EXPECT_EQ(benchSeconds(times, outlookOf("bf16", 1e12), 1, [] { return 0.0; }), 0.0);
}

TEST(BenchSeconds, MeasurementThatTimedNothingTeachesNothing) {
    RunTimes times;
    rememberBench(times, resultOf(4.0, bench::Verdict::Wrong), 2e12);
    EXPECT_EQ(benchSeconds(times, outlookOf("bf16", 1e12), 2, [] { return 0.0; }), 0.0);
}

}  // namespace
}  // namespace tessera::engine
