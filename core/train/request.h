#pragma once

// One training run as a plain value (makers' verb `tessera train`).

#include "core/pipeline/request.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace tessera::train {

enum class Network { Vae, Base, Eval };

struct TrainRequest {
    Network network = Network::Vae;
    std::filesystem::path config;  // JSON that overrides the defaults of the network; empty = none
    std::filesystem::path
        run;  // folder of the run: log.jsonl, checkpoints, sheets; resumed when it holds one
    std::filesystem::path model;  // model folder whose finished parts are read (the VAE, for base)
    double minutes = 0.0;         // stop after that long; 0 = only by steps
    std::int64_t steps = 0;       // stop after that many steps in all; 0 = only by time
    std::int64_t stopAfter =
        0;  // stop with a checkpoint once that step is reached, short of the goal; 0 = never
    std::uint64_t seed = 1;
    pipeline::DeviceChoice device;
    int replicas = 1;  // copies of the network that learn together, each from batches of its own:
                       // on `device` and the GPUs after it, on the CPU one after the other
    int threads = 0;   // renderer threads; 0 = all cores but one
    bool exportOnly = false;  // write the newest checkpoint's averaged weights to `model` and stop
    bool operator==(const TrainRequest&) const = default;
};

}  // namespace tessera::train
