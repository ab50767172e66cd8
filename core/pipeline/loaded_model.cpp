#include "core/pipeline/loaded_model.h"

#include "core/base/format.h"
#include "core/models/registry.h"
#include "core/tensor/device.h"
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

namespace {

// The networks of `model` from its folder, and their hash.
base::Status openNetworks(LoadedModel& model) {
    auto text = models::openTextEncoder(model.folder, model.dtype, model.device);
    if (!text) {
        return base::fail(text.error());
    }
    auto transformer = models::openTransformer(model.folder, model.dtype, model.device);
    if (!transformer) {
        return base::fail(transformer.error());
    }
    auto vae = models::openVae(model.folder, model.dtype, model.device);
    if (!vae) {
        return base::fail(vae.error());
    }
    auto hash = hashWeights(model.folder);
    if (!hash) {
        return base::fail(hash.error());
    }
    model.text = std::move(*text);
    model.transformer = std::move(*transformer);
    model.vae = std::move(*vae);
    model.hash = std::move(*hash);
    return {};
}

}  // namespace

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
    if (base::Status opened = openNetworks(model); !opened) {
        return base::fail(opened.error());
    }
    return model;
}

void release(LoadedModel& model) {
    model.text.reset();
    model.transformer.reset();
    model.vae.reset();
    tensor::releaseFreedMemory(model.device);
}

base::Status reload(LoadedModel& model) {
    const std::string before = model.hash;
    if (base::Status opened = openNetworks(model); !opened) {
        return opened;
    }
    if (model.hash != before) {
        return base::fail(
            base::ErrorCode::BadModel,
            "The weights in " + model.folder.string() + " were replaced while the job was paused.",
            "Start the clip again with the new weights.",
            model.folder.string());
    }
    return {};
}

}  // namespace tessera::pipeline
