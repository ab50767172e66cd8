#pragma once

// WorldEval, the judge of the bundled world: one small convolutional network that reads what a clip
// shows. frames() looks at eight frames (each with its two neighbours, so that a frame also shows
// which way things move) and gives maps of object centres, boxes and what is true of the whole
// clip; objects() follows given tracks through those frames and gives class, colour, texture, size,
// motion, action and depth order of each. Out-of-place operations only, static shapes and no
// synchronisation in either, so the trainer differentiates and records them as they are. Precision
// is that of the weights; outputs are float32. Every picture size divisible by 32 works.
// Engine thread; const functions may run on several threads.

#include "core/base/result.h"
#include "core/eval/world_eval_targets.h"
#include "core/models/parameter.h"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace tessera::eval {

inline constexpr int kHeatStride = 4;  // pixels of a heat map cell
inline constexpr int kScales = 2;      // maps of small and of large objects: one may lie in another
inline constexpr int kBoxNumbers = 6;  // of a cell and scale: offset x, y in cells; left, top,
                                       // right, bottom in frame heights

// Longer side of a box, in frame heights, at which small ends and large begins; between the two an
// object is in both maps.
inline constexpr double kSmallUntil = 0.55;
inline constexpr double kLargeFrom = 0.45;

struct WorldEvalConfig {
    std::array<int, 5> widths = {24, 48, 80, 112, 112};  // channels at strides 2, 4, 8, 16, 32
    std::array<int, 5> blocks = {0, 1, 2, 1, 0};         // residual blocks there
    int fusedWidth = 64;                                 // channels of the stride 4 features
    int tokenWidth = 96;                                 // of the clip part
    int heads = 4;
    int layers = 2;
    bool operator==(const WorldEvalConfig&) const = default;
};

// What frames() gives. F = kSampledFrames; h, w = H / 4, W / 4.
struct FrameReading {
    at::Tensor features;    // [B F, fusedWidth + 3, h, w] for objects(), in the weights' precision;
                            // the last three are the picture
    at::Tensor context;     // [B, F, tokenWidth] what each frame says of the whole clip
    at::Tensor heat;        // [B F, kScales, h, w] logits of object centres
    at::Tensor boxes;       // [B F, kScales, kBoxNumbers, h, w]
    at::Tensor background;  // [B, kBackgroundCount] logits
    at::Tensor backgroundColour;  // [B, kColourCount]
    at::Tensor weather;           // [B, kWeatherCount]
    at::Tensor camera;            // [B, kCameraCount]
    at::Tensor style;             // [B, kStyleCount]
};

// What objects() gives for the K tracks of each clip; all logits.
struct ObjectReading {
    at::Tensor shapeClass;  // [B, K, kClassCount]
    at::Tensor colour;      // [B, K, kColourCount]
    at::Tensor texture;     // [B, K, kTextureCount]
    at::Tensor size;        // [B, K, kSizeCount]
    at::Tensor motion;      // [B, K, kMotionCount]
    at::Tensor action;      // [B, K, kActionCount]
    at::Tensor relation;    // [B, K, K, kRelationCount], of the first index to the second
};

class WorldEval {
public:
    // Fresh weights, a pure function of the seed; float32.
    static WorldEval random(std::uint64_t seed,
                            c10::Device device,
                            const WorldEvalConfig& config = {});

    // Reads config.json and model.safetensors of `folder`. NotFound, BadFile, BadModel.
    static base::Result<WorldEval> load(const std::filesystem::path& folder,
                                        c10::ScalarType dtype,
                                        c10::Device device);

    WorldEval(WorldEval&&) noexcept;
    WorldEval& operator=(WorldEval&&) noexcept;
    ~WorldEval();

    // Writes config.json; the caller saves the weights beside it (model.safetensors, by the names
    // of parameters()). NoSpace, NotWritable.
    base::Status saveConfig(const std::filesystem::path& folder) const;

    const WorldEvalConfig& config() const;

    // Every weight with its name on disk; the slots live as long as this object's weights do, also
    // when the object is moved.
    models::ParameterList parameters();

    // clips [B, 3, T, H, W] in [-1, 1], any float type, H and W divisible by 32, T >= 1.
    FrameReading frames(const at::Tensor& clips) const;

    // tracks [B, K, kSampledFrames, kTrackNumbers] as in world_eval_targets.h.
    ObjectReading objects(const FrameReading& frames, const at::Tensor& tracks) const;

private:
    explicit WorldEval(const WorldEvalConfig& config);

    struct Weights;
    std::unique_ptr<Weights> m_weights;
};

}  // namespace tessera::eval
