#pragma once

// A plan as a file (*.plan.json). Schema 1; a newer schema is refused; unknown keys are kept. Files
// are hostile: sizes, nesting, numbers and counts have limits, and what can be worked out again
// must agree. Any thread.

#include "core/base/result.h"
#include "core/plan/attention_plan.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace tessera::plan {

inline constexpr int kPlanSchema = 1;
inline constexpr std::string_view kPlanKind = "tessera.plan";  // its "kind"
inline constexpr std::size_t kMaxLayers = 1024;
inline constexpr int kMaxFrames = 1024;

// JSON, two spaces a level, ending in a line feed.
std::string planText(const AttentionPlan& plan);

// BadFile that names the key concerned, NewerSchema. `what` names the text in errors.
base::Result<AttentionPlan> parsePlan(std::string_view text, std::string_view what);

// NotFound, BadFile, NewerSchema.
base::Result<AttentionPlan> loadPlan(const std::filesystem::path& path);

// Whole or not at all. BadInput for more than can be read back, NoSpace, NotWritable.
base::Status savePlan(const AttentionPlan& plan, const std::filesystem::path& path);

}  // namespace tessera::plan
