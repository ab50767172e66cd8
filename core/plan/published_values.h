#pragma once

// The block sparsities that Efficient-vDiT (arXiv 2502.06155) prints, to hold ours against. Any
// thread.

#include "core/plan/frame_mask.h"

#include <span>
#include <string_view>

namespace tessera::plan {

struct PublishedValue {
    std::string_view shape;  // of shapePreset()
    int references = 1;      // k of the mask
    double percent = 0.0;    // of 128-blocks that it skips, as printed: two decimals
};

// Four masks of Open-Sora-Plan's 29 frames, five of its 93, six of CogVideoX-5B.
std::span<const PublishedValue> publishedValues();

struct ComparedValue {
    PublishedValue paper;
    TokenLayout layout;
    FrameMask mask;
    double percent = 0.0;  // worked out here
    bool agrees = false;   // when rounded as the paper rounds
};

ComparedValue compare(const PublishedValue& value);

}  // namespace tessera::plan
