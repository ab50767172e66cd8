#pragma once

// The networks that whole steps are timed on, by the names of their shapes. Engine thread.

#include "core/models/parameter.h"
#include "core/models/transformer.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::bench {

// A network with the sizes of what goes in.
struct StepNetwork {
    std::unique_ptr<models::VideoTransformer> transformer;
    models::ParameterList parameters;   // its weights; the slots are empty at first
    std::vector<std::int64_t> latents;  // [1, C, F, h, w]
    std::vector<std::int64_t> text;     // [1, L, D], all of it real tokens
};

// Where networks come from: the program's own, or others in tests.
struct StepSource {
    std::vector<std::string> names;                     // each a shape of cases.h too
    std::function<StepNetwork(std::string_view)> make;  // of one of the names, without weights
};

// Open-Sora-Plan 1.2 at 720p with 512 tokens of text, and the bundled model with 48.
StepSource programSteps();

// Draws the weights, a pure function of the seed. None is zero: a gate of zero would leave out what
// it lets through, and products of zeros were seen 13 % quicker than of numbers (H100, 2026-11-23).
void drawWeights(StepNetwork& network,
                 std::uint64_t seed,
                 c10::Device device,
                 c10::ScalarType dtype);

}  // namespace tessera::bench
