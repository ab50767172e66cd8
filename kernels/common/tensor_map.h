#pragma once

// Maps for the copy engine of compute capability 9.0 and later: which box of a tensor in device
// memory is copied, and the pattern in which the matrix units read it. Host code; the driver's
// encoder is asked for at run time, so that no library of the driver is linked.

#include "kernels/api/attention.h"

#include <cuda.h>

namespace tessera::kernels {

struct MappedRows {
    const void* data = nullptr;  // [batch, heads, rows, headSize]
    RowStrides strides;
    AttentionShape shape;
    Element element = Element::Bf16;
};

// Boxes of boxRows rows and `swizzle` bytes. False where the driver refuses.
bool mapRows(const MappedRows& rows, int boxRows, int swizzle, CUtensorMap& map);

// The same over the text alone: behind its last token a box is filled with zeros.
bool mapText(const MappedRows& rows, int boxRows, int swizzle, CUtensorMap& map);

// The same over the frames alone, [batch, heads, frames, tokens, headSize]: behind a frame's last
// token a box is filled with zeros.
bool mapFrames(const MappedRows& rows, int boxRows, int swizzle, CUtensorMap& map);

}  // namespace tessera::kernels
