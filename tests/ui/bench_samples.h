#pragma once

// Measurements for tests of the Bench: three kernels under two masks.

#include "core/bench/result.h"

#include <string>

namespace tessera::test {

inline bench::BenchRow benchRow(const std::string& kernel,
                                const std::string& mask,
                                double medianMs) {
    bench::BenchRow row;
    row.kernel = kernel;
    row.shape = "bundled-192x288";
    row.layout = {8, 216, 0};
    row.heads = 4;
    row.headSize = 64;
    row.mask = mask;
    row.isBaseline = kernel == "dense";
    row.density = row.isBaseline || mask == "full" ? 1.0 : 0.53125;
    row.verdict = bench::Verdict::Agrees;
    row.error = 2.1e-3;
    row.tolerance = 5e-3;
    row.medianMs = medianMs;
    row.p20Ms = medianMs * 0.99;
    row.p80Ms = medianMs * 1.01;
    row.coldMs = medianMs * 4.0;
    row.teraflops = 0.37;
    row.againstDense = 8.4 / medianMs;
    return row;
}

inline bench::BenchRow wrongRow(const std::string& kernel, const std::string& mask) {
    bench::BenchRow row = benchRow(kernel, mask, 1.0);
    row.verdict = bench::Verdict::Wrong;
    row.error = 0.47;
    row.reason = "Its result is off the exact one by more than the tolerance.";
    row.medianMs = row.p20Ms = row.p80Ms = row.coldMs = row.teraflops = row.againstDense = 0.0;
    return row;
}

// `scale` of the times of "cpu"; "composed" is wrong under 2:6.
inline bench::BenchResult benchResult(double scale = 1.0) {
    bench::BenchResult result;
    result.environment = {"cpu",
                          "AMD EPYC",
                          "bf16",
                          2,
                          "avx512_bf16",
                          2596.0,
                          {{"Tessera", "0.1.0"}, {"LibTorch", "2.11.0"}},
                          "9c41e07",
                          "2026-11-23T09:12:00Z"};
    result.rows = {benchRow("dense", "full", 8.4),
                   benchRow("cpu", "full", 8.4 * scale),
                   benchRow("composed", "full", 8.5),
                   benchRow("dense", "2:6", 8.4),
                   benchRow("cpu", "2:6", 4.6 * scale),
                   wrongRow("composed", "2:6")};
    result.warmUps = 25;
    result.runs = 100;
    result.seed = 7;
    result.seconds = 6.2;
    return result;
}

inline bench::BenchOutlook benchOutlook() {
    bench::BenchOutlook outlook;
    outlook.device = "cpu";
    outlook.precision = "bf16";
    outlook.kernels = {{"dense", true, ""},
                       {"fused", false, "The fused kernel runs on CUDA devices, not on cpu."},
                       {"cpu", false, ""},
                       {"composed", false, ""}};
    outlook.cells = 15;
    outlook.seconds = 38.0;
    return outlook;
}

}  // namespace tessera::test
