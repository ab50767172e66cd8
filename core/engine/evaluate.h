#pragma once

// Scores a model stage or the VAE with WorldEval (design.md 9, verb eval). Engine thread.

#include "core/base/result.h"
#include "core/engine/model_cache.h"
#include "core/eval/request.h"
#include "core/eval/result.h"
#include "core/jobs/engine.h"

namespace tessera::engine {

// Makes request.count clips from prompts (or reconstructs as many unseen clips when request.vae)
// and scores what their captions state. Errors of validate() and of the files concerned; Cancelled.
base::Result<eval::EvalResult> evaluate(const eval::EvalRequest& request,
                                        ModelCache& models,
                                        jobs::JobControl& control);

}  // namespace tessera::engine
