#include "core/pipeline/loaded_model.h"

#include "core/base/format.h"
#include "core/models/registry.h"
#include "core/tensor/weights.h"

namespace tessera::pipeline {

base::Result<std::string> hashWeights(const std::filesystem::path& folder) {
    std::uint64_t all = 0;
    for (const char* component : {"transformer", "text_encoder", "vae"}) {
        auto weights = tensor::Weights::openComponent(folder / component);
        if (!weights) {
            return base::fail(weights.error());
        }
        auto hash = weights->hash();
        if (!hash) {
            return base::fail(hash.error());
        }
        all = all * 0x100000001B3ull ^ *hash;
    }
    return base::hex64(all);
}

base::Result<LoadedModel> loadModel(const std::filesystem::path& folder,
                                    c10::ScalarType dtype,
                                    c10::Device device) {
    LoadedModel model;
    model.folder = folder;
    model.device = device;
    model.dtype = dtype;
    auto config = schedulers::readSchedulerConfig(folder / "scheduler" / "scheduler_config.json");
    if (!config) {
        return base::fail(config.error());
    }
    auto scheduler = schedulers::makeScheduler(*config);
    if (!scheduler) {
        return base::fail(scheduler.error());
    }
    model.scheduler = std::move(*scheduler);
    auto text = models::openTextEncoder(folder, dtype, device);
    if (!text) {
        return base::fail(text.error());
    }
    model.text = std::move(*text);
    auto transformer = models::openTransformer(folder, dtype, device);
    if (!transformer) {
        return base::fail(transformer.error());
    }
    model.transformer = std::move(*transformer);
    auto vae = models::openVae(folder, dtype, device);
    if (!vae) {
        return base::fail(vae.error());
    }
    model.vae = std::move(*vae);
    auto hash = hashWeights(folder);
    if (!hash) {
        return base::fail(hash.error());
    }
    model.hash = *hash;
    return model;
}

}  // namespace tessera::pipeline
