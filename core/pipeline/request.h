#pragma once

// What a generation is asked to do: a plain value, copied into a job, saved as the recipe. No
// tensor, no settings lookup: everything that decides the clip is in here. Any thread.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tessera::pipeline {

enum class Stage { Base, Mlcd, Sparse };

enum class Precision { Auto, Fp32, Bf16 };

// "auto", "cpu" or "cuda:N".
struct DeviceChoice {
    enum class Kind { Auto, Cpu, Cuda };
    Kind kind = Kind::Auto;
    int index = 0;
    bool operator==(const DeviceChoice&) const = default;
};

// The plan that the masks were taken from: for whoever reads the recipe, nothing is computed by it.
struct PlanOrigin {
    std::string file;  // its name without folder; empty = none
    std::string hash;  // plan::hashOf()
    bool operator==(const PlanOrigin&) const = default;
};

struct GenerationRequest {
    std::string prompt;
    std::string negativePrompt;
    std::filesystem::path model;  // folder in diffusers layout; empty = the bundled model
    Stage stage = Stage::Base;
    int width = 0;  // pixels; 0 = the model's default for the device
    int height = 0;
    int videoFrames = 0;             // 0 = the model's default (29)
    double fps = 0.0;                // 0 = the model's default (8)
    int steps = 0;                   // 0 = the stage's default
    std::optional<double> cfgScale;  // 1 = no guidance; absent = the stage's default
    std::uint64_t seed = 0;
    // Masks of the self-attention, "2:6" or "full", or one a head, "2:6/4:4/full/2:6": one for
    // every layer, or one a layer; none = dense.
    std::vector<std::string> masks;
    PlanOrigin plan;
    DeviceChoice device;
    Precision precision = Precision::Auto;
    int threads = 0;        // 0 = all cores
    double maxRamGb = 0.0;  // 0 = no limit of ours
    double maxVramGb = 0.0;
    std::filesystem::path
        output;  // .mp4 .gif .npy, or .png for one file a frame; empty = the library folder
    bool writeMetadata = true;  // recipe inside the clip
    bool previews = false;      // emit a small RGB preview after every step
    bool operator==(const GenerationRequest&) const = default;
};

}  // namespace tessera::pipeline
