#pragma once

// A text encoder with its tokeniser, as the pipeline sees it: words in, embeddings out. Engine
// thread.

#include "core/models/transformer.h"

#include <span>
#include <string>

namespace tessera::models {

class TextEncoder {
public:
    virtual ~TextEncoder() = default;

    // One embedding a text, padded to the longest: tokens [B, L, D] and the mask of real tokens. An
    // empty text is the unconditional one.
    virtual TextEmbedding encode(std::span<const std::string> texts) const = 0;
};

}  // namespace tessera::models
