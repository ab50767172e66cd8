#pragma once

// The attention shapes of the models that masks and kernels are measured on, by name. Any thread.

#include "core/base/result.h"
#include "core/plan/frame_mask.h"

#include <span>
#include <string_view>

namespace tessera::plan {

struct ShapePreset {
    std::string_view name;
    TokenLayout layout;
    int heads = 1;
    int headSize = 64;
};

// Open-Sora-Plan 1.2 at 720p (29 and 93 frames), CogVideoX-5B, Wan2.1-1.3B at 480p, and the bundled
// model's three sizes.
std::span<const ShapePreset> shapePresets();

// BadInput with the list.
base::Result<ShapePreset> shapePreset(std::string_view name);

}  // namespace tessera::plan
