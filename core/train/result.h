#pragma once

// How a training run ended; the details are in the run folder's log.jsonl.

#include <cstdint>
#include <filesystem>
#include <string>

namespace tessera::train {

struct TrainResult {
    std::int64_t step = 0;
    double loss = 0.0;              // mean of the last 100 steps
    double samplesPerSecond = 0.0;  // of this process, the first 50 steps left out
    double seconds = 0.0;
    std::filesystem::path checkpoint;  // newest full checkpoint
};

}  // namespace tessera::train
