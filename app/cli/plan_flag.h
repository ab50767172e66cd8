#pragma once

// --plan FILE of the commands that make clips: the plan's masks become those of the request.

#include "app/cli/flags.h"
#include "core/base/result.h"
#include "core/pipeline/request.h"

#include <filesystem>

namespace tessera::cli {

void addPlanFlag(FlagSet& flags, std::filesystem::path& path);

// Reads the plan, holds it against the request's model and takes its masks. Nothing where `path` is
// empty. BadInput with --mask beside it or a plan for another model or length; NotFound, BadFile,
// NewerSchema, BadModel.
base::Status usePlan(const std::filesystem::path& path,
                     const FlagSet& flags,
                     pipeline::GenerationRequest& request);

}  // namespace tessera::cli
