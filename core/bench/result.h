#pragma once

// What a measurement returns: one row a kernel, shape, mask and pass, and what it was measured on.
// Plain values. Any thread.

#include "core/plan/frame_mask.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tessera::bench {

enum class Pass { Forward, Backward };

enum class Verdict {
    Agrees,
    Wrong,  // off the exact result by more than the tolerance; its speed is not told
    NotRun  // `reason` says why
};

struct BenchRow {
    std::string kernel;
    std::string shape;         // as it was asked for
    plan::TokenLayout layout;  // frames, tokens of one, text tokens
    std::int64_t heads = 0;
    std::int64_t headSize = 0;
    std::string mask;  // of the rows that belong together
    Pass pass = Pass::Forward;
    // Dense attention, which computes every pair under any mask: what the others are compared with.
    bool isBaseline = false;
    double density = 1.0;  // share of the pairs that this kernel computes
    Verdict verdict = Verdict::NotRun;
    std::string reason;      // empty where it agrees
    double error = 0.0;      // ||kernel - exact|| / ||exact||; of the backward pass the largest of
                             // the three gradients'
    double tolerance = 0.0;  // of that
    // The rest is 0 unless the kernel agrees.
    double medianMs = 0.0;  // of the runs that count, as the next two
    double p20Ms = 0.0;
    double p80Ms = 0.0;
    double coldMs = 0.0;        // the first call, by the wall clock
    double teraflops = 0.0;     // a second, over the pairs that are kept
    double againstDense = 0.0;  // how many times as quick as the baseline of the same run; 0 =
                                // there was none

    // How many times as quick as dense it would be at dense attention's rate.
    double idealSpeedUp() const { return 1.0 / density; }
};

// One evaluation of a network with one kernel under one mask.
struct StepRow {
    std::string step;  // as it was asked for
    std::string mask;
    std::string kernel;
    plan::TokenLayout layout;  // frames, tokens of one, text tokens in the same sequence
    std::int64_t layers = 0;
    std::int64_t heads = 0;
    std::int64_t headSize = 0;
    bool isBaseline = false;  // dense attention, under no mask
    double density = 1.0;     // share of the pairs that the mask keeps
    Verdict verdict = Verdict::NotRun;
    std::string reason;      // empty where it agrees
    double error = 0.0;      // ||output - wanted|| / ||wanted||
    double tolerance = 0.0;  // of that
    // The rest is 0 unless it agrees.
    double medianMs = 0.0;  // of the runs that count, as the next two
    double p20Ms = 0.0;
    double p80Ms = 0.0;
    double coldMs = 0.0;        // the first call, by the wall clock
    double attentionMs = 0.0;   // self-attention of all layers, the median of the same runs
    double againstDense = 0.0;  // how many times as quick as the baseline
    // The same kernel's step under no mask, less the share of its attention that the mask leaves
    // out; 0 = that was not measured.
    double idealMs = 0.0;

    double attentionShare() const { return medianMs > 0.0 ? attentionMs / medianMs : 0.0; }
};

// The machine and the program, as they were.
struct BenchEnvironment {
    std::string device;      // "cpu", "cuda:0"
    std::string deviceName;  // "NVIDIA H100 80GB HBM3"
    std::string precision;   // "fp32", "bf16"
    int threads = 0;
    std::string instructionSet;                                  // best of the processor
    double clockMhz = 0.0;                                       // 0 = not known
    std::vector<std::pair<std::string, std::string>> libraries;  // name, version
    std::string commit;  // of the program's source; empty = not built in a clone
    std::string date;    // UTC, "2026-11-30T12:00:00Z"
};

struct BenchResult {
    BenchEnvironment environment;
    std::vector<BenchRow> rows;  // of one shape, mask and pass together, the baseline first
    std::vector<StepRow> steps;  // of one step together, the baseline first
    int warmUps = 0;
    int runs = 0;
    std::uint64_t seed = 0;
    bool isCacheFlushed = false;
    double seconds = 0.0;
};

// One kernel for what was asked, whether it was asked for or not.
struct KernelOutlook {
    std::string name;
    bool isBaseline = false;
    std::string reason;  // why it runs none of it; empty where it runs some
};

// What a measurement would be.
struct BenchOutlook {
    std::string device;      // "cpu", "cuda:0"
    std::string deviceName;  // as in the environment, and the next
    std::string precision;
    std::vector<KernelOutlook> kernels;  // all there are, the baseline first
    int cells = 0;                       // rows that would be timed
    double flops = 0.0;                  // of all of it
    double seconds = 0.0;                // on this machine; 0 = not known
};

}  // namespace tessera::bench
