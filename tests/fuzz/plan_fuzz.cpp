// Fuzzes parsePlan(): whatever it accepts can be described, written, read again and is the same.

#include "core/plan/plan_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto plan = tessera::plan::parsePlan(text, "input");
    if (!plan) {
        if (plan.error().message.empty() || plan.error().hint.empty()) {
            std::abort();
        }
        return 0;
    }
    // The largest maps take seconds to count.
    constexpr std::int64_t kMostBlocks = 10'000;
    if (plan->layout.total() / plan->block <= kMostBlocks &&
        tessera::plan::describe(*plan, plan->layout, plan->block).layers.size() !=
            plan->layers.size()) {
        std::abort();
    }
    const std::string written = tessera::plan::planText(*plan);
    const auto again = tessera::plan::parsePlan(written, "output");
    if (!again || tessera::plan::planText(*again) != written ||
        tessera::plan::hashOf(*again) != tessera::plan::hashOf(*plan)) {
        std::abort();
    }
    return 0;
}
