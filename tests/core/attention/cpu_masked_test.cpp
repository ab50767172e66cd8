// The CPU kernel, by every instruction set that this processor has, against a float64 softmax over
// a mask written out token by token, with every gradient.

#include "core/attention/cpu_masked.h"

#include "core/attention/composed.h"
#include "core/base/check.h"
#include "core/base/json.h"
#include "core/tensor/device.h"
#include "core/tensor/safetensors.h"
#include "tests/core/attention/reference.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <ostream>
#include <set>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

using kernels::CpuElement;
using kernels::CpuInstructions;
using plan::FrameMask;
using plan::LayerMask;
using plan::TokenLayout;

struct Inputs {
    at::Tensor q, k, v, gradOut;
};

// Heads of a packed projection: strides as the models have them.
Inputs drawn(std::int64_t batch, std::int64_t tokens, std::int64_t heads, std::int64_t size) {
    const auto parts = at::randn({batch, tokens, 3, heads, size}).unbind(2);
    return {parts[0].transpose(1, 2),
            parts[1].transpose(1, 2),
            parts[2].transpose(1, 2),
            at::randn({batch, tokens, heads, size}).transpose(1, 2)};
}

Inputs typed(const Inputs& x, at::ScalarType type) {
    return {x.q.to(type), x.k.to(type), x.v.to(type), x.gradOut.to(type)};
}

Whole bySoftmax(const Inputs& x, const LayerMask& mask, const TokenLayout& layout) {
    return attention::bySoftmax(x.q, x.k, x.v, maskOfTokens(mask, layout, x.q.size(1)), x.gradOut);
}

Whole byKernel(const kernels::CpuAttention& kernel,
               const Inputs& x,
               const LayerMask& mask,
               const TokenLayout& layout) {
    const CpuResult result = cpuAttentionWithLse(kernel, x.q, x.k, x.v, mask, layout);
    if (kernel.queryGradient == nullptr) {
        return {result.out, result.lse, {}, {}, {}};
    }
    // Not clones: gradients of tensors in the strides of a projection.
    const at::Tensor q = x.q.detach().requires_grad_();
    const at::Tensor k = x.k.detach().requires_grad_();
    const at::Tensor v = x.v.detach().requires_grad_();
    const at::Tensor out = cpuAttention(kernel, q, k, v, mask, layout);
    EXPECT_TRUE(out.detach().nan_to_num().equal(result.out.nan_to_num()));
    out.backward(x.gradOut);
    return {result.out, result.lse, q.grad(), k.grad(), v.grad()};
}

double largest(const at::Tensor& got, const at::Tensor& wanted) {
    return (got.to(at::kDouble) - wanted).abs().max().item<double>();
}

// Sums of thousands of terms in fp32, against 6e-8 for one rounding.
constexpr double kTolerance = 5e-6;

// The gradients of softmax over one key are 0, and no measure.
void expectGradients(const Whole& got, const Whole& wanted, double tolerance) {
    if (wanted.gradQ.norm().item<double>() > 1e-9) {
        EXPECT_LT(relativeError(got.gradQ, wanted.gradQ), tolerance);
        EXPECT_LT(relativeError(got.gradK, wanted.gradK), tolerance);
    } else {
        EXPECT_LT(largest(got.gradQ, wanted.gradQ), 1e-5);
        EXPECT_LT(largest(got.gradK, wanted.gradK), 1e-5);
    }
    EXPECT_LT(relativeError(got.gradV, wanted.gradV), tolerance);
}

struct Variant {
    CpuInstructions instructions;
    CpuElement element;
    const char* name;
};

void PrintTo(const Variant& variant, std::ostream* to) {
    *to << variant.name;
}

constexpr Variant kVariants[] = {{CpuInstructions::Avx2, CpuElement::Fp32, "Avx2"},
                                 {CpuInstructions::Avx512, CpuElement::Fp32, "Avx512"},
                                 {CpuInstructions::Avx512Bf16, CpuElement::Bf16, "Avx512Bf16"}};

void expectAgreement(const kernels::CpuAttention& kernel,
                     const Inputs& x,
                     const Whole& wanted,
                     const LayerMask& mask,
                     const TokenLayout& layout) {
    const bool isBf16 = kernel.element == CpuElement::Bf16;
    const Whole got = byKernel(kernel, typed(x, isBf16 ? at::kBFloat16 : at::kFloat), mask, layout);
    // bf16: the weights and the result are rounded to 2^-9.
    EXPECT_LT(relativeError(got.out, wanted.out), isBf16 ? 5e-3 : kTolerance);
    EXPECT_LT(largest(got.lse, wanted.lse), isBf16 ? 1e-4 : 1e-5);
    if (!isBf16) {
        expectGradients(got, wanted, kTolerance);
    }
}

// One reference for all: numbers of bf16, so that every kernel computes the same attention.
TEST(CpuMaskedAttention, IsTheSoftmaxOverTheMaskForEveryShape) {
    at::manual_seed(5);
    const std::int64_t texts[] = {0, 1, 127};
    const std::int64_t sizes[] = {64, 96, 128};
    std::size_t turn = 0;
    for (const std::int64_t tokens : {1, 5, 15, 16, 17, 63, 64, 65, 216}) {
        for (const int frames : {1, 2, 8, 9}) {
            for (const int k : std::set{1, std::max(1, frames / 2), frames}) {
                // Every text and every head size comes up with every number of tokens.
                const TokenLayout layout{frames, tokens, texts[turn % 3]};
                const std::int64_t size = sizes[turn / 3 % 3];
                ++turn;
                SCOPED_TRACE(std::to_string(k) + " of " + std::to_string(frames) + " frames of " +
                             std::to_string(tokens) + " + " + std::to_string(layout.text) +
                             ", head size " + std::to_string(size));
                const LayerMask mask{{{frames, (frames + k - 1) / k}}};
                // float64 over a whole map is what takes the time here.
                const std::int64_t count = layout.total() < 300 ? 2 : 1;
                const Inputs x = typed(drawn(count, layout.total(), count, size), at::kBFloat16);
                const Whole wanted = bySoftmax(x, mask, layout);
                for (const Variant& variant : kVariants) {
                    const auto choice =
                        kernels::chooseCpuAttention(variant.instructions, variant.element, size);
                    if (choice.kernel != nullptr) {
                        SCOPED_TRACE(variant.name);
                        expectAgreement(*choice.kernel, x, wanted, mask, layout);
                    }
                }
            }
        }
    }
}

class CpuMaskedKernel : public testing::TestWithParam<Variant> {
protected:
    void SetUp() override {
        if (chosen(64).kernel == nullptr) {
            GTEST_SKIP() << chosen(64).reason;
        }
        at::manual_seed(5);
    }

    static kernels::CpuAttentionChoice chosen(std::int64_t headSize) {
        return kernels::chooseCpuAttention(GetParam().instructions, GetParam().element, headSize);
    }

    static const kernels::CpuAttention& kernel(std::int64_t headSize) {
        return *chosen(headSize).kernel;
    }

    static bool isBf16() { return GetParam().element == CpuElement::Bf16; }

    static Inputs draw(std::int64_t batch,
                       std::int64_t tokens,
                       std::int64_t heads,
                       std::int64_t size) {
        const Inputs x = drawn(batch, tokens, heads, size);
        return isBf16() ? typed(x, at::kBFloat16) : x;
    }
};

TEST_P(CpuMaskedKernel, GivesEachHeadItsMask) {
    const TokenLayout layout{8, 17, 3};
    const LayerMask mask{{{8, 4}, {8, 1}, {8, 8}, {8, 4}}};
    for (const std::int64_t size : {64, 96, 128}) {
        const Inputs x = draw(2, layout.total(), 4, size);
        expectAgreement(kernel(size), x, bySoftmax(x, mask, layout), mask, layout);
    }
}

TEST_P(CpuMaskedKernel, IsTheSameBitsForEveryNumberOfThreads) {
    const TokenLayout layout{8, 65, 7};
    const LayerMask mask{{{8, 4}, {8, 1}, {8, 8}}};
    const Inputs x = draw(2, layout.total(), 3, 64);
    tensor::setThreads(1);
    const Whole one = byKernel(kernel(64), x, mask, layout);
    for (const int threads : {2, 2, 3}) {
        tensor::setThreads(threads);
        const Whole more = byKernel(kernel(64), x, mask, layout);
        EXPECT_TRUE(one.out.equal(more.out) && one.lse.equal(more.lse));
        if (!isBf16()) {
            EXPECT_TRUE(one.gradQ.equal(more.gradQ) && one.gradK.equal(more.gradK) &&
                        one.gradV.equal(more.gradV));
        }
    }
    tensor::setThreads(0);
}

TEST_P(CpuMaskedKernel, NeverReadsWhatTheMaskHides) {
    const TokenLayout layout{6, 7, 2};
    const LayerMask mask{{{6, 3}}};  // frames 0 and 3 are references
    const Inputs x = draw(1, layout.total(), 2, 64);
    const Whole clean = byKernel(kernel(64), x, mask, layout);
    const auto tokensOf = [&](const at::Tensor& whole, int frame) {
        return whole.narrow(2, layout.text + frame * layout.tokens, layout.tokens);
    };
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinity = std::numeric_limits<float>::infinity();
    for (const auto& [keys, values] : {std::pair{nan, infinity}, {infinity, nan}}) {
        Inputs poisoned{x.q.clone(), x.k.clone(), x.v.clone(), x.gradOut.clone()};
        tokensOf(poisoned.q, 4).fill_(nan);
        tokensOf(poisoned.k, 4).fill_(keys);
        tokensOf(poisoned.v, 4).fill_(values);
        tokensOf(poisoned.gradOut, 4).fill_(nan);
        const Whole got = byKernel(kernel(64), poisoned, mask, layout);
        for (const int frame : {1, 2, 5}) {
            EXPECT_TRUE(tokensOf(got.out, frame).equal(tokensOf(clean.out, frame))) << frame;
        }
        EXPECT_TRUE(tokensOf(got.out, 3).isnan().all().item<bool>())
            << "a reference frame sees everything";
        if (!isBf16()) {
            // Of other frames by way of the text and the references alone, whose output is no
            // number either: their rows give none to keys. A query's gradient is its own row's.
            for (const int frame : {1, 2, 5}) {
                EXPECT_TRUE(tokensOf(got.gradQ, frame).equal(tokensOf(clean.gradQ, frame)));
            }
            EXPECT_TRUE(tokensOf(got.gradK, 3).isnan().all().item<bool>());
        }
    }
}

TEST_P(CpuMaskedKernel, KeepsItsFeetWithExtremeScores) {
    const TokenLayout layout{4, 21, 5};
    const LayerMask mask{{{4, 2}}};
    for (const double score : {1e4, -1e4}) {
        Inputs x = draw(1, layout.total(), 1, 64);
        // One channel carries every score to about +-1e4, the others still tell them apart.
        x.q.select(3, 0).fill_(std::sqrt(8e4));
        x.k.select(3, 0).fill_(score > 0.0 ? std::sqrt(8e4) : -std::sqrt(8e4));
        const Whole wanted = bySoftmax(x, mask, layout);
        const Whole got = byKernel(kernel(64), x, mask, layout);
        // A score of 1e4 is 1e-3 wide in fp32.
        EXPECT_LT(relativeError(got.out, wanted.out), isBf16() ? 1e-2 : 5e-3) << score;
        EXPECT_LT(largest(got.lse, wanted.lse), 1e-2) << score;
        if (!isBf16()) {
            EXPECT_LT(relativeError(got.gradV, wanted.gradV), 5e-3) << score;
            EXPECT_TRUE(got.gradQ.isfinite().all().item<bool>());
            EXPECT_TRUE(got.gradK.isfinite().all().item<bool>());
        }
    }
    // Scores from -1e4 to 1e4: weights are 0 or 1.
    Inputs x = draw(1, layout.total(), 1, 64);
    x.q = x.q * 35.0;
    x.k = x.k * 35.0;
    const Whole wanted = bySoftmax(x, mask, layout);
    const Whole got = byKernel(kernel(64), x, mask, layout);
    EXPECT_LT(relativeError(got.out, wanted.out), isBf16() ? 1e-2 : 1e-3);
    EXPECT_TRUE(isBf16() || got.gradK.isfinite().all().item<bool>());
}

TEST_P(CpuMaskedKernel, AveragesValuesWhereAllScoresAreEqual) {
    const TokenLayout layout{4, 19, 1};
    const LayerMask mask{{{4, 4}}};
    Inputs x = draw(1, layout.total(), 1, 96);
    x.q.zero_();
    const at::Tensor kept =
        maskOfTokens(FrameMask{static_cast<int>(layout.frames), 4}, layout).to(at::kDouble);
    const at::Tensor wanted = at::matmul(kept, x.v.to(at::kDouble)) / kept.sum(1).unsqueeze(-1);
    const CpuResult result = cpuAttentionWithLse(kernel(96), x.q, x.k, x.v, mask, layout);
    EXPECT_LT(largest(result.out, wanted), isBf16() ? 5e-3 : 1e-6);
    EXPECT_LT(largest(result.lse, kept.sum(1).log().view({1, 1, -1})), 1e-6);
}

// The tensors have heads of 16: channels of zeros change no product, and the queries make up for
// the scale of the wider head.
TEST_P(CpuMaskedKernel, AgreesWithTheReferenceTensors) {
    if (isBf16()) {
        GTEST_SKIP() << "the tolerances are those of fp32";
    }
    const std::filesystem::path folder =
        std::filesystem::path(TESSERA_SOURCE_DIR) / "tests/data/masks";
    const auto cases = base::readJsonFile(folder / "attention.json");
    auto file = tensor::WeightFile::open(folder / "attention.ref.safetensors");
    ASSERT_TRUE(cases && file);
    for (const auto& [name, about] : cases->items()) {
        SCOPED_TRACE(name);
        const auto read = [&, prefix = name + "."](const std::string& what) {
            return file->tensor(prefix + what)->unsqueeze(0);
        };
        const TokenLayout layout{about.at("F").get<std::int64_t>(),
                                 about.at("P").get<std::int64_t>(),
                                 about.at("text").get<std::int64_t>()};
        const FrameMask mask =
            plan::maskWithReferences(static_cast<int>(layout.frames), about.at("k").get<int>());
        const auto leaf = [&](const std::string& what) {
            return read(what).to(at::kFloat).detach().requires_grad_();
        };
        const at::Tensor q = leaf("q"), k = leaf("k"), v = leaf("v");
        const std::int64_t size = q.size(3);
        const auto wide = [&](const at::Tensor& x) {
            return at::constant_pad_nd(x, {0, 64 - size});
        };
        const double factor = std::sqrt(64.0 / static_cast<double>(size));
        const at::Tensor out =
            cpuAttention(kernel(64), wide(q * factor), wide(k), wide(v), {{mask}}, layout)
                .narrow(3, 0, size);
        out.backward(read("do").to(at::kFloat));
        const std::pair<const char*, at::Tensor> all[] = {
            {"o", out.detach()}, {"dq", q.grad()}, {"dk", k.grad()}, {"dv", v.grad()}};
        for (const auto& [what, value] : all) {
            EXPECT_LE(largest(value, read(what)),
                      about.at("tolerance").at(what).at("atol").get<double>())
                << what;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Instructions,
                         CpuMaskedKernel,
                         testing::ValuesIn(kVariants),
                         [](const auto& about) { return std::string(about.param.name); });

TEST(CpuMaskedAttention, SaysWhatItDoesNotComputeAndWhatToDo) {
    const auto backend = makeCpuAttention({{{{8, 4}}}, {{{8, 4}, {8, 1}}}}, {8, 6, 2});
    const AttentionShape fits{2, 64, 8, 6, 2};
    if (kernels::chooseCpuAttention(CpuElement::Fp32, 64).kernel != nullptr) {
        EXPECT_TRUE(backend->supports(fits).has_value());
    }
    const auto refusal = [&](AttentionShape shape, const std::string& word) {
        const auto status = backend->supports(shape);
        ASSERT_FALSE(status.has_value()) << word;
        EXPECT_EQ(status.error().code, base::ErrorCode::Unsupported);
        EXPECT_NE(status.error().message.find(word), std::string::npos) << status.error().message;
        EXPECT_FALSE(status.error().hint.empty());
    };
    AttentionShape other = fits;
    other.device = c10::Device(c10::kCUDA, 0);
    refusal(other, "cuda:0");
    other = fits;
    other.dtype = c10::ScalarType::Half;
    refusal(other, "Half");
    other = fits;
    other.headSize = 80;
    refusal(other, "64, 96 and 128");
    if (kernels::chooseCpuAttention(CpuElement::Fp32, 64).kernel == nullptr) {
        return;
    }
    other = fits;
    other.tokensPerFrame = 7;
    refusal(other, "8 latent frames of 6 tokens");
    other = fits;
    other.heads = 3;
    refusal(other, "2 heads");
}

TEST(CpuMaskedAttention, BacksALayerByItsMask) {
    const auto choice = kernels::chooseCpuAttention(CpuElement::Fp32, 64);
    if (choice.kernel == nullptr) {
        GTEST_SKIP() << choice.reason;
    }
    at::manual_seed(2);
    const TokenLayout layout{8, 6, 0};
    const auto backend = makeCpuAttention({{{{8, 1}}}, {{{8, 4}}}}, layout);
    const Inputs x = drawn(1, 48, 2, 64);
    EXPECT_TRUE(backend->attend(0, x.q, x.k, x.v)
                    .allclose(makeDenseAttention()->attend(0, x.q, x.k, x.v), 1e-5, 1e-6));
    EXPECT_TRUE(
        backend->attend(1, x.q, x.k, x.v)
            .allclose(composedAttention(x.q, x.k, x.v, FrameMask{8, 4}, layout), 1e-5, 1e-6));
}

TEST(CpuMaskedAttention, RefusesGradientsInBf16) {
    const auto choice = kernels::chooseCpuAttention(CpuElement::Bf16, 64);
    if (choice.kernel == nullptr) {
        GTEST_SKIP() << choice.reason;
    }
    const auto backend = makeCpuAttention({{{{2, 2}}}}, {2, 4, 0});
    const at::Tensor x = at::ones({1, 1, 8, 64}, at::kBFloat16).requires_grad_();
    const auto status = backend->supports(
        {1, 64, 2, 4, 0, c10::ScalarType::BFloat16, c10::Device(c10::kCPU), true});
    ASSERT_FALSE(status.has_value());
    EXPECT_NE(status.error().message.find("no gradients in bf16"), std::string::npos);
    EXPECT_THROW(backend->attend(0, x, x, x), base::LogicError);
    const at::NoGradGuard noGrad;
    EXPECT_TRUE(backend->attend(0, x, x, x).isfinite().all().item<bool>());
}

TEST(CpuMaskedAttention, ChoosesByHeadSizeAndSaysWhyNot) {
    for (const CpuElement element : {CpuElement::Fp32, CpuElement::Bf16}) {
        const auto choice = kernels::chooseCpuAttention(element, 72);
        EXPECT_EQ(choice.kernel, nullptr);
        EXPECT_NE(std::string(choice.reason), "");
        EXPECT_NE(std::string(choice.remedy), "");
    }
    // fp32 has no products of bf16.
    EXPECT_EQ(kernels::chooseCpuAttention(CpuInstructions::Avx512Bf16, CpuElement::Fp32, 64).kernel,
              nullptr);
}

}  // namespace
}  // namespace tessera::attention
