#pragma once

// Times the attention kernels by the paper's protocol (Efficient-vDiT, arXiv 2502.06155, section
// 5): warm-ups, then runs, medians with p20 and p80. The kernels of one shape and mask take turns
// run by run, so that a clock that falls or a neighbour that wakes costs each of them the same.
// Before it is timed a kernel's result is held to exact rows; a wrong one is not timed at all.
// Engine thread.

#include "core/attention/backend.h"
#include "core/base/result.h"
#include "core/bench/request.h"
#include "core/bench/result.h"
#include "core/bench/step_networks.h"
#include "core/plan/layer_mask.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::bench {

// What a bench tells and asks while it works, all on its own thread; the function may be empty.
struct BenchControl {
    std::stop_token stop;                                              // read before every run
    std::function<void(std::int64_t done, std::int64_t of)> progress;  // runs of all kernels
};

// Where kernels come from: the program's own, or others in tests.
struct KernelSource {
    std::vector<std::string> names;  // "dense" among them is the baseline
    std::function<base::Result<std::unique_ptr<attention::AttentionBackend>>(
        std::string_view name,
        const std::vector<plan::LayerMask>& masks,
        const plan::TokenLayout& layout)>
        make;
};

// Those of core/attention/choose.h.
KernelSource programKernels();

// BadInput for words that are no kernel, shape or mask, Unsupported for the device, OutOfMemory
// for a shape that is too big for it, Cancelled. A kernel that cannot run a case is a row that says
// why, not an error.
base::Result<BenchResult> bench(const BenchRequest& request,
                                const BenchControl& control,
                                const KernelSource& kernels = programKernels(),
                                const StepSource& steps = programSteps());

// What bench() would do, without a tensor made: the errors are those with which it would end, and
// `seconds` is 0. Unsupported for whole steps.
base::Result<BenchOutlook> outlook(const BenchRequest& request,
                                   const KernelSource& kernels = programKernels());

}  // namespace tessera::bench
