#include "tests/support/tiny_model.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/schedulers/scheduler_config.h"
#include "core/tensor/device.h"
#include "core/tensor/safetensors.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace tessera::tests {

namespace {

// Fresh weights in which nothing is zero, so that every input reaches the output.
void randomise(const models::ParameterList& parameters) {
    models::initialise(parameters, 7, c10::Device(c10::DeviceType::CPU));
    for (const models::Parameter& parameter : parameters) {
        if (parameter.initial == models::Initial::Zero) {
            parameter.slot->uniform_(-0.05, 0.05);
        }
    }
}

void writeNetwork(const std::filesystem::path& folder,
                  const char* file,
                  const base::Json& config,
                  const models::ParameterList& parameters) {
    std::filesystem::create_directories(folder);
    std::vector<tensor::NamedTensor> tensors;
    for (const models::Parameter& parameter : parameters) {
        tensors.push_back({parameter.name, *parameter.slot});
    }
    ASSERT_TRUE(tensor::writeSafetensors(folder / file, tensors));
    ASSERT_TRUE(base::writeJsonFile(folder / "config.json", config));
}

}  // namespace

models::DitConfig tinyDit() {
    models::DitConfig config;
    config.layers = 2;
    config.heads = 2;
    config.headSize = 16;
    config.channels = 4;
    config.textSize = 32;
    config.mlpRatio = 2;
    config.ropeAxes = {4, 6, 6};
    return config;
}

models::TextConfig tinyText() {
    models::TextConfig config;
    config.vocabulary = 16;
    config.maxTokens = 8;
    config.width = 32;
    config.layers = 1;
    config.heads = 2;
    return config;
}

models::VaeConfig tinyVae() {
    models::VaeConfig config;
    config.channels = 4;
    config.widths = {4, 8, 16};
    config.previewMatrix.assign(3 * 5, 0.1);
    return config;
}

void writeTinyModel(const std::filesystem::path& folder) {
    tensor::seedDevice(c10::Device(c10::DeviceType::CPU), 11);
    models::TesseraDit dit(tinyDit());
    randomise(dit.parameters());
    writeNetwork(folder / "transformer",
                 "diffusion_pytorch_model.safetensors",
                 dit.config().json(),
                 dit.parameters());
    models::WordTextEncoder text(tinyText());
    randomise(text.parameters());
    writeNetwork(
        folder / "text_encoder", "model.safetensors", text.config().json(), text.parameters());
    models::TesseraVae vae(tinyVae());
    randomise(vae.parameters());
    writeNetwork(folder / "vae",
                 "diffusion_pytorch_model.safetensors",
                 vae.config().json(),
                 vae.parameters());
    std::filesystem::create_directories(folder / "tokenizer");
    std::filesystem::create_directories(folder / "scheduler");
    ASSERT_TRUE(base::writeJsonFile(folder / "tokenizer" / "vocab.json",
                                    base::Json::array({"ball", "blue", "red", "star"})));
    schedulers::SchedulerConfig schedule;
    schedule.predictionType = schedulers::PredictionType::V;
    schedule.timestepSpacing = schedulers::TimestepSpacing::Trailing;
    schedule.rescaleBetasZeroSnr = true;
    ASSERT_TRUE(
        schedulers::writeSchedulerConfig(schedule, folder / "scheduler" / "scheduler_config.json"));
    ASSERT_TRUE(base::writeFileAtomically(folder / "model_index.json",
                                          R"({"tessera": {"schema": 1, "name": "Tiny",
        "architecture": "TesseraTransformer3DModel", "sizes": [[96, 64], [192, 128]], "default_size": [96, 64],
        "default_size_gpu": [192, 128], "video_frames": [29], "fps": 8, "steps": 4, "cfg_scale": 2.0,
        "closed_vocabulary": false}})"));
}

}  // namespace tessera::tests
