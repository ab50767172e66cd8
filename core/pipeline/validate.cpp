#include "core/pipeline/validate.h"

#include "core/base/format.h"
#include "core/base/paths.h"
#include "core/media/clip_writer.h"
#include "core/models/registry.h"
#include "core/pipeline/result.h"
#include "core/tensor/device.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>

namespace tessera::pipeline {

namespace {

using base::ErrorCode;

base::Error badField(const std::string& field, const std::string& what, const std::string& hint) {
    return {ErrorCode::BadInput, what, hint, field};
}

std::string sizeText(std::pair<int, int> size) {
    return std::to_string(size.first) + " x " + std::to_string(size.second);
}

// The size of the model closest to what was asked, by area and shape.
std::pair<int, int> nearestSize(const ModelCard& card, int width, int height) {
    return *std::ranges::min_element(card.sizes, {}, [&](const std::pair<int, int>& size) {
        return std::abs(size.first - width) + std::abs(size.second - height);
    });
}

base::Status checkSize(const ModelCard& card, int width, int height) {
    if (std::ranges::find(card.sizes, std::pair{width, height}) != card.sizes.end()) {
        return {};
    }
    std::string all;
    for (const auto& size : card.sizes) {
        all += (all.empty() ? "" : ", ") + sizeText(size);
    }
    return base::fail(badField("size",
                               "The size " + sizeText({width, height}) + " is not one that " +
                                   card.name + " was trained for (" + all + ").",
                               "Use " + sizeText(nearestSize(card, width, height)) + "."));
}

base::Status checkNumbers(const GenerationRequest& r, const ModelCard& card) {
    if (std::ranges::find(card.videoFrames, r.videoFrames) == card.videoFrames.end()) {
        const int nearest = *std::ranges::min_element(
            card.videoFrames, {}, [&](int count) { return std::abs(count - r.videoFrames); });
        return base::fail(badField(
            "video_frames",
            card.name + " cannot make clips of " + std::to_string(r.videoFrames) + " frames.",
            "Use " + std::to_string(nearest) + " frames."));
    }
    constexpr int kMaxSteps = 1000;  // training timesteps
    if (r.steps < 1 || r.steps > kMaxSteps) {
        return base::fail(
            badField("steps",
                     std::to_string(r.steps) + " steps were asked for; the schedule has 1 to 1000.",
                     "Use " + std::to_string(card.steps) + ", or fewer for a quicker clip."));
    }
    constexpr double kMaxCfg = 30.0;
    if (!(*r.cfgScale >= 1.0 && *r.cfgScale <= kMaxCfg)) {
        return base::fail(
            badField("cfg_scale",
                     "Guidance " + base::fixed(*r.cfgScale, 2) + " is outside 1 to 30 (1 = none).",
                     "Use " + base::fixed(card.cfgScale, 1) + "."));
    }
    if (!(r.fps >= 1.0 && r.fps <= 120.0)) {
        return base::fail(
            badField("fps",
                     "A rate of " + base::fixed(r.fps, 2) + " frames a second is outside 1 to 120.",
                     "Use " + base::fixed(card.fps, 0) + "."));
    }
    if (r.threads < 0 || r.threads > 1024) {
        return base::fail(
            badField("threads",
                     std::to_string(r.threads) + " threads were asked for; 1 to 1024 work.",
                     "Use 0 for all cores."));
    }
    return {};
}

// The mask of one layer of a model with so many heads.
base::Result<plan::LayerMask> readMask(const std::string& text,
                                       const ModelCard& card,
                                       int frames,
                                       std::int64_t heads) {
    const auto mask = plan::parseLayerMask(text, frames);
    if (!mask) {
        base::Error error = mask.error();
        error.where = "masks";
        return base::fail(std::move(error));
    }
    const auto named = static_cast<std::int64_t>(mask->heads.size());
    if (named != 1 && named != heads) {
        return base::fail(badField("masks",
                                   "A layer was given masks for " + std::to_string(named) +
                                       " heads; " + card.name + " has " + std::to_string(heads) +
                                       ".",
                                   "Give one mask for all of them, or one for each."));
    }
    return mask->simplified();
}

// The masks of every layer, and their names as short as they can be said: none for dense, one where
// all layers have the same.
base::Status readMasks(ValidRequest& valid) {
    GenerationRequest& r = valid.effective;
    if (r.masks.empty()) {
        r.plan = {};
        return {};
    }
    const auto work = models::generationWork(r.model, r.width, r.height, r.videoFrames);
    if (!work) {
        return base::fail(work.error());
    }
    const auto layers = static_cast<std::size_t>(work->layers);
    if (r.masks.size() != 1 && r.masks.size() != layers) {
        return base::fail(badField("masks",
                                   std::to_string(r.masks.size()) + " masks were given; " +
                                       valid.card.name + " has " + std::to_string(layers) +
                                       " layers.",
                                   "Give one mask for all of them, or one for each."));
    }
    valid.layout = {work->grid.frames, work->grid.tokensPerFrame(), 0};
    for (std::size_t layer = 0; layer < layers; ++layer) {
        const std::string& text = r.masks[r.masks.size() == 1 ? 0 : layer];
        auto mask = readMask(text, valid.card, static_cast<int>(valid.layout.frames), work->heads);
        if (!mask) {
            return base::fail(mask.error());
        }
        valid.masks.push_back(std::move(*mask));
    }
    r.masks.clear();
    const bool isSame = std::ranges::all_of(
        valid.masks, [&](const plan::LayerMask& mask) { return mask == valid.masks.front(); });
    if (isSame && valid.masks.front().isFull()) {
        valid.masks.clear();
    } else if (isSame) {
        r.masks.push_back(valid.masks.front().name());
    } else {
        for (const plan::LayerMask& mask : valid.masks) {
            r.masks.push_back(mask.name());
        }
    }
    return {};
}

// Weights and the largest activations: the MLP and attention of one block, and the decoder's last
// level (32 channels at half resolution, four tensors alive). In bf16 at 128x192 and 192x288 the
// bundled model was seen to peak at 597 and 746 MB; this says 601 and 690.
std::int64_t memoryNeed(const GenerationRequest& r, c10::ScalarType dtype) {
    const auto pixels = static_cast<std::int64_t>(r.width) * r.height * r.videoFrames;
    const std::int64_t bytes = dtype == c10::ScalarType::BFloat16 ? 2 : 4;
    constexpr std::int64_t kFixed = 530'000'000;  // libraries, weights, text
    constexpr std::int64_t kChannels =
        32;  // at half resolution: 8 numbers a pixel, in four tensors
    constexpr std::int64_t kRgbBytes = 36;  // the clip as fp32, once more as fp32, as bytes
    return kFixed + pixels * (kChannels * bytes + kRgbBytes);
}

std::filesystem::path libraryPath(const GenerationRequest& r) {
    return base::clipsFolder() / ("tessera-" + base::hex64(r.seed).substr(8) + ".mp4");
}

}  // namespace

base::Result<ValidRequest> validate(const GenerationRequest& request) {
    auto card = readModelCard(request.model);
    if (!card) {
        return base::fail(card.error());
    }
    if (base::Status whole = checkHasWeights(*card); !whole) {
        return base::fail(whole.error());
    }
    ValidRequest valid;
    valid.card = *card;
    GenerationRequest& r = valid.effective;
    r = request;
    r.model = card->folder;
    if (std::ranges::all_of(r.prompt, [](unsigned char c) { return c <= ' '; })) {
        return base::fail(badField("prompt",
                                   "The prompt is empty; say what the clip should show.",
                                   "For example: a red ball bouncing over the sea."));
    }
    if (std::ranges::find(card->stages, r.stage) == card->stages.end()) {
        return base::fail(badField(
            "stage",
            card->name + " has no stage of that kind; this copy holds its base stage only.",
            "Use --stage base."));
    }
    auto device = tensor::openDevice(name(r.device));
    if (!device) {
        return base::fail(device.error());
    }
    valid.device = *device;
    r.device.kind = device->is_cuda() ? DeviceChoice::Kind::Cuda : DeviceChoice::Kind::Cpu;
    r.device.index = device->is_cuda() ? device->index() : 0;
    const auto size = device->is_cuda() ? card->defaultSizeGpu : card->defaultSize;
    if (r.width == 0 && r.height == 0) {
        std::tie(r.width, r.height) = size;
    } else if (r.width == 0 || r.height == 0) {
        const auto known = std::ranges::find_if(card->sizes, [&](const auto& s) {
            return r.width == 0 ? s.second == r.height : s.first == r.width;
        });
        if (known != card->sizes.end()) {
            std::tie(r.width, r.height) = *known;
        }
    }
    r.videoFrames = r.videoFrames == 0 ? card->videoFrames.front() : r.videoFrames;
    r.fps = r.fps == 0.0 ? card->fps : r.fps;
    r.steps = r.steps == 0 ? card->steps : r.steps;
    r.cfgScale = r.cfgScale.value_or(card->cfgScale);
    if (auto checked = checkSize(*card, r.width, r.height); !checked) {
        return base::fail(checked.error());
    }
    if (auto checked = checkNumbers(r, *card); !checked) {
        return base::fail(checked.error());
    }
    if (auto checked = readMasks(valid); !checked) {
        return base::fail(checked.error());
    }
    if (r.output.empty()) {
        r.output = libraryPath(r);
    }
    if (auto checked = media::checkClip(r.output, r.width, r.height, r.fps); !checked) {
        return base::fail(checked.error());
    }
    valid.dtype = r.precision == Precision::Auto   ? tensor::fastestPrecision(*device)
                  : r.precision == Precision::Bf16 ? c10::ScalarType::BFloat16
                                                   : c10::ScalarType::Float;
    r.precision = valid.dtype == c10::ScalarType::BFloat16 ? Precision::Bf16 : Precision::Fp32;
    valid.memoryBytes = memoryNeed(r, valid.dtype);
    const double limit = device->is_cuda() ? r.maxVramGb : r.maxRamGb;
    if (limit > 0.0 && static_cast<double>(valid.memoryBytes) > limit * 1e9) {
        return base::fail(ErrorCode::OutOfMemory,
                          "The clip needs about " +
                              base::byteSize(static_cast<std::uint64_t>(valid.memoryBytes)) +
                              " of memory; the limit is " + base::fixed(limit, 2) + " GB.",
                          "Raise the limit, or choose a smaller size.",
                          device->is_cuda() ? "max_vram" : "max_ram");
    }
    valid.texts = {r.prompt, r.negativePrompt};
    return valid;
}

}  // namespace tessera::pipeline
