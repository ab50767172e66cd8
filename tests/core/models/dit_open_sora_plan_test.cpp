// The transformer of Open-Sora-Plan against tensors of the original code (tests/data/osp).

#include "core/models/dit_open_sora_plan.h"

#include "core/attention/choose.h"
#include "core/tensor/safetensors.h"
#include "core/tensor/weights.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <map>
#include <stdexcept>

#include <gtest/gtest.h>

namespace tessera::models {
namespace {

std::filesystem::path fixtureFolder() {
    const std::filesystem::path source = TESSERA_SOURCE_DIR;
    const std::filesystem::path shared = source / "../shared/fixtures/osp";
    return std::filesystem::exists(shared / "manifest.json") ? shared : source / "tests/data/osp";
}

template <class T>
T orThrow(base::Result<T> result) {
    if (!result) {
        throw std::runtime_error(base::describe(result.error()));
    }
    return std::move(*result);
}

// One file of reference tensors with its part of the manifest.
class Fixture {
public:
    explicit Fixture(const std::string& stem)
        : m_file(orThrow(tensor::WeightFile::open(fixtureFolder() / (stem + ".ref.safetensors")))),
          m_manifest(orThrow(base::readJsonFile(fixtureFolder() / "manifest.json"))
                         .at(stem + ".ref.safetensors")) {}

    at::Tensor operator[](const std::string& name) const { return orThrow(m_file.tensor(name)); }

    std::vector<std::string> names() const { return m_file.names(); }

    // Within the tolerance of a correct fp32 implementation.
    void expectNear(const std::string& name, const at::Tensor& actual) const {
        const at::Tensor wanted = (*this)[name].to(at::kDouble);
        ASSERT_EQ(actual.sizes(), wanted.sizes()) << name;
        EXPECT_LE((actual.to(at::kDouble) - wanted).abs().max().item<double>(),
                  m_manifest.at(name).at("atol").get<double>())
            << name;
    }

private:
    tensor::WeightFile m_file;
    base::Json m_manifest;
};

struct Inputs {
    at::Tensor latents, timesteps;
    TextEmbedding text;

    explicit Inputs(const Fixture& of)
        : latents(of["in.x"]),
          timesteps(of["in.t"]),
          text{of["in.text"].squeeze(1), of["in.text_mask"].squeeze(1).to(at::kBool)} {}
};

OpenSoraPlanDit openDit(const std::string& folder) {
    const base::Json json = orThrow(base::readJsonFile(fixtureFolder() / folder / "config.json"));
    OpenSoraPlanDit dit(orThrow(OpenSoraPlanConfig::parse(json)));
    auto weights = orThrow(tensor::Weights::openComponent(fixtureFolder() / "transformer"));
    const base::Status loaded =
        load(dit.parameters(), weights, at::kFloat, c10::Device(c10::DeviceType::CPU));
    EXPECT_TRUE(loaded && weights.expectAllTaken());
    return dit;
}

// Full attention that keeps what passes through it.
class Watching final : public attention::AttentionBackend {
public:
    const char* name() const override { return "watching"; }

    base::Status supports(const attention::AttentionShape&) const override { return {}; }

    at::Tensor attend(int layer,
                      const at::Tensor& q,
                      const at::Tensor& k,
                      const at::Tensor& v) const override {
        const std::string prefix = "block." + std::to_string(layer) + ".attn1.";
        const at::Tensor out = m_dense->attend(layer, q, k, v);
        seen.insert({{prefix + "q", q}, {prefix + "k", k}, {prefix + "v", v}});
        seen.insert({prefix + "sdpa", out});
        return out;
    }

    mutable std::map<std::string, at::Tensor> seen;

private:
    std::unique_ptr<attention::AttentionBackend> m_dense = attention::makeDenseAttention();
};

at::Tensor denseForward(const OpenSoraPlanDit& dit, const Inputs& inputs) {
    const auto backend = attention::makeDenseAttention();
    return dit.forward(inputs.latents, inputs.timesteps, inputs.text, {backend.get(), nullptr, 0});
}

TEST(OpenSoraPlanDit, HasTheParametersOfTheRelease) {
    OpenSoraPlanDit dit{OpenSoraPlanConfig{}};
    const ParameterList parameters = dit.parameters();
    EXPECT_EQ(parameters.size(), 687u);
    EXPECT_EQ(parameterCount(parameters), 2'771'907'856);
    EXPECT_EQ(dit.grid(8, 90, 160).tokensPerFrame(), 3600);
}

TEST(OpenSoraPlanDit, IsTheOriginal) {
    const at::NoGradGuard noGrad;
    const Fixture b("transformer/b");
    const Inputs inputs(b);
    const OpenSoraPlanDit dit = openDit("transformer");
    const Watching backend;
    b.expectNear(
        "out", dit.forward(inputs.latents, inputs.timesteps, inputs.text, {&backend, nullptr, 0}));
    EXPECT_EQ(backend.seen.size(), 8u);
    for (const char* name : {"q", "k", "v", "sdpa"}) {
        const std::string whole = std::string("block.0.attn1.") + name;
        b.expectNear(whole, backend.seen.at(whole));
    }
}

TEST(OpenSoraPlanDit, TakesBatchesAndSingleFrames) {
    const at::NoGradGuard noGrad;
    const Fixture variants("transformer/a_variants");
    Inputs inputs(Fixture("transformer/a"));
    const OpenSoraPlanDit dit = openDit("transformer");
    variants.expectNear("no_video_mask.out", denseForward(dit, inputs));
    inputs.latents = inputs.latents.narrow(2, 0, 1);
    variants.expectNear("frame0_no_video_mask.out", denseForward(dit, inputs));
}

// The original keeps one table for axes of equal length whatever their scales; what is wanted is
// another result, and ours.
TEST(OpenSoraPlanDit, GivesAxesOfEqualLengthTheirOwnScales) {
    const at::NoGradGuard noGrad;
    const Fixture variants("transformer/a_variants");
    Inputs inputs(Fixture("transformer/a"));
    inputs.latents = variants["collision.in.x"];
    variants.expectNear("collision.out_fixed", denseForward(openDit("transformer"), inputs));
    variants.expectNear("collision.out_original_scale1",
                        denseForward(openDit("transformer_scale1"), inputs));
}

TEST(OpenSoraPlanDit, ReadsTheScalesOfItsPositions) {
    const at::NoGradGuard noGrad;
    const Inputs inputs(Fixture("transformer/b"));
    for (const std::string folder : {"transformer_scale1", "transformer_scale_null"}) {
        SCOPED_TRACE(folder);
        Fixture(folder + "/b").expectNear("out", denseForward(openDit(folder), inputs));
    }
}

class GradientsOfOpenSoraPlanDit : public testing::Test {
protected:
    GradientsOfOpenSoraPlanDit() : m_dit(openDit("transformer")) {
        for (const Parameter& parameter : m_dit.parameters()) {
            parameter.slot->requires_grad_();
        }
    }

    OpenSoraPlanDit m_dit;
};

TEST_F(GradientsOfOpenSoraPlanDit, AreThoseOfTheOriginal) {
    const Fixture wanted("transformer/b_grad");
    Inputs inputs(Fixture("transformer/b"));
    inputs.latents.requires_grad_();
    inputs.text.tokens.requires_grad_();
    denseForward(m_dit, inputs).backward(wanted["in.dout"]);
    wanted.expectNear("dx", inputs.latents.grad());
    wanted.expectNear("dtext", inputs.text.tokens.grad().unsqueeze(1));
    std::map<std::string, at::Tensor> norms;  // by name, as the fixture's
    for (const Parameter& parameter : m_dit.parameters()) {
        const at::Tensor gradient = parameter.slot->grad();
        norms[parameter.name] = gradient.norm();
        const auto names = wanted.names();
        if (std::ranges::find(names, "grad." + parameter.name) != names.end()) {
            wanted.expectNear("grad." + parameter.name, gradient);
        }
    }
    std::vector<at::Tensor> inOrder;
    for (const auto& [name, norm] : norms) {
        inOrder.push_back(norm);
    }
    wanted.expectNear("grad_norms", at::stack(inOrder));
}

TEST_F(GradientsOfOpenSoraPlanDit, AreThoseOfTheOriginalUnderMasks) {
    const Fixture sparse("transformer/sparse");
    Inputs inputs(sparse);
    inputs.latents.requires_grad_();
    std::vector<plan::LayerMask> masks;
    for (const int k : {sparse["in.k"][0].item<int>(), sparse["in.k"][1].item<int>()}) {
        masks.push_back({{plan::maskWithReferences(6, k)}});
    }
    const auto backend = orThrow(attention::makeKernel("composed", masks, {6, 10, 0}));
    const at::Tensor out =
        m_dit.forward(inputs.latents, inputs.timesteps, inputs.text, {backend.get(), nullptr, 0});
    sparse.expectNear("sparse.out", out);
    sparse.expectNear("dense.out", denseForward(m_dit, inputs));
    out.backward(sparse["in.dout"]);
    sparse.expectNear("sparse.dx", inputs.latents.grad());
}

TEST(OpenSoraPlanDit, IsNearItsFloatResultInBf16) {
    const at::NoGradGuard noGrad;
    const Inputs inputs(Fixture("transformer/b"));
    OpenSoraPlanDit dit = openDit("transformer");
    const at::Tensor reference = denseForward(dit, inputs);
    for (const Parameter& parameter : dit.parameters()) {
        *parameter.slot = parameter.slot->to(at::kBFloat16);
    }
    const at::Tensor half = denseForward(dit, inputs);
    EXPECT_EQ(half.scalar_type(), at::kFloat);
    EXPECT_LT(((half - reference).norm() / reference.norm()).item<double>(), 0.03);
}

TEST(OpenSoraPlanConfig, RefusesWhatTheReleasedModelsDoNotHave) {
    const base::Json right =
        orThrow(base::readJsonFile(fixtureFolder() / "transformer" / "config.json"));
    const auto refuses = [&](const char* key, const base::Json& value) {
        base::Json json = right;
        json[key] = value;
        const auto parsed = OpenSoraPlanConfig::parse(json);
        ASSERT_FALSE(parsed) << key;
        EXPECT_EQ(parsed.error().code, base::ErrorCode::BadModel);
        EXPECT_NE(parsed.error().message.find(key), std::string::npos);
    };
    refuses("out_channels", 8);
    refuses("cross_attention_dim", 1152);
    refuses("norm_type", "layer_norm");
    refuses("activation_fn", "geglu");
    refuses("use_rope", false);
    refuses("attention_head_dim", 32);
    refuses("interpolation_scale_h", 0.0);
    refuses("interpolation_scale_w", "wide");
    refuses("sample_size", 8);
    refuses("norm_eps", -1.0);
    base::Json json = right;
    json.erase("interpolation_scale_t");
    EXPECT_FALSE(OpenSoraPlanConfig::parse(json)) << "null is a value, a missing key is none";
    EXPECT_FALSE(OpenSoraPlanConfig::parse(base::Json("text")));
}

}  // namespace
}  // namespace tessera::models
