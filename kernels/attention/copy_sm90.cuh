#pragma once

// What the copying halves of the kernels for compute capability 9.0 share: boxes of rows into
// shared memory, and the ring of stages that they fill.

#include "kernels/api/attention.h"
#include "kernels/common/hopper.cuh"

namespace tessera::kernels::sm90 {

// A place in a ring of stages, and the parity of its turn.
template <int kStages>
struct Place {
    int stage = 0;
    std::uint32_t parity = 0;

    __device__ void advance() {
        if (++stage == kStages) {
            stage = 0;
            parity ^= 1;
        }
    }
};

// One tensor's rows, [batch, head, row, channel], in boxes of as many rows as a copy takes.
struct RowMaps {
    CUtensorMap flat;
    CUtensorMap text;    // the text alone: a box ends where it ends
    CUtensorMap frames;  // [batch, head, frame, token, channel]: a box ends where its frame ends
};

struct Box {
    int first = 0;  // row
    int count = 0;  // of the rows in it that are wanted
    int head = 0;
    int batch = 0;
};

// kRows rows of kHeadSize channels in blocks of kSwizzle bytes, one block after the other. A short
// box is copied by a map of its frame, or of the text, alone: what lies behind the end arrives as
// zeros, whatever it is.
template <int kRows, int kHeadSize, int kSwizzle>
__device__ void copyBox(const RowMaps& maps,
                        const AttentionShape& shape,
                        const Box& box,
                        std::uint32_t barrier,
                        std::uint32_t to) {
    constexpr int kColumns = kSwizzle / 2, kBlocks = kHeadSize / kColumns;
    const int text = static_cast<int>(shape.text), tokens = static_cast<int>(shape.tokens);
    if (box.count == kRows || box.first < text) {
        const CUtensorMap& map = box.count == kRows ? maps.flat : maps.text;
#pragma unroll
        for (int block = 0; block < kBlocks; ++block) {
            hopper::copyTile(&map,
                             barrier,
                             to + block * kRows * kSwizzle,
                             block * kColumns,
                             box.first,
                             box.head,
                             box.batch);
        }
    } else {
        const int frame = (box.first - text) / tokens, token = (box.first - text) % tokens;
#pragma unroll
        for (int block = 0; block < kBlocks; ++block) {
            hopper::copyTile(&maps.frames,
                             barrier,
                             to + block * kRows * kSwizzle,
                             block * kColumns,
                             token,
                             frame,
                             box.head,
                             box.batch);
        }
    }
}

}  // namespace tessera::kernels::sm90
