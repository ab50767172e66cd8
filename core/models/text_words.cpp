#include "core/models/text_words.h"

#include "core/base/check.h"
#include "core/models/config_reader.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace tessera::models {
namespace {

constexpr double kNormEpsilon = 1e-5;
constexpr std::int64_t kMlpRatio = 4;

}  // namespace

WordTokenizer::WordTokenizer(std::span<const std::string_view> words) {
    for (const std::string_view word : words) {
        m_ids.emplace(std::string(word), kFirstWord + static_cast<std::int64_t>(m_ids.size()));
    }
}

base::Result<WordTokenizer> WordTokenizer::open(const std::filesystem::path& file) {
    const auto json = base::readJsonFile(file);
    if (!json) {
        return base::fail(json.error());
    }
    std::vector<std::string> words;
    const bool isList = json->is_array() && json->size() <= 65536;
    const bool isWords = isList && std::all_of(json->begin(), json->end(), [](const auto& w) {
                             return w.is_string();
                         });
    if (!isWords) {
        return base::fail(
            base::ErrorCode::BadModel,
            "The vocabulary " + file.string() + " is not a list of at most 65536 words.",
            "Restore the file from the model's download.",
            file.string());
    }
    for (const auto& word : *json) {
        words.push_back(word.get<std::string>());
    }
    const std::vector<std::string_view> views(words.begin(), words.end());
    return WordTokenizer(views);
}

std::vector<std::int64_t> WordTokenizer::ids(std::string_view text, std::size_t maxTokens) const {
    std::vector<std::int64_t> result;
    std::size_t at = 0;
    while (at < text.size() && result.size() + 1 < maxTokens) {
        const std::size_t begin = text.find_first_not_of(' ', at);
        if (begin == std::string_view::npos) {
            break;
        }
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        const auto found = m_ids.find(std::string(text.substr(begin, end - begin)));
        result.push_back(found == m_ids.end() ? kUnknown : found->second);
        at = end;
    }
    result.push_back(kEnd);
    return result;
}

base::Result<TextConfig> TextConfig::parse(const base::Json& json) {
    ConfigReader reader(json, "text_encoder/config.json");
    TextConfig config;
    config.vocabulary = reader.integer("vocab_size", 4, 65536);
    config.maxTokens = reader.integer("max_position_embeddings", 2, 1024);
    config.width = reader.integer("hidden_size", 8, 8192);
    config.layers = reader.integer("num_hidden_layers", 1, 64);
    config.heads = reader.integer("num_attention_heads", 1, 64);
    if (!reader.error() && config.width % config.heads != 0) {
        reader.refuse("hidden_size", "a multiple of num_attention_heads");
    }
    return reader.finish(config);
}

base::Json TextConfig::json() const {
    return {{"_class_name", "TesseraWordTextEncoder"},
            {"vocab_size", vocabulary},
            {"max_position_embeddings", maxTokens},
            {"hidden_size", width},
            {"num_hidden_layers", layers},
            {"num_attention_heads", heads},
            {"layer_norm_eps", kNormEpsilon}};
}

ParameterList WordTextEncoder::parameters() {
    const std::int64_t d = m_config.width;
    ParameterList list;
    list.push_back({"embeddings.word_embeddings.weight",
                    &m_words,
                    {m_config.vocabulary, d},
                    Initial::Normal,
                    0.5});
    list.push_back({"embeddings.position_embeddings.weight",
                    &m_positions,
                    {m_config.maxTokens, d},
                    Initial::Normal,
                    0.1});
    const auto norm = [&](const std::string& name, at::Tensor& weight, at::Tensor& bias) {
        list.push_back({name + ".weight", &weight, {d}, Initial::One});
        list.push_back({name + ".bias", &bias, {d}, Initial::Zero});
    };
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        Layer& layer = m_layers[i];
        const std::string prefix = "layers." + std::to_string(i) + ".";
        norm(prefix + "norm1", layer.norm1Weight, layer.norm1Bias);
        appendLinear(list, prefix + "attn.to_qkv", layer.qkvWeight, layer.qkvBias, d, 3 * d);
        appendLinear(list, prefix + "attn.to_out", layer.outWeight, layer.outBias, d, d);
        norm(prefix + "norm2", layer.norm2Weight, layer.norm2Bias);
        appendLinear(
            list, prefix + "ff.net.0.proj", layer.mlpInWeight, layer.mlpInBias, d, kMlpRatio * d);
        appendLinear(
            list, prefix + "ff.net.2", layer.mlpOutWeight, layer.mlpOutBias, kMlpRatio * d, d);
    }
    norm("final_norm", m_normWeight, m_normBias);
    return list;
}

TextEmbedding WordTextEncoder::forward(const at::Tensor& ids) const {
    CHECK(ids.dim() == 2 && ids.size(1) <= m_config.maxTokens, ids.sizes());
    const std::int64_t d = m_config.width;
    const at::Tensor real = ids.ne(WordTokenizer::kPad);     // [B, L]
    const at::Tensor mask = real.unsqueeze(1).unsqueeze(1);  // [B, 1, 1, L]
    at::Tensor x = at::embedding(m_words, ids) + m_positions.narrow(0, 0, ids.size(1));
    for (const Layer& layer : m_layers) {
        const at::Tensor h =
            at::layer_norm(x, {d}, layer.norm1Weight, layer.norm1Bias, kNormEpsilon);
        const auto qkv = at::linear(h, layer.qkvWeight, layer.qkvBias)
                             .unflatten(-1, {3, m_config.heads, -1})
                             .unbind(2);
        const at::Tensor mixed = at::scaled_dot_product_attention(
            qkv[0].transpose(1, 2), qkv[1].transpose(1, 2), qkv[2].transpose(1, 2), mask);
        x = x + at::linear(mixed.transpose(1, 2).flatten(2), layer.outWeight, layer.outBias);
        const at::Tensor wide = at::gelu(
            at::linear(at::layer_norm(x, {d}, layer.norm2Weight, layer.norm2Bias, kNormEpsilon),
                       layer.mlpInWeight,
                       layer.mlpInBias),
            "tanh");
        x = x + at::linear(wide, layer.mlpOutWeight, layer.mlpOutBias);
    }
    return {at::layer_norm(x, {d}, m_normWeight, m_normBias, kNormEpsilon), real};
}

at::Tensor padIds(const std::vector<std::vector<std::int64_t>>& rows, std::int64_t length) {
    for (const auto& row : rows) {
        length = std::max(length, static_cast<std::int64_t>(row.size()));
    }
    at::Tensor ids = at::zeros({static_cast<std::int64_t>(rows.size()), length}, at::kLong);
    auto values = ids.accessor<std::int64_t, 2>();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < rows[i].size(); ++j) {
            values[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(j)] = rows[i][j];
        }
    }
    return ids;
}

}  // namespace tessera::models
