#pragma once

// What a generation returns: plain values that the window shows, the command line prints and the
// journal keeps.

#include "core/base/frames.h"
#include "core/pipeline/request.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tessera::pipeline {

// The phases of one generation, in order; also the names in progress lines ("load", "encode", ...).
enum class Phase { Load, Encode, Denoise, Decode, Write };

const char* name(Phase phase);
std::string name(const DeviceChoice& device);

struct PhaseTime {
    Phase phase = Phase::Load;
    double seconds = 0.0;
};

struct GenerationResult {
    std::filesystem::path path;   // the clip written; for .png the first frame
    base::SharedFrames frames;    // the decoded frames, as written
    GenerationRequest effective;  // the request with every default and "auto" replaced by what ran
    std::string modelHash;        // 16 hex digits over the weights
    std::string understoodAs;     // the prompt as the tokeniser read it; empty when nothing changed
    std::vector<std::string> ignoredWords;
    std::vector<PhaseTime> times;
    double secondsTotal = 0.0;
    std::uint64_t peakResidentBytes = 0;
    int stepsDone = 0;  // fewer than effective.steps after "finish early"
    int forwards = 0;   // network evaluations, guidance counted
};

}  // namespace tessera::pipeline
