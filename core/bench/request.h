#pragma once

// What a measurement of the attention kernels is asked to do: plain values. Any thread.

#include "core/pipeline/request.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera::bench {

struct BenchRequest {
    // By name; none = all there are. Dense attention is timed beside them in any case.
    std::vector<std::string> kernels;
    // Names of plan/shape_preset.h, or "F,P,T,H,D": latent frames, tokens of one, text tokens,
    // heads, head size; none = the bundled model at 288x192.
    std::vector<std::string> shapes;
    // "2:6", "full", "k=2" for the mask with so many reference frames, whatever the clip's length,
    // or "family" for every mask of a shape's frames; each for the shapes that it fits; none =
    // family.
    std::vector<std::string> masks;
    // Names of steps.h: whole evaluations of a network in place of kernels alone; without shapes.
    std::vector<std::string> steps;
    pipeline::DeviceChoice device;
    pipeline::Precision precision = pipeline::Precision::Auto;
    int threads = 0;        // 0 = all cores
    bool backward = false;  // times the backward pass as well
    int warmUps = 25;       // runs before the first that counts, and those that count: the paper's
    int runs = 100;
    double tolerance = 0.0;   // largest relative error that agrees; 0 = the precision's own
    std::uint64_t seed = 0;   // of the inputs; 0 = a fresh one
    bool flushCache = false;  // overwrites the caches before each run
    bool operator==(const BenchRequest&) const = default;
};

}  // namespace tessera::bench
