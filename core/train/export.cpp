#include "core/train/export.h"

#include "core/base/file.h"
#include "core/base/version.h"
#include "core/pipeline/model_card.h"
#include "core/tensor/safetensors.h"
#include "core/tensor/weights.h"

#include <ATen/ATen.h>

namespace tessera::train {

base::Status writeComponent(const std::filesystem::path& folder,
                            const base::Json& config,
                            const char* fileName,
                            const std::vector<std::pair<std::string, at::Tensor>>& weights,
                            const std::string& prefix,
                            std::map<std::string, std::string> metadata,
                            tensor::StoredForm form) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return base::fail(base::writeError(folder, error.value()));
    }
    std::vector<tensor::NamedTensor> tensors;
    for (const auto& [name, value] : weights) {
        if (name.starts_with(prefix)) {
            tensors.push_back({name.substr(prefix.size()), value});
        }
    }
    metadata.insert({"format", "pt"});
    metadata.insert({"app_version", base::versionText()});
    metadata.insert({"stage", "base"});
    metadata.insert({"licence", "GPL-3.0-or-later"});
    if (base::Status written = tensor::writeSafetensors(
            folder / fileName, tensor::storedWeights(tensors, form), metadata);
        !written) {
        return written;
    }
    return base::writeJsonFile(folder / "config.json", config);
}

base::Status readComponent(const models::ParameterList& parameters,
                           const std::filesystem::path& folder,
                           c10::Device device) {
    auto weights = tensor::Weights::openComponent(folder);
    if (!weights) {
        return base::fail(weights.error());
    }
    return models::load(parameters, *weights, at::kFloat, device);
}

base::Status ensureModelIndex(const std::filesystem::path& model) {
    const auto file = model / "model_index.json";
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) {
        return {};
    }
    const auto bundled = pipeline::bundledModel();
    if (!bundled) {
        return base::fail(bundled.error());
    }
    auto index = base::readJsonFile(*bundled / "model_index.json");
    if (!index) {
        return base::fail(index.error());
    }
    (*index)["tessera"]["name"] = std::filesystem::absolute(model).filename().string();
    return base::writeJsonFile(file, *index);
}

}  // namespace tessera::train
