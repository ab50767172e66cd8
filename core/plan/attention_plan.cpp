#include "core/plan/attention_plan.h"

#include "core/base/check.h"
#include "core/base/format.h"
#include "core/base/hash.h"

#include <algorithm>
#include <map>

namespace tessera::plan {
namespace {

base::Status otherShape(const std::string& plan, const std::string& model) {
    return base::fail(base::ErrorCode::BadInput,
                      "The plan " + plan + ", the model " + model + ".",
                      "Open a plan made for this model, or make one in Search.",
                      "plan");
}

}  // namespace

std::string hashOf(const AttentionPlan& plan) {
    base::ContentHash hash;
    hash.add(static_cast<std::uint64_t>(plan.layout.frames));
    for (const PlanLayer& layer : plan.layers) {
        hash.add(layer.mask.name());
    }
    return base::hex64(hash.value());
}

std::vector<std::string> maskNames(const AttentionPlan& plan) {
    std::vector<std::string> names;
    names.reserve(plan.layers.size());
    for (const PlanLayer& layer : plan.layers) {
        names.push_back(layer.mask.name());
    }
    return names;
}

base::Status validate(const AttentionPlan& plan, int layers, int heads, int frames) {
    if (plan.layers.size() != static_cast<std::size_t>(layers)) {
        return otherShape("has " + std::to_string(plan.layers.size()) + " layers",
                          "has " + std::to_string(layers));
    }
    for (const PlanLayer& layer : plan.layers) {
        const std::size_t named = layer.mask.heads.size();
        if (named != 1 && named != static_cast<std::size_t>(heads)) {
            return otherShape("has masks for " + std::to_string(named) + " heads",
                              "has " + std::to_string(heads));
        }
    }
    if (plan.frames() != frames) {
        return base::fail(base::ErrorCode::BadInput,
                          "The plan is for " + std::to_string(plan.frames()) +
                              " latent frames, the clip has " + std::to_string(frames) + ".",
                          "Open a plan made for clips of this length, or make one in Search.",
                          "plan");
    }
    return {};
}

PlanDescription describe(const AttentionPlan& plan, const TokenLayout& layout, std::int64_t block) {
    CHECK(layout.frames == plan.layout.frames, layout.frames, plan.layout.frames);
    std::map<int, Sparsity> known;  // by stride
    const auto sparsityOf = [&](const FrameMask& mask) {
        const auto found = known.find(mask.stride);
        return found != known.end()
                   ? found->second
                   : known
                         .emplace(mask.stride,
                                  Sparsity{countBlocks(mask, layout, block).sparsity(),
                                           elementSparsity(mask, layout)})
                         .first->second;
    };
    PlanDescription description;
    const auto count = static_cast<double>(plan.layers.size());
    for (const PlanLayer& layer : plan.layers) {
        Sparsity mean;
        const auto heads = static_cast<double>(layer.mask.heads.size());
        for (const FrameMask& mask : layer.mask.heads) {
            const Sparsity one = sparsityOf(mask);
            mean.block += one.block / heads;
            mean.element += one.element / heads;
        }
        description.layers.push_back(mean);
        description.all.block += mean.block / count;
        description.all.element += mean.element / count;
        const std::string name = layer.mask.name();
        auto use = std::ranges::find(description.uses, name, &PlanDescription::Use::mask);
        if (use == description.uses.end()) {
            use = description.uses.insert(use, PlanDescription::Use{name, 0});
        }
        ++use->layers;
    }
    return description;
}

}  // namespace tessera::plan
