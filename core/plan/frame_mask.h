#pragma once

// The paper's family of masks over latent frames (Efficient-vDiT, arXiv 2502.06155, section 4.1):
// every frame sees itself and a few reference frames, which see and are seen by all. A mask is a
// value; it knows frames, not tokens (block_count.h). Any thread.

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::plan {

// Frame j is a reference where j mod stride is 0. Stride 1 is full attention.
struct FrameMask {
    int frames = 1;
    int stride = 1;

    bool operator==(const FrameMask&) const = default;

    bool isFull() const { return stride == 1; }

    bool isReference(int frame) const { return frame % stride == 0; }

    // Whether queries of one frame see the keys of the other; symmetric.
    bool keeps(int query, int key) const {
        return query == key || isReference(query) || isReference(key);
    }

    // k of the name: ceil(F / stride).
    int referenceCount() const { return (frames + stride - 1) / stride; }

    std::vector<int> referenceFrames() const;

    // "2:6", or "full" where every frame is a reference.
    std::string name() const;
};

// The mask with stride ceil(F / k), whose references can be fewer than the k asked for: 7 of 8
// frames give stride 2, which is "4:4". 1 <= k <= F.
FrameMask maskWithReferences(int frames, int k);

// Every mask of F frames but the full one, each set of references once, sparsest first: for 8
// frames 1:7, 2:6, 3:5, 4:4.
std::vector<FrameMask> maskFamily(int frames);

// "k:F-k" or "full". BadInput for other words, for numbers that are not of `frames` frames, and for
// a k that no mask of the family has; the hint names the family.
base::Result<FrameMask> parseFrameMask(std::string_view text, int frames);

// A sequence as attention sees it: `text` tokens that see all and are seen by all, then the frames'
// tokens, frame by frame.
struct TokenLayout {
    std::int64_t frames = 1;  // F
    std::int64_t tokens = 1;  // P, of a frame
    std::int64_t text = 0;    // T

    std::int64_t total() const { return text + frames * tokens; }

    bool operator==(const TokenLayout&) const = default;
};

// Share of frame pairs that the mask skips, text aside; 0 to 1.
double tileSparsity(const FrameMask& mask);

// Share of token pairs that it skips; 0 to 1. layout.frames is that of the mask.
double elementSparsity(const FrameMask& mask, const TokenLayout& layout);

}  // namespace tessera::plan
