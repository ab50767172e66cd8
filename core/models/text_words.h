#pragma once

// The bundled text encoder: a tokeniser by words of a closed vocabulary (tokenizer/vocab.json) and
// a small pre-norm transformer over at most 48 tokens (embedded-model.md 2.1). Differentiable when
// the weights ask for gradients. Engine thread.

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/models/parameter.h"
#include "core/models/transformer.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tessera::models {

// Token ids of words: 0 pad, 1 end, 2 unknown, then the vocabulary in its file's order.
class WordTokenizer {
public:
    static constexpr std::int64_t kPad = 0;
    static constexpr std::int64_t kEnd = 1;
    static constexpr std::int64_t kUnknown = 2;
    static constexpr std::int64_t kFirstWord = 3;

    explicit WordTokenizer(std::span<const std::string_view> words);

    // Reads vocab.json, a list of words. BadModel.
    static base::Result<WordTokenizer> open(const std::filesystem::path& file);

    // Lower-case words separated by blanks -> ids, the end mark last; cut to `maxTokens`.
    std::vector<std::int64_t> ids(std::string_view text, std::size_t maxTokens) const;

    std::int64_t size() const { return kFirstWord + static_cast<std::int64_t>(m_ids.size()); }

private:
    std::unordered_map<std::string, std::int64_t> m_ids;
};

struct TextConfig {
    std::int64_t vocabulary = 512;  // rows of the embedding, not all in use
    std::int64_t maxTokens = 48;
    std::int64_t width = 256;
    std::int64_t layers = 3;
    std::int64_t heads = 4;

    static base::Result<TextConfig> parse(const base::Json& json);
    base::Json json() const;
};

class WordTextEncoder {
public:
    explicit WordTextEncoder(const TextConfig& config)
        : m_config(config), m_layers(static_cast<std::size_t>(config.layers)) {}

    ParameterList parameters();

    // ids [B, L] int64 with L <= maxTokens, padded with 0 -> tokens [B, L, width] and the mask of
    // real tokens.
    TextEmbedding forward(const at::Tensor& ids) const;

    const TextConfig& config() const { return m_config; }

private:
    struct Layer {
        at::Tensor norm1Weight, norm1Bias, norm2Weight, norm2Bias;
        at::Tensor qkvWeight, qkvBias, outWeight, outBias;
        at::Tensor mlpInWeight, mlpInBias, mlpOutWeight, mlpOutBias;
    };

    TextConfig m_config;
    at::Tensor m_words;      // [vocabulary, width]
    at::Tensor m_positions;  // [maxTokens, width]
    std::vector<Layer> m_layers;
    at::Tensor m_normWeight, m_normBias;
};

// Rows of ids of unequal length -> [B, L] int64 on the CPU, padded; L is the longest row, or
// `length` when given.
at::Tensor padIds(const std::vector<std::vector<std::int64_t>>& rows, std::int64_t length = 0);

}  // namespace tessera::models
