// The gradients of the fused attention against those of a softmax over the mask written out token
// by token, and against what LibTorch's own kernels lose in the same type. On the CPU the kernel's
// reference walks the same plan of tiles, on a GPU the kernel runs.

#include "core/attention/fused.h"
#include "core/tensor/device.h"
#include "tests/core/attention/reference.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

using kernels::BackwardTileShape;
using kernels::TileShape;
using plan::LayerMask;
using plan::TokenLayout;

// The tiles of the device's own kernels; on the CPU such as they might have.
TileShape tileShapeOn(const c10::Device& device, std::int64_t headSize) {
    return device.is_cpu() ? TileShape{3, 112}
                           : kernels::forwardTileShape(headSize, tensor::computeCapability(device));
}

BackwardTileShape keyShapeOn(const c10::Device& device, std::int64_t headSize) {
    return device.is_cpu()
               ? BackwardTileShape{128, 64}
               : kernels::backwardTileShape(headSize, tensor::computeCapability(device));
}

bool hasKernel(const c10::Device& device, std::int64_t headSize, at::ScalarType type) {
    return keyShapeOn(device, headSize).keys > 0 &&
           (type != at::kHalf || device.is_cpu() || kernels::hasFp16Kernels());
}

std::vector<c10::Device> devicesWithKernel(std::int64_t headSize, at::ScalarType type) {
    std::vector<c10::Device> all = devices();
    std::erase_if(all,
                  [&](const c10::Device& device) { return !hasKernel(device, headSize, type); });
    return all;
}

// Heads of every size. The reference walks the same steps in every type: one size will do for fp16.
std::vector<std::int64_t> headSizes(at::ScalarType type) {
    if (type == at::kHalf && devices().back().is_cpu()) {
        return {96};
    }
    return {64, 96, 128};
}

struct Inputs {
    at::Tensor q, k, v, gradOut;

    static Inputs random(at::ScalarType type,
                         std::int64_t batch,
                         std::int64_t heads,
                         std::int64_t rows,
                         std::int64_t headSize,
                         double scale = 1.0) {
        const auto make = [&](double by) {
            return (at::randn({batch, heads, rows, headSize}) * by).to(type);
        };
        return {make(scale), make(scale), make(1.0), make(1.0)};
    }

    template <typename Change>
    Inputs each(const Change& change) const {
        return {change(q), change(k), change(v), change(gradOut)};
    }

    Inputs on(const c10::Device& device) const {
        return each([&](const at::Tensor& x) { return x.to(device); });
    }
};

OutputAndLse forwardOf(const Inputs& x, const LayerMask& mask, const TokenLayout& layout) {
    const TileShape shape = tileShapeOn(x.q.device(), x.q.size(3));
    const TilePlan plan = compileTiles(mask.heads, layout, static_cast<int>(x.q.size(1)), shape);
    return fusedWithLse(x.q, x.k, x.v, plan, shape, layout);
}

DenseGradients backwardOf(const Inputs& x,
                          const OutputAndLse& result,
                          const LayerMask& mask,
                          const TokenLayout& layout) {
    const BackwardTileShape shape = keyShapeOn(x.q.device(), x.q.size(3));
    const KeyPlan plan = compileKeyTiles(mask.heads, layout, static_cast<int>(x.q.size(1)), shape);
    return fusedGradients(x.gradOut, x.q, x.k, x.v, result, plan, shape, layout);
}

DenseGradients gradientsOf(const Inputs& x, const LayerMask& mask, const TokenLayout& layout) {
    return backwardOf(x, forwardOf(x, mask, layout), mask, layout);
}

// Against the size of what was wanted; of a gradient that vanishes, against that of numbers of one.
double errorOf(const at::Tensor& got, const at::Tensor& wanted) {
    const double vanishing = 1e-3 * std::sqrt(static_cast<double>(wanted.numel()));
    const at::Tensor off = got.to(at::kCPU, at::kDouble) - wanted;
    return off.norm().item<double>() / std::max(vanishing, wanted.norm().item<double>());
}

void expectGradients(const Inputs& x, const LayerMask& mask, const TokenLayout& layout) {
    const Whole truth =
        bySoftmax(x.q, x.k, x.v, maskOfTokens(mask, layout, x.q.size(1)), x.gradOut);
    for (const c10::Device& device : devicesWithKernel(x.q.size(3), x.q.scalar_type())) {
        SCOPED_TRACE(device.str());
        const Inputs there = x.on(device);
        const OutputAndLse result = forwardOf(there, mask, layout);
        const DenseGradients got = backwardOf(there, result, mask, layout);
        const DenseGradients usual =
            composedBackward(there.gradOut, there.q, there.k, there.v, result, mask, layout);
        const auto expectClose = [&](const at::Tensor& ours,
                                     const at::Tensor& theirs,
                                     const at::Tensor& wanted,
                                     const char* what) {
            const double rounding = x.q.scalar_type() == at::kHalf ? 2.5e-4 : 2e-3;  // half a step
            EXPECT_LE(errorOf(ours, wanted), 2.0 * std::max(rounding, errorOf(theirs, wanted)))
                << what;
        };
        expectClose(got.q, usual.q, truth.gradQ, "of q");
        expectClose(got.k, usual.k, truth.gradK, "of k");
        expectClose(got.v, usual.v, truth.gradV, "of v");
    }
}

constexpr const char* kNoDevice = "no device with the kernels";

bool hasDevice(at::ScalarType type) {
    const c10::Device device = devices().back();
    return device.is_cuda() && hasKernel(device, 64, type);
}

class FusedGradientTest : public testing::TestWithParam<at::ScalarType> {
protected:
    void SetUp() override { at::manual_seed(9); }
};

TEST_P(FusedGradientTest, AreThoseOfTheSoftmaxOverTheMaskForEveryShape) {
    for (const std::int64_t headSize : headSizes(GetParam())) {
        for (const std::int64_t tokens : {1, 15, 64, 65}) {
            for (const std::int64_t text : {0, 1, 127}) {
                for (const int k : {1, 2, 5}) {
                    SCOPED_TRACE(testing::Message() << headSize << " channels, " << tokens
                                                    << " tokens, " << text << " of text, k " << k);
                    const TokenLayout layout{5, tokens, text};
                    expectGradients(Inputs::random(GetParam(), 1, 1, layout.total(), headSize),
                                    {{plan::maskWithReferences(5, k)}},
                                    layout);
                }
            }
        }
    }
}

TEST_P(FusedGradientTest, AreRightAtTheEdgesOfTiles) {
    for (const std::int64_t tokens : {79, 80, 81, 127, 128, 129}) {
        for (const std::int64_t text : {0, 63, 129}) {
            SCOPED_TRACE(testing::Message() << tokens << " tokens, " << text << " of text");
            const TokenLayout layout{4, tokens, text};
            expectGradients(Inputs::random(GetParam(), 1, 1, layout.total(), 64),
                            {{plan::maskWithReferences(4, 2)}},
                            layout);
        }
    }
}

TEST_P(FusedGradientTest, AreRightForASingleFrameAndASingleToken) {
    for (const std::int64_t tokens : {1, 130}) {
        const TokenLayout layout{1, tokens, 0};
        expectGradients(Inputs::random(GetParam(), 1, 2, layout.total(), 64),
                        {{plan::maskWithReferences(1, 1)}},
                        layout);
    }
}

TEST_P(FusedGradientTest, TakeEachHeadsOwnMaskAndSeveralBatches) {
    const TokenLayout layout{8, 40, 3};
    const LayerMask mask{{plan::maskWithReferences(8, 2),
                          {8, 1},
                          plan::maskWithReferences(8, 1),
                          plan::maskWithReferences(8, 2)}};
    expectGradients(Inputs::random(GetParam(), 2, 4, layout.total(), 64), mask, layout);
}

TEST_P(FusedGradientTest, AreRightWithExtremeScores) {
    const TokenLayout layout{6, 33, 4};
    const LayerMask mask{{plan::maskWithReferences(6, 2)}};
    expectGradients(Inputs::random(GetParam(), 1, 1, layout.total(), 64, 8.0), mask, layout);
    Inputs flat = Inputs::random(GetParam(), 1, 1, layout.total(), 64);
    flat.q.zero_();
    expectGradients(flat, mask, layout);  // every weight the same: counts every pair once
}

TEST_P(FusedGradientTest, ReadThePackedProjectionAndPaddedHeadsAsTheyLie) {
    const TokenLayout layout{4, 50, 0};
    const LayerMask mask{{plan::maskWithReferences(4, 1)}};
    const at::Tensor packed = at::randn({2, layout.total(), 4, 2, 64}).to(GetParam());
    for (const c10::Device& device : devicesWithKernel(64, GetParam())) {
        const at::Tensor there = packed.to(device);
        const auto part = [&](std::int64_t i) { return there.select(2, i).transpose(1, 2); };
        const Inputs strided{part(0), part(1), part(2), part(3)};
        const Inputs padded = strided.each([&](const at::Tensor& x) {
            return at::constant_pad_nd(x, {0, 0, 0, 3}).narrow(2, 0, layout.total());
        });
        const DenseGradients wanted = gradientsOf(
            strided.each([](const at::Tensor& x) { return x.contiguous(); }), mask, layout);
        for (const Inputs& x : {strided, padded}) {
            const DenseGradients got = gradientsOf(x, mask, layout);
            EXPECT_LT(relativeError(got.q, wanted.q), 1e-3) << device;
            EXPECT_TRUE(got.k.equal(wanted.k)) << device;
            EXPECT_TRUE(got.v.equal(wanted.v)) << device;
        }
        // As their inputs lie, without the gaps.
        const DenseGradients got = gradientsOf(strided, mask, layout);
        for (const at::Tensor& gradient : {got.q, got.k, got.v}) {
            EXPECT_TRUE(gradient.transpose(1, 2).is_contiguous()) << device;
        }
    }
}

TEST_P(FusedGradientTest, TakeMisalignedMemoryAndNothingAtAll) {
    const TokenLayout layout{4, 20, 0};
    const LayerMask mask{{plan::maskWithReferences(4, 1)}};
    const Inputs x = Inputs::random(GetParam(), 1, 2, layout.total(), 64);
    for (const c10::Device& device : devicesWithKernel(64, GetParam())) {
        const Inputs there = x.on(device);
        const Inputs odd = there.each([](const at::Tensor& from) {
            return at::empty({from.numel() + 4}, from.options())
                .narrow(0, 4, from.numel())
                .view(from.sizes())
                .copy_(from);
        });
        const DenseGradients got = gradientsOf(odd, mask, layout);
        const DenseGradients wanted = gradientsOf(there, mask, layout);
        EXPECT_TRUE(got.k.equal(wanted.k)) << device;
        EXPECT_TRUE(got.v.equal(wanted.v)) << device;
        const Inputs none = there.each([](const at::Tensor& t) { return t.narrow(0, 0, 0); });
        EXPECT_EQ(gradientsOf(none, mask, layout).q.numel(), 0) << device;
    }
}

TEST_P(FusedGradientTest, NeverReadWhatTheMaskHides) {
    // Frame 2 is no reference and holds no numbers: the other such frames must not notice.
    for (const std::int64_t tokens : {20, 130}) {
        const TokenLayout layout{4, tokens, 5};
        const LayerMask mask{{plan::maskWithReferences(4, 1)}};
        const Inputs x = Inputs::random(GetParam(), 1, 2, layout.total(), 96);
        for (const c10::Device& device : devicesWithKernel(96, GetParam())) {
            const Inputs clean = x.on(device);
            const OutputAndLse result = forwardOf(clean, mask, layout);
            const DenseGradients wanted = backwardOf(clean, result, mask, layout);
            const auto poisoned = [&](const at::Tensor& from) {
                at::Tensor to = from.clone();
                to.narrow(2, layout.text + 2 * tokens, tokens)
                    .fill_(std::numeric_limits<double>::quiet_NaN());
                return to;
            };
            const DenseGradients got = backwardOf(
                clean.each(poisoned), {poisoned(result.out), poisoned(result.lse)}, mask, layout);
            for (const int frame : {1, 3}) {
                SCOPED_TRACE(testing::Message() << device << " frame " << frame);
                const auto of = [&](const at::Tensor& gradient) {
                    return gradient.narrow(2, layout.text + frame * tokens, tokens);
                };
                EXPECT_LT(relativeError(of(got.q), of(wanted.q)), 1e-3);
                EXPECT_TRUE(of(got.k).equal(of(wanted.k)));
                EXPECT_TRUE(of(got.v).equal(of(wanted.v)));
            }
        }
    }
}

// at::empty() fills its memory with what is no number while this lives.
class PoisonedMemory {
public:
    PoisonedMemory() {
        at::globalContext().setDeterministicAlgorithms(true, false);
        at::globalContext().setDeterministicFillUninitializedMemory(true);
    }

    ~PoisonedMemory() { at::globalContext().setDeterministicAlgorithms(false, false); }

    PoisonedMemory(const PoisonedMemory&) = delete;
    PoisonedMemory& operator=(const PoisonedMemory&) = delete;
};

TEST_P(FusedGradientTest, WriteAllAndReadNothingThatTheyDidNotWrite) {
    const TokenLayout layout{5, 70, 9};
    const LayerMask mask{{plan::maskWithReferences(5, 2), {5, 1}}};
    const Inputs x = Inputs::random(GetParam(), 2, 2, layout.total(), 64);
    for (const c10::Device& device : devicesWithKernel(64, GetParam())) {
        const Inputs there = x.on(device);
        const OutputAndLse result = forwardOf(there, mask, layout);
        const DenseGradients wanted = backwardOf(there, result, mask, layout);
        const PoisonedMemory poisoned;
        ASSERT_TRUE(at::empty({8}, there.q.options()).isnan().all().item<bool>());
        const DenseGradients got = backwardOf(there, result, mask, layout);
        EXPECT_LT(relativeError(got.q, wanted.q), 1e-3) << device;
        EXPECT_TRUE(got.k.equal(wanted.k)) << device;
        EXPECT_TRUE(got.v.equal(wanted.v)) << device;
    }
}

TEST_P(FusedGradientTest, AreTheSameBitsForKeysAndValuesEveryTime) {
    if (!hasDevice(GetParam())) {
        GTEST_SKIP() << kNoDevice;
    }
    const TokenLayout layout{8, 96, 0};
    const LayerMask mask{{plan::maskWithReferences(8, 2)}};
    const Inputs x = Inputs::random(GetParam(), 1, 4, layout.total(), 64).on(devices().back());
    const OutputAndLse result = forwardOf(x, mask, layout);
    const DenseGradients first = backwardOf(x, result, mask, layout);
    for (int i = 0; i < 200; ++i) {
        const DenseGradients again = backwardOf(x, result, mask, layout);
        ASSERT_TRUE(first.k.equal(again.k)) << "run " << i;
        ASSERT_TRUE(first.v.equal(again.v)) << "run " << i;
        ASSERT_LT(relativeError(again.q, first.q), 1e-3) << "run " << i;
    }
}

DenseGradients throughBackend(const AttentionBackend& backend, const Inputs& x) {
    const auto leaf = [](const at::Tensor& t) { return t.detach().requires_grad_(); };
    const at::Tensor q = leaf(x.q), k = leaf(x.k), v = leaf(x.v);
    backend.attend(0, q, k, v).backward(x.gradOut);
    return {q.grad(), k.grad(), v.grad()};
}

TEST_P(FusedGradientTest, ComeFromTheBackendForHeadsOfDifferentMasks) {
    if (!hasDevice(GetParam())) {
        GTEST_SKIP() << kNoDevice;
    }
    const TokenLayout layout{8, 40, 3};
    const LayerMask mask{{plan::maskWithReferences(8, 2), {8, 1}, plan::maskWithReferences(8, 1)}};
    const Inputs x = Inputs::random(GetParam(), 2, 3, layout.total(), 64).on(devices().back());
    const auto backend = makeFusedAttention({mask}, layout);
    const DenseGradients got = throughBackend(*backend, x);
    const DenseGradients wanted = gradientsOf(x, mask, layout);
    EXPECT_LT(relativeError(got.q, wanted.q), 1e-3);
    EXPECT_TRUE(got.k.equal(wanted.k));
    EXPECT_TRUE(got.v.equal(wanted.v));
}

TEST_P(FusedGradientTest, AreTheSameBitsWhereDeterministicAlgorithmsAreAsked) {
    if (!hasDevice(GetParam())) {
        GTEST_SKIP() << kNoDevice;
    }
    const TokenLayout layout{8, 200, 3};
    const LayerMask mask{{plan::maskWithReferences(8, 2), {8, 1}, plan::maskWithReferences(8, 2)}};
    const Inputs x = Inputs::random(GetParam(), 1, 3, layout.total(), 64).on(devices().back());
    const auto backend = makeFusedAttention({mask}, layout);
    const PoisonedMemory deterministic;
    const DenseGradients first = throughBackend(*backend, x);
    for (int i = 0; i < 20; ++i) {
        const DenseGradients again = throughBackend(*backend, x);
        ASSERT_TRUE(first.q.equal(again.q)) << "run " << i;
        ASSERT_TRUE(first.k.equal(again.k)) << "run " << i;
        ASSERT_TRUE(first.v.equal(again.v)) << "run " << i;
    }
}

std::string nameOf(const testing::TestParamInfo<at::ScalarType>& info) {
    return c10::toString(info.param);
}

INSTANTIATE_TEST_SUITE_P(In, FusedGradientTest, testing::Values(at::kBFloat16, at::kHalf), nameOf);

}  // namespace
}  // namespace tessera::attention
