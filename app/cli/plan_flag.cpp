#include "app/cli/plan_flag.h"

#include "core/base/format.h"
#include "core/engine/make_engine.h"
#include "core/plan/plan_file.h"

namespace tessera::cli {

using base::Result;

void addPlanFlag(FlagSet& flags, std::filesystem::path& path) {
    flags.path("--plan", path, "Plan file (*.plan.json): a mask for each layer, instead of --mask");
}

base::Status usePlan(const std::filesystem::path& path,
                     const FlagSet& flags,
                     pipeline::GenerationRequest& request) {
    if (path.empty()) {
        return {};
    }
    if (flags.isGiven("--mask")) {
        return base::fail(base::ErrorCode::BadInput,
                          "--plan and --mask both say which masks to take; expected one of them.",
                          "Leave one of the two out.",
                          "--plan");
    }
    const Result<plan::AttentionPlan> plan = plan::loadPlan(path);
    if (!plan) {
        return base::fail(plan.error());
    }
    const Result<engine::SelfAttention> attention =
        engine::selfAttentionOf(request.model, request.videoFrames);
    if (!attention) {
        return base::fail(attention.error());
    }
    if (const base::Status fits = plan::validate(
            *plan, attention->layers, attention->heads, static_cast<int>(attention->layout.frames));
        !fits) {
        return base::fail(fits.error());
    }
    request.masks = plan::maskNames(*plan);
    request.plan = {base::printable(path.filename().string()), plan::hashOf(*plan)};
    return {};
}

}  // namespace tessera::cli
