#include "core/plan/shape_preset.h"

#include <algorithm>
#include <array>
#include <string>

namespace tessera::plan {
namespace {

constexpr std::array<ShapePreset, 7> kPresets{{
    {"osp-29f", {8, 3600, 0}, 24, 96},
    {"osp-93f", {24, 3600, 0}, 24, 96},
    {"cogvideox-5b", {13, 1350, 226}, 48, 64},
    {"wan-1.3b", {21, 1560, 0}, 12, 128},
    {"bundled-128x192", {8, 96, 0}, 4, 64},
    {"bundled-192x288", {8, 216, 0}, 4, 64},
    {"bundled-256x384", {8, 384, 0}, 4, 64},
}};

}  // namespace

std::span<const ShapePreset> shapePresets() {
    return kPresets;
}

base::Result<ShapePreset> shapePreset(std::string_view name) {
    const auto found = std::ranges::find(kPresets, name, &ShapePreset::name);
    if (found != kPresets.end()) {
        return *found;
    }
    std::string names;
    for (const ShapePreset& preset : kPresets) {
        names += (names.empty() ? "" : ", ") + std::string(preset.name);
    }
    return base::fail(base::ErrorCode::BadInput,
                      "There is no shape called \"" + std::string(name) + "\".",
                      "Shapes: " + names + ".",
                      "--shape");
}

}  // namespace tessera::plan
