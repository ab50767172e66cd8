// Looks at models and weights without running them: the Torch-free answers of make_engine.h.

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/paths.h"
#include "core/engine/make_engine.h"
#include "core/jobs/words.h"
#include "core/models/registry.h"
#include "core/pipeline/loaded_model.h"
#include "core/pipeline/model_card.h"
#include "core/pipeline/result.h"
#include "core/tensor/safetensors.h"
#include "core/tensor/weights.h"

#include <algorithm>
#include <map>

namespace tessera::engine {

namespace {

// Numbers of a tensor by its shape.
std::int64_t numbers(const std::vector<std::int64_t>& shape) {
    std::int64_t product = 1;
    for (const std::int64_t size : shape) {
        product *= size;
    }
    return product;
}

std::string lowerCase(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return text;
}

base::Result<ComponentInfo> inspectComponent(const std::filesystem::path& folder,
                                             const std::string& name) {
    ComponentInfo info;
    info.name = name;
    auto config = base::readJsonFile(folder / "config.json");
    if (!config) {
        return base::fail(config.error());
    }
    if (const auto className = base::jsonText(*config, "_class_name")) {
        info.architecture = *className;
    }
    std::map<std::string, std::int64_t> byType;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        if (entry.path().extension() != ".safetensors") {
            continue;
        }
        auto weights = inspectWeights(entry.path());
        if (!weights) {
            return base::fail(weights.error());
        }
        info.parameters += weights->parameters;
        info.bytes += weights->bytes;
        for (const TensorInfo& tensor : weights->tensors) {
            byType[tensor.dtype] += numbers(tensor.shape);
        }
    }
    if (byType.empty()) {
        // Says what is there instead, a pickle for example.
        if (auto weights = tensor::Weights::openComponent(folder); !weights) {
            return base::fail(weights.error());
        }
    }
    if (!byType.empty()) {
        info.dtype = std::ranges::max_element(byType, {}, [](const auto& entry) {
                         return entry.second;
                     })->first;
    }
    return info;
}

// Card and components; no hash, no weights beyond their headers.
base::Result<ModelInfo> describeModel(const std::filesystem::path& folder) {
    auto card = pipeline::readModelCard(folder);
    if (!card) {
        return base::fail(card.error());
    }
    if (const base::Status whole = pipeline::checkHasWeights(*card); !whole) {
        return base::fail(whole.error());
    }
    ModelInfo info;
    info.name = card->name;
    info.folder = card->folder;
    info.architecture = card->architecture;
    info.sizes = card->sizes;
    for (const pipeline::Stage stage : card->stages) {
        info.stages.emplace_back(jobs::word(stage));
    }
    info.defaults.model = card->folder;
    info.defaults.width = card->defaultSize.first;
    info.defaults.height = card->defaultSize.second;
    info.defaults.videoFrames = card->videoFrames.front();
    info.defaults.fps = card->fps;
    info.defaults.steps = card->steps;
    info.defaults.cfgScale = card->cfgScale;
    const auto bundled = pipeline::bundledModel();
    std::error_code ignored;
    info.isBundled = bundled && std::filesystem::equivalent(*bundled, card->folder, ignored);
    for (const char* name : {"text_encoder", "transformer", "vae"}) {
        auto component = inspectComponent(card->folder / name, name);
        if (!component) {
            return base::fail(component.error());
        }
        info.parameters += component->parameters;
        info.bytes += component->bytes;
        info.components.push_back(std::move(*component));
    }
    return info;
}

base::Error cancelled() {
    return {base::ErrorCode::Cancelled,
            "Reading the model was cancelled.",
            "Run the command again.",
            ""};
}

}  // namespace

base::Result<WeightsInfo> inspectWeights(const std::filesystem::path& path) {
    auto file = tensor::WeightFile::open(path);
    if (!file) {
        return base::fail(file.error());
    }
    WeightsInfo info;
    info.metadata.assign(file->metadata().begin(), file->metadata().end());
    for (const auto& [name, tensor] : file->layout().tensors) {
        info.tensors.push_back({name, lowerCase(base::storedName(tensor.type)), tensor.shape});
        info.parameters += numbers(tensor.shape);
        info.bytes += tensor.end - tensor.begin;
    }
    return info;
}

base::Result<std::string> hashModel(const std::filesystem::path& folder,
                                    const std::stop_token& stop) {
    if (stop.stop_requested()) {
        return base::fail(cancelled());
    }
    auto card = pipeline::readModelCard(folder);
    if (!card) {
        return base::fail(card.error());
    }
    return pipeline::hashWeights(card->folder);
}

base::Result<SelfAttention> selfAttentionOf(const std::filesystem::path& folder, int videoFrames) {
    const auto card = pipeline::readModelCard(folder);
    if (!card) {
        return base::fail(card.error());
    }
    const auto work =
        models::generationWork(card->folder,
                               card->defaultSize.first,
                               card->defaultSize.second,
                               videoFrames > 0 ? videoFrames : card->videoFrames.front());
    if (!work) {
        return base::fail(work.error());
    }
    return SelfAttention{card->name,
                         static_cast<int>(work->layers),
                         static_cast<int>(work->heads),
                         {work->grid.frames, work->grid.tokensPerFrame(), 0}};
}

base::Result<ModelInfo> inspectModel(const std::filesystem::path& folder,
                                     const std::stop_token& stop) {
    auto info = describeModel(folder);
    if (!info) {
        return base::fail(info.error());
    }
    if (stop.stop_requested()) {
        return base::fail(cancelled());
    }
    // Loading is the check: every tensor by name and shape, and none left over.
    auto model = pipeline::loadModel(
        info->folder, c10::ScalarType::Float, c10::Device(c10::DeviceType::CPU));
    if (!model) {
        return base::fail(model.error());
    }
    info->hash = model->hash;
    if (!std::filesystem::exists(info->folder / "model_card.md")) {
        info->problems.emplace_back("There is no model_card.md: nothing says how it was trained.");
    }
    return info;
}

base::Result<std::vector<ModelInfo>> listModels() {
    std::vector<std::filesystem::path> folders;
    if (const auto bundled = pipeline::bundledModel()) {
        folders.push_back(*bundled);
    }
    std::error_code ignored;
    for (const auto& entry :
         std::filesystem::directory_iterator(base::dataFolder() / "models", ignored)) {
        if (entry.is_directory(ignored)) {
            folders.push_back(entry.path());
        }
    }
    std::vector<ModelInfo> models;
    for (const std::filesystem::path& folder : folders) {
        auto info = describeModel(folder);
        if (!info) {
            ModelInfo broken;
            broken.name = folder.filename().string();
            broken.folder = folder;
            broken.isBundled = pipeline::bundledModel() && *pipeline::bundledModel() == folder;
            broken.problems.push_back(base::describe(info.error()));
            info = std::move(broken);
        }
        models.push_back(std::move(*info));
    }
    std::ranges::sort(models, {}, &ModelInfo::name);
    return models;
}

}  // namespace tessera::engine
