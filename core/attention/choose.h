#pragma once

// The kernels that compute self-attention, by name, and which of them a clip gets. One function
// decides, and whether something is supported is asked of the same. Engine thread.

#include "core/attention/backend.h"
#include "core/base/result.h"
#include "core/plan/layer_mask.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::attention {

// All that this program has, best first: "fused" (CUDA), "dense" (full attention alone), "cpu",
// "composed".
std::vector<std::string> kernelNames();

// The kernel of that name for masks[layer] over clips of `layout`; none = full attention in every
// layer. BadInput with the names there are for another word, Unsupported for masks that it never
// computes. What shapes, types and devices it computes says its supports().
base::Result<std::unique_ptr<AttentionBackend>> makeKernel(
    std::string_view name,
    const std::vector<plan::LayerMask>& masks,
    const plan::TokenLayout& layout);

// A better kernel of the same device that was not taken.
struct PassedOver {
    std::string kernel;
    std::string reason;
};

struct Choice {
    std::unique_ptr<AttentionBackend> backend;
    std::vector<PassedOver> passedOver;
};

// The best kernel that computes these masks at this shape; Unsupported with every reason where none
// does, and for masks of another number of layers.
base::Result<Choice> choose(const std::vector<plan::LayerMask>& masks,
                            const plan::TokenLayout& layout,
                            const AttentionShape& shape);

}  // namespace tessera::attention
