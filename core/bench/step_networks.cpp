#include "core/bench/step_networks.h"

#include "core/base/check.h"
#include "core/models/dit_open_sora_plan.h"
#include "core/models/dit_tessera.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>

namespace tessera::bench {

namespace {

// Latents of a shape preset (plan/shape_preset.h), and the family of its model.
struct Known {
    std::string_view name;
    bool isBundled;
    std::int64_t frames, height, width;
};

constexpr std::array<Known, 5> kKnown{{{"osp-29f", false, 8, 90, 160},
                                       {"osp-93f", false, 24, 90, 160},
                                       {"bundled-128x192", true, 8, 16, 24},
                                       {"bundled-192x288", true, 8, 24, 36},
                                       {"bundled-256x384", true, 8, 32, 48}}};

template <class Network, class Config>
StepNetwork networkOf(const Known& known, std::int64_t textTokens) {
    const Config config;
    auto transformer = std::make_unique<Network>(config);
    StepNetwork network;
    network.parameters = transformer->parameters();
    network.transformer = std::move(transformer);
    network.latents = {1, config.channels, known.frames, known.height, known.width};
    network.text = {1, textTokens, config.textSize};
    return network;
}

StepNetwork makeKnown(std::string_view name) {
    constexpr std::int64_t kOpenSoraPlanText = 512, kBundledText = 48;
    const auto known = std::ranges::find(kKnown, name, &Known::name);
    CHECK(known != kKnown.end(), name);
    return known->isBundled ? networkOf<models::TesseraDit, models::DitConfig>(*known, kBundledText)
                            : networkOf<models::OpenSoraPlanDit, models::OpenSoraPlanConfig>(
                                  *known, kOpenSoraPlanText);
}

}  // namespace

StepSource programSteps() {
    StepSource source;
    for (const Known& known : kKnown) {
        source.names.emplace_back(known.name);
    }
    source.make = makeKnown;
    return source;
}

void drawWeights(StepNetwork& network,
                 std::uint64_t seed,
                 c10::Device device,
                 c10::ScalarType dtype) {
    constexpr double kSmall = 0.02;
    for (const models::Parameter& parameter : network.parameters) {
        models::Parameter drawn = parameter;
        if (drawn.initial == models::Initial::Zero) {
            drawn.initial = models::Initial::Normal;
            drawn.scale = kSmall;
        }
        // One after the other, so that the whole network is never there in fp32.
        models::initialise({drawn}, seed, device);
        *parameter.slot = parameter.slot->to(dtype);
    }
}

}  // namespace tessera::bench
