#include "core/plan/published_values.h"

#include "core/base/check.h"
#include "core/plan/block_count.h"
#include "core/plan/shape_preset.h"

#include <array>
#include <cmath>

namespace tessera::plan {
namespace {

// Table 1 for Open-Sora-Plan; for CogVideoX-5B strides 2, 3, 4, 5, 7 and 13.
constexpr std::array<PublishedValue, 15> kValues{{
    {"osp-29f", 4, 17.60},
    {"osp-29f", 3, 29.88},
    {"osp-29f", 2, 45.47},
    {"osp-29f", 1, 64.38},
    {"osp-93f", 12, 21.51},
    {"osp-93f", 8, 40.30},
    {"osp-93f", 6, 51.88},
    {"osp-93f", 4, 64.98},
    {"osp-93f", 3, 72.05},
    {"cogvideox-5b", 7, 14.50},
    {"cogvideox-5b", 5, 29.29},
    {"cogvideox-5b", 4, 38.30},
    {"cogvideox-5b", 3, 48.66},
    {"cogvideox-5b", 2, 60.15},
    {"cogvideox-5b", 1, 74.11},
}};

std::int64_t hundredths(double percent) {
    return std::llround(percent * 100.0);
}

}  // namespace

std::span<const PublishedValue> publishedValues() {
    return kValues;
}

ComparedValue compare(const PublishedValue& value) {
    const auto preset = shapePreset(value.shape);
    CHECK(preset.has_value(), value.shape);
    ComparedValue compared{value, preset->layout, {}, 0.0, false};
    compared.mask = maskWithReferences(static_cast<int>(preset->layout.frames), value.references);
    compared.percent = 100.0 * countBlocks(compared.mask, preset->layout).sparsity();
    compared.agrees = hundredths(compared.percent) == hundredths(value.percent);
    return compared;
}

}  // namespace tessera::plan
