#pragma once

// Scoring a model stage, or a folder of clips, with WorldEval: plain values. Any thread.

#include "core/pipeline/request.h"

#include <filesystem>

namespace tessera::eval {

struct EvalRequest {
    pipeline::GenerationRequest generation;  // prompt and seed are replaced for each clip
    std::filesystem::path
        prompts;       // plain text, one prompt a line; empty = prompts drawn from the world
    int count = 64;    // prompts scored (the first `count` lines, or as many drawn)
    int batch = 1;     // clips made together
    bool vae = false;  // score the VAE on `count` unseen clips instead of a stage
    std::filesystem::path sheet;   // contact sheet (PNG) of the first clips; empty = none
    std::filesystem::path output;  // JSON with every clip's scores; empty = none
    bool operator==(const EvalRequest&) const = default;
};

}  // namespace tessera::eval
