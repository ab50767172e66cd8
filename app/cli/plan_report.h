#pragma once

// A plan as lines and as JSON, the same in `plan show` and `info`.

#include "app/cli/console.h"
#include "core/plan/attention_plan.h"

#include <filesystem>

#include <nlohmann/json_fwd.hpp>

namespace tessera::cli {

// Prints the plan and what it saves of a clip of that layout, whose latent frames are those of the
// plan. Returns the same as JSON.
nlohmann::ordered_json tellPlan(Console& console,
                                const std::filesystem::path& path,
                                const plan::AttentionPlan& plan,
                                const plan::TokenLayout& layout,
                                std::int64_t block);

// "8 latent frames of 3600 tokens, 0 of text: 28800 in all."
std::string layoutLine(const plan::TokenLayout& layout);

// "skips 45.47 % (keeps 54.53 %) of 128-blocks, 46.88 % of pairs"
std::string sparsityWords(const plan::Sparsity& sparsity, std::int64_t block);

// Left-aligned in a column of `width`.
std::string padded(std::string text, std::size_t width);

}  // namespace tessera::cli
