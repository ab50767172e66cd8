// Composed attention against the reference tensors and against a softmax over a mask written out
// token by token, with every gradient.

#include "core/attention/composed.h"

#include "core/base/json.h"
#include "core/tensor/device.h"
#include "core/tensor/safetensors.h"
#include "tests/core/attention/reference.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

using plan::FrameMask;
using plan::TokenLayout;

Whole byComposition(at::Tensor q,
                    at::Tensor k,
                    at::Tensor v,
                    const FrameMask& mask,
                    const TokenLayout& layout,
                    const at::Tensor& gradOut) {
    q = q.detach().requires_grad_();
    k = k.detach().requires_grad_();
    v = v.detach().requires_grad_();
    const at::Tensor out = composedAttention(q, k, v, mask, layout);
    out.backward(gradOut);
    const OutputAndLse both = composedWithLse(q.detach(), k.detach(), v.detach(), mask, layout);
    if (q.is_cpu()) {
        EXPECT_TRUE(at::equal(both.out, out.detach()));
    } else {  // full attention goes to another kernel of LibTorch there
        EXPECT_LT(relativeError(both.out, out.detach()),
                  q.scalar_type() == at::kBFloat16 ? 1e-2 : 1e-5);
    }
    return {out.detach(), both.lse, q.grad(), k.grad(), v.grad()};
}

double largest(const at::Tensor& got, const at::Tensor& wanted) {
    return (got.to(at::kCPU, at::kDouble) - wanted.to(at::kDouble)).abs().max().item<double>();
}

TEST(ComposedAttention, AgreesWithTheReferenceTensors) {
    const std::filesystem::path folder =
        std::filesystem::path(TESSERA_SOURCE_DIR) / "tests/data/masks";
    const auto cases = base::readJsonFile(folder / "attention.json");
    auto file = tensor::WeightFile::open(folder / "attention.ref.safetensors");
    ASSERT_TRUE(cases && file);
    int seen = 0;
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
        for (const c10::Device device : devices()) {
            const auto on = [&](const std::string& what) {
                return read(what).to(device, at::kFloat);
            };
            const Whole got = byComposition(on("q"), on("k"), on("v"), mask, layout, on("do"));
            const std::pair<const char*, at::Tensor> all[] = {{"o", got.out},
                                                              {"lse", got.lse},
                                                              {"dq", got.gradQ},
                                                              {"dk", got.gradK},
                                                              {"dv", got.gradV}};
            for (const auto& [what, value] : all) {
                EXPECT_LE(largest(value, read(what)),
                          about.at("tolerance").at(what).at("atol").get<double>())
                    << what << " on " << device;
            }
        }
        ++seen;
    }
    EXPECT_GE(seen, 8);
}

TEST(ComposedAttention, IsTheSoftmaxOverTheMaskForEveryShape) {
    at::manual_seed(4);
    for (const int frames : {1, 2, 5, 9}) {
        std::vector<FrameMask> masks = plan::maskFamily(frames);
        masks.push_back({frames, 1});
        for (const FrameMask& mask : masks) {
            for (const std::int64_t tokens : {1, 5, 33}) {
                for (const std::int64_t text : {0, 3}) {
                    const TokenLayout layout{frames, tokens, text};
                    SCOPED_TRACE(mask.name() + " of " + std::to_string(tokens) + " + " +
                                 std::to_string(text));
                    // Heads of a packed projection: strides as the models have them.
                    const auto packed =
                        at::randn({2, layout.total(), 3, 3, 24}, at::kDouble).unbind(2);
                    const auto head = [&](int i) {
                        return packed[static_cast<std::size_t>(i)].transpose(1, 2);
                    };
                    const at::Tensor gradOut =
                        at::randn({2, layout.total(), 3, 24}, at::kDouble).transpose(1, 2);
                    const Whole wanted =
                        bySoftmax(head(0), head(1), head(2), maskOfTokens(mask, layout), gradOut);
                    const Whole got =
                        byComposition(head(0), head(1), head(2), mask, layout, gradOut);
                    EXPECT_LT(largest(got.out, wanted.out), 1e-12);
                    EXPECT_LT(largest(got.lse, wanted.lse), 1e-12);
                    EXPECT_LT(largest(got.gradQ, wanted.gradQ), 1e-12);
                    EXPECT_LT(largest(got.gradK, wanted.gradK), 1e-12);
                    EXPECT_LT(largest(got.gradV, wanted.gradV), 1e-12);
                }
            }
        }
    }
}

TEST(ComposedAttention, KeepsHalfPrecision) {
    at::manual_seed(6);
    const TokenLayout layout{8, 37, 5};
    const FrameMask mask = plan::maskWithReferences(8, 2);
    for (const c10::Device device : devices()) {
        for (const std::int64_t size : {64, 96, 128}) {
            const auto draw = [&] {
                return at::randn({1, 2, layout.total(), size}).to(at::kBFloat16);
            };
            const at::Tensor q = draw(), k = draw(), v = draw(), gradOut = draw();
            const Whole wanted = bySoftmax(q, k, v, maskOfTokens(mask, layout), gradOut);
            const Whole got = byComposition(
                q.to(device), k.to(device), v.to(device), mask, layout, gradOut.to(device));
            EXPECT_LT(relativeError(got.out, wanted.out), 5e-3) << size << " on " << device;
            EXPECT_LT(largest(got.lse, wanted.lse), 1e-3);
            EXPECT_LT(relativeError(got.gradQ, wanted.gradQ), 1e-2);
            EXPECT_LT(relativeError(got.gradK, wanted.gradK), 1e-2);
            EXPECT_LT(relativeError(got.gradV, wanted.gradV), 1e-2);
        }
    }
}

TEST(ComposedAttention, NeverReadsWhatTheMaskHides) {
    at::manual_seed(8);
    const TokenLayout layout{6, 7, 2};
    const FrameMask mask{6, 3};  // frames 0 and 3 are references
    const at::Tensor q = at::randn({1, 1, layout.total(), 16});
    at::Tensor k = q.clone(), v = q.clone();
    const std::int64_t poisoned = layout.text + 4 * layout.tokens;
    k.narrow(2, poisoned, layout.tokens).fill_(std::numeric_limits<float>::quiet_NaN());
    v.narrow(2, poisoned, layout.tokens).fill_(std::numeric_limits<float>::infinity());
    const at::Tensor out = composedAttention(q, k, v, mask, layout);
    for (const int frame : {1, 2, 5}) {
        EXPECT_TRUE(out.narrow(2, layout.text + frame * layout.tokens, layout.tokens)
                        .isfinite()
                        .all()
                        .item<bool>())
            << "frame " << frame;
    }
    EXPECT_TRUE(
        out.narrow(2, layout.text + 3 * layout.tokens, layout.tokens).isnan().all().item<bool>())
        << "a reference frame sees everything";
}

TEST(ComposedAttention, AveragesValuesWhereAllScoresAreEqual) {
    const TokenLayout layout{4, 3, 1};
    const FrameMask mask{4, 4};
    const at::Tensor same = at::ones({1, 1, layout.total(), 8}, at::kDouble);
    // One token a channel is impossible here; numbers 0 ... N - 1 show what was averaged.
    const at::Tensor v =
        at::arange(layout.total(), at::kDouble).view({1, 1, -1, 1}).expand_as(same);
    const OutputAndLse result = composedWithLse(same, same, v.contiguous(), mask, layout);
    const at::Tensor kept = maskOfTokens(mask, layout).to(at::kDouble);
    const at::Tensor wanted =
        at::matmul(kept, at::arange(layout.total(), at::kDouble)) / kept.sum(1);
    EXPECT_LT(largest(result.out.select(3, 0).flatten(), wanted), 1e-12);
    EXPECT_LT(largest(result.lse.flatten(), kept.sum(1).log() + std::sqrt(8.0)), 1e-12);
}

TEST(ComposedAttention, BacksALayerByItsMask) {
    at::manual_seed(2);
    const TokenLayout layout{8, 6, 0};
    const auto backend =
        makeComposedAttention({plan::LayerMask{{{8, 1}}}, plan::LayerMask{{{8, 4}}}}, layout);
    const at::Tensor q = at::randn({1, 2, 48, 16}), k = at::randn_like(q), v = at::randn_like(q);
    EXPECT_TRUE(at::equal(backend->attend(0, q, k, v), makeDenseAttention()->attend(0, q, k, v)));
    EXPECT_TRUE(at::equal(backend->attend(1, q, k, v),
                          composedAttention(q, k, v, FrameMask{8, 4}, layout)));
    EXPECT_TRUE(backend->supports({2, 16, 8, 6, 0}).has_value());
    const auto other = backend->supports({2, 16, 8, 7, 0});
    ASSERT_FALSE(other.has_value());
    EXPECT_NE(other.error().message.find("8 latent frames of 6 tokens"), std::string::npos);
}

// Heads in runs, evenly spaced, and at odd places; each as if it were alone.
TEST(ComposedAttention, GivesEveryHeadItsOwnMask) {
    at::manual_seed(12);
    const TokenLayout layout{8, 3, 2};
    for (const char* names : {"2:6/2:6/full/full/1:7/1:7",
                              "2:6/4:4/2:6/4:4/2:6/4:4",
                              "full/1:7/1:7/full/2:6/1:7",
                              "3:5/3:5/3:5/3:5/3:5/3:5",
                              "4:4"}) {
        SCOPED_TRACE(names);
        const plan::LayerMask mask = plan::parseLayerMask(names, 8).value();
        const auto packed = at::randn({2, layout.total(), 3, 6, 16}, at::kDouble).unbind(2);
        std::vector<at::Tensor> inputs;
        for (const at::Tensor& each : packed) {
            inputs.push_back(each.transpose(1, 2).detach().requires_grad_());
        }
        const at::Tensor gradOut = at::randn({2, 6, layout.total(), 16}, at::kDouble);
        const at::Tensor out = composedAttention(inputs[0], inputs[1], inputs[2], mask, layout);
        out.backward(gradOut);
        const auto backend = makeComposedAttention({mask}, layout);
        EXPECT_LT(largest(backend->attend(0, inputs[0], inputs[1], inputs[2]), out), 1e-12);
        const at::Tensor kept = maskOfTokens(mask, layout, 6);
        const at::Tensor lse = softmaxUnder(kept, inputs[0], inputs[1], inputs[2]).lse.detach();
        const DenseGradients found = composedBackward(gradOut,
                                                      inputs[0].detach(),
                                                      inputs[1].detach(),
                                                      inputs[2].detach(),
                                                      {out.detach(), lse},
                                                      mask,
                                                      layout);
        EXPECT_LT(largest(found.q, inputs[0].grad()), 1e-12);
        EXPECT_LT(largest(found.k, inputs[1].grad()), 1e-12);
        EXPECT_LT(largest(found.v, inputs[2].grad()), 1e-12);
        for (const plan::HeadGroup& group : plan::headGroups(mask, 6)) {
            const at::Tensor ofHead = maskOfTokens(group.mask, layout);
            for (const std::int64_t head : group.heads) {
                const auto of = [&](const at::Tensor& x) { return x.narrow(1, head, 1); };
                const Whole wanted =
                    bySoftmax(of(inputs[0]), of(inputs[1]), of(inputs[2]), ofHead, of(gradOut));
                EXPECT_LT(largest(of(out.detach()), wanted.out), 1e-12) << head;
                EXPECT_LT(largest(of(inputs[0].grad()), wanted.gradQ), 1e-12) << head;
                EXPECT_LT(largest(of(inputs[1].grad()), wanted.gradK), 1e-12) << head;
                EXPECT_LT(largest(of(inputs[2].grad()), wanted.gradV), 1e-12) << head;
            }
        }
    }
}

// On a GPU a recorded step may not wait for the host: heads at odd places were once gathered with
// indices from there.
TEST(ComposedAttention, CanBeRecordedWithHeadsAtOddPlaces) {
    at::manual_seed(13);
    const at::NoGradGuard noGrad;
    const TokenLayout layout{8, 16, 2};
    const plan::LayerMask mask = plan::parseLayerMask("full/1:7/1:7/full/2:6/1:7", 8).value();
    const auto backend = makeComposedAttention({mask}, layout);
    const c10::Device device = devices().back();
    const auto type = device.is_cuda() ? at::kBFloat16 : at::kFloat;
    const at::Tensor x = at::randn({1, 6, layout.total(), 64}).to(device, type);
    const at::Tensor wanted = backend->attend(0, x, x, x);
    const at::Tensor got = at::empty_like(wanted);
    const auto step =
        tensor::RepeatedStep::record(device, [&] { got.copy_(backend->attend(0, x, x, x)); });
    got.zero_();
    step->run();
    EXPECT_TRUE(got.equal(wanted));
}

TEST(ComposedAttention, RefusesMasksForOtherHeads) {
    const TokenLayout layout{8, 6, 0};
    const auto backend =
        makeComposedAttention({plan::parseLayerMask("2:6/full/1:7", 8).value()}, layout);
    EXPECT_TRUE(backend->supports({3, 16, 8, 6, 0}).has_value());
    const auto other = backend->supports({4, 16, 8, 6, 0});
    ASSERT_FALSE(other.has_value());
    EXPECT_NE(other.error().message.find("3 heads, the model has 4"), std::string::npos);
}

}  // namespace
}  // namespace tessera::attention
