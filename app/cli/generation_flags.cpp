#include "app/cli/flags.h"
#include "core/jobs/words.h"

#include <utility>

namespace tessera::cli {

using base::Result;
using base::Status;

namespace {

constexpr int kMaxPixels = 16384;
constexpr int kMaxFrames = 100'000;
constexpr int kMaxSteps = 100'000;
constexpr int kMaxThreads = 4096;
constexpr double kMaxGigabytes = 1e6;

// A flag whose words are those of `choices`.
template <class Choice>
void choiceFlag(FlagSet& flags,
                const std::string& names,
                Choice& field,
                std::vector<Choice> choices,
                const std::string& help) {
    std::vector<std::string> words;
    words.reserve(choices.size());
    for (const Choice choice : choices) {
        words.emplace_back(jobs::word(choice));
    }
    flags.choice(
        names,
        words,
        [&field, choices = std::move(choices)](std::size_t index) { field = choices[index]; },
        help);
}

}  // namespace

void addDeviceFlag(FlagSet& flags, pipeline::DeviceChoice& device, const std::string& help) {
    flags.value(
        "--device",
        "auto|cpu|cuda:N",
        [&device](const std::string& text) -> Status {
            const Result<pipeline::DeviceChoice> choice = jobs::deviceOf(text);
            if (!choice) {
                return base::fail(choice.error());
            }
            device = *choice;
            return {};
        },
        help);
}

void addMaskFlag(FlagSet& flags,
                 std::function<void(std::vector<std::string>)> take,
                 const std::string& help) {
    flags.value(
        "--mask",
        "K:F-K|full",
        [take = std::move(take)](const std::string& text) -> Status {
            // An empty name is kept: it is refused like any other that is no mask.
            std::vector<std::string> masks;
            std::size_t begin = 0;
            for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
                end = text.find(',', begin);
                masks.push_back(text.substr(begin, end - begin));
            }
            take(std::move(masks));
            return {};
        },
        help);
}

void addGenerationFlags(FlagSet& flags, pipeline::GenerationRequest& request) {
    flags.path("--model", request.model, "Model folder (default: the bundled model)");
    choiceFlag(flags,
               "--stage",
               request.stage,
               {pipeline::Stage::Base, pipeline::Stage::Mlcd, pipeline::Stage::Sparse},
               "Original, few-step student, or student with a plan (default: base)");
    addMaskFlag(
        flags,
        [&request](std::vector<std::string> masks) {
            request.masks = std::move(masks);
            request.plan = {};
        },
        "Mask of the self-attention (2:6); with commas one for each layer (default: dense)");
    flags.integer("--steps", request.steps, 1, kMaxSteps, "Steps (default: the stage's own)");
    flags.number("--cfg-scale", request.cfgScale, 0.0, 1000.0, "Guidance; 1 = none");
    flags.integer("-W,--width", request.width, 1, kMaxPixels, "Width in pixels");
    flags.integer("-H,--height", request.height, 1, kMaxPixels, "Height in pixels");
    flags.integer("--video-frames", request.videoFrames, 1, kMaxFrames, "Frames of the clip");
    flags.number("--fps", request.fps, 0.01, 1000.0, "Frames a second");
    addDeviceFlag(flags, request.device, "Where to run (default: auto)");
    choiceFlag(flags,
               "--precision",
               request.precision,
               {pipeline::Precision::Auto, pipeline::Precision::Fp32, pipeline::Precision::Bf16},
               "Number format (default: auto)");
    flags.integer("--threads", request.threads, 1, kMaxThreads, "Processor threads (default: all)");
    flags.number("--max-ram", request.maxRamGb, 0.0, kMaxGigabytes, "Limit of memory in GB");
    flags.number("--max-vram", request.maxVramGb, 0.0, kMaxGigabytes, "Limit of the card's, in GB");
}

}  // namespace tessera::cli
