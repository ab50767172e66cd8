#pragma once

// The recipe of a clip: everything needed to make it again, as JSON (inside the clip, or a
// *.recipe.json) and as text for people. Written by the engine, read by window and command line.
// Schema 1; unknown keys are kept; a newer schema is refused. Any thread.

#include "core/base/result.h"
#include "core/pipeline/request.h"
#include "core/pipeline/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::jobs {

inline constexpr int kRecipeSchema = 1;

struct Recipe {
    pipeline::GenerationRequest asked;                     // as typed; without output path
    std::optional<pipeline::GenerationRequest> effective;  // as the engine ran it
    std::string modelHash;                                 // 16 hex digits; empty = not known
    std::string appVersion;
    std::string understoodAs;
    std::vector<std::string> ignoredWords;
    int stepsDone = 0;   // fewer than effective->steps after "finish early"; 0 = not run
    std::string source;  // the JSON this recipe was read from, whose unknown keys are kept
};

// The recipe of a clip that was made.
Recipe makeRecipe(const pipeline::GenerationRequest& asked,
                  const pipeline::GenerationResult& result);

// The request that makes the same clip again: effective values where there are any, the model as it
// was asked for, no output path.
pipeline::GenerationRequest reproduce(const Recipe& recipe);

// BadFile with the key concerned, NewerSchema. `what` names the text in errors.
base::Result<Recipe> parseRecipe(std::string_view text, std::string_view what);

// JSON, two spaces a level, ending in a line feed.
std::string recipeText(const Recipe& recipe);

// A few lines for people: prompt, then the values as they ran.
std::string parametersText(const Recipe& recipe);

}  // namespace tessera::jobs
