#include "core/attention/choose.h"

#include "core/attention/composed.h"
#include "core/attention/cpu_masked.h"
#include "core/attention/fused.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tessera::attention {

namespace {

using base::ErrorCode;
using Backend = std::unique_ptr<AttentionBackend>;
using Masks = std::vector<plan::LayerMask>;

base::Result<Backend> makeDense(const Masks& masks, const plan::TokenLayout&) {
    if (!std::ranges::all_of(masks, &plan::LayerMask::isFull)) {
        return base::fail(ErrorCode::Unsupported,
                          "The dense kernel computes every pair, and these masks leave some out.",
                          "Take another kernel, or the mask full.");
    }
    return makeDenseAttention();
}

base::Result<Backend> makeFused(const Masks& masks, const plan::TokenLayout& layout) {
    return makeFusedAttention(masks, layout);
}

base::Result<Backend> makeCpu(const Masks& masks, const plan::TokenLayout& layout) {
    return makeCpuAttention(masks, layout);
}

base::Result<Backend> makeComposed(const Masks& masks, const plan::TokenLayout& layout) {
    return makeComposedAttention(masks, layout);
}

struct Kernel {
    std::string_view name;
    base::Result<Backend> (*make)(const Masks& masks, const plan::TokenLayout& layout);
    bool isForCpu;
    bool isForCuda;

    bool isFor(const c10::Device& device) const { return device.is_cuda() ? isForCuda : isForCpu; }
};

// Best first.
constexpr std::array kKernels{Kernel{"fused", makeFused, false, true},
                              Kernel{"dense", makeDense, true, true},
                              Kernel{"cpu", makeCpu, true, false},
                              Kernel{"composed", makeComposed, true, true}};

}  // namespace

std::vector<std::string> kernelNames() {
    std::vector<std::string> names;
    names.reserve(kKernels.size());
    for (const Kernel& kernel : kKernels) {
        names.emplace_back(kernel.name);
    }
    return names;
}

base::Result<Backend> makeKernel(std::string_view name,
                                 const Masks& masks,
                                 const plan::TokenLayout& layout) {
    const auto found = std::ranges::find(kKernels, name, &Kernel::name);
    if (found != kKernels.end()) {
        return found->make(masks, layout);
    }
    std::string list;
    for (const Kernel& kernel : kKernels) {
        list += (list.empty() ? "" : ", ") + std::string(kernel.name);
    }
    return base::fail(ErrorCode::BadInput,
                      "There is no kernel called \"" + std::string(name) + "\".",
                      "Kernels: " + list + ".",
                      "--kernel");
}

base::Result<Choice> choose(const Masks& masks,
                            const plan::TokenLayout& layout,
                            const AttentionShape& shape) {
    if (!masks.empty() && shape.layers > 0 &&
        masks.size() != static_cast<std::size_t>(shape.layers)) {
        return base::fail(ErrorCode::Unsupported,
                          "The masks are for " + std::to_string(masks.size()) +
                              " layers, the model has " + std::to_string(shape.layers) + ".",
                          "Take masks for this model, one for each of its layers.");
    }
    Choice choice;
    std::string reasons;
    for (const Kernel& kernel : kKernels) {
        auto made = kernel.make(masks, layout);
        const base::Status status = made ? (*made)->supports(shape) : base::fail(made.error());
        if (status) {
            choice.backend = std::move(*made);
            return choice;
        }
        reasons.append(" ").append(kernel.name).append(": ").append(status.error().message);
        if (kernel.isFor(shape.device)) {
            choice.passedOver.push_back({std::string(kernel.name), status.error().message});
        }
    }
    return base::fail(ErrorCode::Unsupported,
                      "No kernel computes this attention." + reasons,
                      "Choose another mask, size, precision or device.");
}

}  // namespace tessera::attention
