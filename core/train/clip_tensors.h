#pragma once

// Rendered clips as tensors and back: what the methods and their sample sheets share. Engine
// thread; rendering uses threads of its own.

#include "core/base/frames.h"
#include "core/base/result.h"
#include "core/world/scene.h"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>
#include <c10/util/ArrayRef.h>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <vector>

namespace tessera::train {

// Host memory to fill and hand to onDevice() or send(): page-locked where `device` is a GPU, so
// that its copy waits for nothing and runs beside the host's work. Not zeroed; LibTorch reuses it
// once the copy is done.
at::Tensor stagingTensor(at::IntArrayRef shape, c10::ScalarType type, c10::Device device);

// `host` there (itself on the CPU), or a copy into `to` on its device, in the order of what was
// submitted before. Neither waits for the GPU. `host` may be any CPU tensor; only one of
// stagingTensor() is not copied twice.
at::Tensor onDevice(const at::Tensor& host, c10::Device device);
void send(const at::Tensor& host, const at::Tensor& to);

// Bytes [B, T, H, W, 3] -> [B, 3, T, H, W] fp32 in [-1, 1], on the same device.
at::Tensor toVideo(const at::Tensor& rgb);

// Chosen frames of [3, T, H, W] in about [-1, 1], as bytes.
base::FrameSequence toFrames(const at::Tensor& video, std::initializer_list<std::int64_t> frames);

// A whole clip with its labels.
struct LabelledClip {
    world::Scene scene;
    int height = 0;
    int width = 0;
    std::vector<std::uint8_t> rgb;  // [29, H, W, 3]
    std::vector<std::uint8_t> ids;  // [29, H, W], as render() writes them

    at::Tensor rgbTensor() const;  // a copy, [29, H, W, 3]
    at::Tensor idsTensor() const;  // a copy, [29, H, W]
};

// Scenes seed, seed + 1, ... of width 3/2 height.
std::vector<LabelledClip> renderClips(std::uint64_t seed, int count, int height, int threads);

// Each sequence becomes one strip of its frames side by side; strips in `columns` columns. Writes a
// PNG.
base::Status writeSheet(const std::filesystem::path& path,
                        std::span<const base::FrameSequence> sequences,
                        int columns);

}  // namespace tessera::train
