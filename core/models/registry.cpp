#include "core/models/registry.h"

#include "core/base/json.h"
#include "core/models/dit_tessera.h"
#include "core/models/text_words.h"
#include "core/tensor/weights.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <string>
#include <utility>

namespace tessera::models {
namespace {

// The component's config.json, refused when it names another class than `expected`.
base::Result<base::Json> readConfig(const std::filesystem::path& folder,
                                    const std::string& expected) {
    auto json = base::readJsonFile(folder / "config.json");
    if (!json) {
        return base::fail(json.error());
    }
    const auto className = base::jsonText(*json, "_class_name");
    if (!className) {
        return base::fail(className.error());
    }
    if (*className != expected) {
        return base::fail(base::ErrorCode::Unsupported,
                          "The component " + folder.string() + " is a " + *className +
                              "; this program runs " + expected + ".",
                          "Choose the bundled model, or a folder of a supported architecture.",
                          "_class_name");
    }
    return json;
}

// Loads `network` (which has parameters()) from the folder and refuses weights that it has no use
// for.
template <class Network>
base::Status loadNetwork(Network& network,
                         const std::filesystem::path& folder,
                         c10::ScalarType dtype,
                         c10::Device device) {
    auto weights = tensor::Weights::openComponent(folder);
    if (!weights) {
        return base::fail(weights.error());
    }
    if (base::Status loaded = load(network.parameters(), *weights, dtype, device); !loaded) {
        return loaded;
    }
    return weights->expectAllTaken();
}

base::Result<DitConfig> readDitConfig(const std::filesystem::path& model) {
    auto json = readConfig(model / "transformer", "TesseraTransformer3DModel");
    if (!json) {
        return base::fail(json.error());
    }
    return DitConfig::parse(*json);
}

base::Result<VaeConfig> readVaeConfig(const std::filesystem::path& model) {
    auto json = readConfig(model / "vae", "TesseraCausalVae");
    if (!json) {
        return base::fail(json.error());
    }
    return VaeConfig::parse(*json);
}

class WordText final : public TextEncoder {
public:
    WordText(WordTextEncoder network, WordTokenizer tokenizer, c10::Device device)
        : m_network(std::move(network)), m_tokenizer(std::move(tokenizer)), m_device(device) {}

    TextEmbedding encode(std::span<const std::string> texts) const override {
        std::vector<std::vector<std::int64_t>> rows;
        for (const std::string& text : texts) {
            rows.push_back(
                m_tokenizer.ids(text, static_cast<std::size_t>(m_network.config().maxTokens)));
        }
        const at::NoGradGuard noGrad;
        return m_network.forward(padIds(rows).to(m_device));
    }

private:
    WordTextEncoder m_network;
    WordTokenizer m_tokenizer;
    c10::Device m_device;
};

}  // namespace

base::Result<std::unique_ptr<VideoTransformer>> openTransformer(const std::filesystem::path& model,
                                                                c10::ScalarType dtype,
                                                                c10::Device device) {
    auto config = readDitConfig(model);
    if (!config) {
        return base::fail(config.error());
    }
    auto network = std::make_unique<TesseraDit>(*config);
    if (base::Status loaded = loadNetwork(*network, model / "transformer", dtype, device);
        !loaded) {
        return base::fail(loaded.error());
    }
    network->pack();
    return std::unique_ptr<VideoTransformer>(std::move(network));
}

base::Result<std::unique_ptr<TextEncoder>> openTextEncoder(const std::filesystem::path& model,
                                                           c10::ScalarType dtype,
                                                           c10::Device device) {
    const auto folder = model / "text_encoder";
    auto json = readConfig(folder, "TesseraWordTextEncoder");
    if (!json) {
        return base::fail(json.error());
    }
    auto config = TextConfig::parse(*json);
    if (!config) {
        return base::fail(config.error());
    }
    auto tokenizer = WordTokenizer::open(model / "tokenizer" / "vocab.json");
    if (!tokenizer) {
        return base::fail(tokenizer.error());
    }
    if (tokenizer->size() > config->vocabulary) {
        return base::fail(base::ErrorCode::BadModel,
                          "The tokenizer has " + std::to_string(tokenizer->size()) +
                              " ids, the text encoder " + std::to_string(config->vocabulary) +
                              " embeddings.",
                          "Restore tokenizer/ and text_encoder/ from one download.",
                          "vocab_size");
    }
    WordTextEncoder network(*config);
    if (base::Status loaded = loadNetwork(network, folder, dtype, device); !loaded) {
        return base::fail(loaded.error());
    }
    return std::unique_ptr<TextEncoder>(
        std::make_unique<WordText>(std::move(network), std::move(*tokenizer), device));
}

base::Result<TesseraVae> openTesseraVae(const std::filesystem::path& model,
                                        c10::ScalarType dtype,
                                        c10::Device device) {
    auto config = readVaeConfig(model);
    if (!config) {
        return base::fail(config.error());
    }
    TesseraVae vae(*config);
    if (base::Status loaded = loadNetwork(vae, model / "vae", dtype, device); !loaded) {
        return base::fail(loaded.error());
    }
    return vae;
}

base::Result<GenerationWork> generationWork(const std::filesystem::path& model,
                                            std::int64_t width,
                                            std::int64_t height,
                                            std::int64_t videoFrames) {
    const auto dit = readDitConfig(model);
    if (!dit) {
        return base::fail(dit.error());
    }
    const auto vae = readVaeConfig(model);
    if (!vae) {
        return base::fail(vae.error());
    }
    constexpr std::int64_t kFactor = 8;  // pixels a latent, each way
    const TokenGrid grid =
        dit->grid(vae->latentFrames(videoFrames), height / kFactor, width / kFactor);
    return GenerationWork{dit->forwardFlops(grid),
                          dit->attentionFlops(grid),
                          vae->decodeFlops(videoFrames, height, width),
                          dit->layers,
                          dit->heads,
                          grid};
}

base::Result<std::unique_ptr<VideoVae>> openVae(const std::filesystem::path& model,
                                                c10::ScalarType dtype,
                                                c10::Device device) {
    auto vae = openTesseraVae(model, dtype, device);
    if (!vae) {
        return base::fail(vae.error());
    }
    return std::unique_ptr<VideoVae>(std::make_unique<TesseraVae>(std::move(*vae)));
}

}  // namespace tessera::models
