// The fused attention against a softmax over the mask written out token by token. On the CPU the
// kernel's reference walks the same plan of tiles, on a GPU the kernel runs.

#include "core/attention/fused.h"

#include "core/tensor/device.h"
#include "tests/core/attention/reference.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

using kernels::TileShape;
using plan::FrameMask;
using plan::LayerMask;
using plan::TokenLayout;

// Sums are fp32: what the data type itself costs.
double toleranceOf(at::ScalarType type) {
    return type == at::kHalf ? 7e-4 : 5e-3;
}

constexpr double kLseTolerance = 1e-3;

// The tiles of the device's own kernel; on the CPU those of the largest.
TileShape tileShapeOn(const c10::Device& device, std::int64_t headSize) {
    const TileShape shape = kernels::forwardTileShape(headSize, tensor::computeCapability(device));
    return shape.groups > 0 ? shape : TileShape{3, 112};
}

bool hasKernel(const c10::Device& device, std::int64_t headSize, at::ScalarType type) {
    return device.is_cpu() ||
           (kernels::forwardTileShape(headSize, tensor::computeCapability(device)).groups > 0 &&
            (type != at::kHalf || kernels::hasFp16Kernels()));
}

// Heads of every size. The reference walks the same steps in every type: one size will do for fp16.
std::vector<std::int64_t> headSizes(at::ScalarType type) {
    if (type == at::kHalf && devices().back().is_cpu()) {
        return {96};
    }
    return {64, 96, 128};
}

struct Inputs {
    at::Tensor q, k, v;

    static Inputs random(at::ScalarType type,
                         std::int64_t batch,
                         std::int64_t heads,
                         std::int64_t rows,
                         std::int64_t headSize,
                         double scale = 1.0) {
        const auto make = [&](double by) {
            return (at::randn({batch, heads, rows, headSize}) * by).to(type);
        };
        return {make(scale), make(scale), make(1.0)};
    }

    Inputs on(const c10::Device& device) const {
        return {q.to(device), k.to(device), v.to(device)};
    }
};

OutputAndLse fused(const Inputs& x, const LayerMask& mask, const TokenLayout& layout) {
    const TileShape shape = tileShapeOn(x.q.device(), x.q.size(3));
    const TilePlan plan = compileTiles(mask.heads, layout, static_cast<int>(x.q.size(1)), shape);
    return fusedWithLse(x.q, x.k, x.v, plan, shape, layout);
}

void expectMasked(const Inputs& x, const LayerMask& mask, const TokenLayout& layout) {
    const auto truth = softmaxUnder(maskOfTokens(mask, layout, x.q.size(1)), x.q, x.k, x.v);
    for (const c10::Device& device : devices()) {
        if (!hasKernel(device, x.q.size(3), x.q.scalar_type())) {
            continue;
        }
        const OutputAndLse got = fused(x.on(device), mask, layout);
        EXPECT_LT(relativeError(got.out, truth.out), toleranceOf(x.q.scalar_type())) << device;
        EXPECT_LT((got.lse.cpu().to(at::kDouble) - truth.lse).abs().max().item<double>(),
                  kLseTolerance)
            << device;
    }
}

class FusedAttentionTest : public testing::TestWithParam<at::ScalarType> {
protected:
    void SetUp() override { at::manual_seed(5); }

    at::NoGradGuard m_noGrad;
};

TEST_P(FusedAttentionTest, IsTheSoftmaxOverTheMaskForEveryShape) {
    for (const std::int64_t headSize : headSizes(GetParam())) {
        for (const std::int64_t tokens : {1, 15, 64, 65}) {
            for (const std::int64_t text : {0, 1, 37}) {
                for (const int k : {1, 3, 7}) {
                    SCOPED_TRACE(testing::Message() << headSize << " channels, " << tokens
                                                    << " tokens, " << text << " of text, k " << k);
                    const TokenLayout layout{7, tokens, text};
                    expectMasked(Inputs::random(GetParam(), 1, 1, layout.total(), headSize),
                                 {{plan::maskWithReferences(7, k)}},
                                 layout);
                }
            }
        }
    }
}

TEST_P(FusedAttentionTest, TakesEachHeadsOwnMaskAndSeveralBatches) {
    const TokenLayout layout{8, 40, 3};
    const LayerMask mask{{plan::maskWithReferences(8, 2),
                          {8, 1},
                          plan::maskWithReferences(8, 1),
                          plan::maskWithReferences(8, 4)}};
    expectMasked(Inputs::random(GetParam(), 2, 4, layout.total(), 64), mask, layout);
}

TEST_P(FusedAttentionTest, ReadsThePackedProjectionAsItLies) {
    const TokenLayout layout{4, 50, 0};
    const at::Tensor packed = at::randn({2, layout.total(), 3, 2, 64}).to(GetParam());
    const auto part = [&](std::int64_t i, const c10::Device& device) {
        return packed.to(device).select(2, i).transpose(1, 2);
    };
    const LayerMask mask{{plan::maskWithReferences(4, 1)}};
    for (const c10::Device& device : devices()) {
        if (!hasKernel(device, 64, GetParam())) {
            continue;
        }
        const Inputs strided{part(0, device), part(1, device), part(2, device)};
        const Inputs plain{strided.q.contiguous(), strided.k.contiguous(), strided.v.contiguous()};
        const OutputAndLse got = fused(strided, mask, layout);
        EXPECT_TRUE(got.out.equal(fused(plain, mask, layout).out));
        EXPECT_TRUE(got.out.transpose(1, 2).is_contiguous());
    }
}

TEST_P(FusedAttentionTest, NeverReadsWhatTheMaskHides) {
    // Frame 2 is no reference and holds no numbers: only its own rows may notice.
    for (const std::int64_t tokens : {20, 130}) {
        const TokenLayout layout{4, tokens, 5};
        const LayerMask mask{{plan::maskWithReferences(4, 1)}};
        Inputs x = Inputs::random(GetParam(), 1, 2, layout.total(), 96);
        const std::int64_t begin = layout.text + 2 * tokens;
        const Inputs clean{x.q.clone(), x.k.clone(), x.v.clone()};
        x.k.narrow(2, begin, tokens).fill_(std::numeric_limits<double>::quiet_NaN());
        x.v.narrow(2, begin, tokens).fill_(std::numeric_limits<double>::infinity());
        for (const c10::Device& device : devices()) {
            if (!hasKernel(device, 96, GetParam())) {
                continue;
            }
            const at::Tensor poisoned = fused(x.on(device), mask, layout).out;
            const at::Tensor wanted = fused(clean.on(device), mask, layout).out;
            for (const int frame : {1, 3}) {
                const std::int64_t from = layout.text + frame * tokens;
                EXPECT_TRUE(poisoned.narrow(2, from, tokens).equal(wanted.narrow(2, from, tokens)))
                    << device << " frame " << frame;
            }
        }
    }
}

TEST_P(FusedAttentionTest, KeepsItsFeetWithExtremeScores) {
    const TokenLayout layout{6, 33, 4};
    const LayerMask mask{{plan::maskWithReferences(6, 2)}};
    expectMasked(Inputs::random(GetParam(), 1, 1, layout.total(), 64, 30.0), mask, layout);
    Inputs flat = Inputs::random(GetParam(), 1, 1, layout.total(), 64);
    flat.q.zero_();
    expectMasked(flat, mask, layout);  // the plain mean of what is kept: counts every key once
}

TEST_P(FusedAttentionTest, FollowsScoresThatRiseOrFallFromKeyToKey) {
    // By 58 powers of two in all: weights of fp16 hold no such range.
    const TokenLayout layout{4, 200, 0};
    const LayerMask mask{{plan::maskWithReferences(4, 2)}};
    Inputs x = Inputs::random(GetParam(), 1, 1, layout.total(), 64);
    x.q.fill_(1.0);
    const at::Tensor rise = at::linspace(0.0, 5.0, layout.total()).view({1, 1, -1, 1});
    for (const at::Tensor& keys : {rise, rise.flip(2), rise - 5.0, -rise}) {
        x.k.copy_(keys.expand(x.k.sizes()));
        expectMasked(x, mask, layout);
    }
}

TEST_P(FusedAttentionTest, GivesTheSameBitsEveryTime) {
    const TokenLayout layout{8, 96, 0};
    const LayerMask mask{{plan::maskWithReferences(8, 2)}};
    const Inputs x = Inputs::random(GetParam(), 1, 4, layout.total(), 64);
    for (const c10::Device& device : devices()) {
        if (!hasKernel(device, 64, GetParam()) || device.is_cpu()) {
            continue;
        }
        const Inputs there = x.on(device);
        const at::Tensor first = fused(there, mask, layout).out;
        for (int i = 0; i < 200; ++i) {
            ASSERT_TRUE(first.equal(fused(there, mask, layout).out)) << "run " << i;
        }
    }
}

TEST_P(FusedAttentionTest, TakesMisalignedMemoryAndNothingAtAll) {
    const TokenLayout layout{4, 20, 0};
    const LayerMask mask{{plan::maskWithReferences(4, 1)}};
    const Inputs x = Inputs::random(GetParam(), 1, 2, layout.total(), 64);
    for (const c10::Device& device : devices()) {
        if (!hasKernel(device, 64, GetParam())) {
            continue;
        }
        const Inputs there = x.on(device);
        const auto shifted = [](const at::Tensor& from) {
            const at::Tensor to = at::empty({from.numel() + 4}, from.options())
                                      .narrow(0, 4, from.numel())
                                      .view(from.sizes());
            return to.copy_(from);
        };
        const Inputs odd{shifted(there.q), shifted(there.k), shifted(there.v)};
        EXPECT_TRUE(fused(odd, mask, layout).out.equal(fused(there, mask, layout).out)) << device;
        const Inputs none{
            there.q.narrow(0, 0, 0), there.k.narrow(0, 0, 0), there.v.narrow(0, 0, 0)};
        EXPECT_EQ(fused(none, mask, layout).out.numel(), 0) << device;
    }
}

TEST(FusedAttentionBackend, SaysWhyItDoesNotRun) {
    const auto backend = makeFusedAttention({}, {});
    AttentionShape shape;
    shape.heads = 2;
    shape.headSize = 64;
    shape.frames = 4;
    shape.tokensPerFrame = 10;
    shape.dtype = at::kBFloat16;
    const base::Status onCpu = backend->supports(shape);
    ASSERT_FALSE(onCpu);
    EXPECT_EQ(onCpu.error().code, base::ErrorCode::Unsupported);
    EXPECT_NE(onCpu.error().message.find("CUDA"), std::string::npos);
    EXPECT_FALSE(onCpu.error().hint.empty());
}

TEST(FusedAttentionBackend, SaysThatTheBuildHasNoFp16) {
    const c10::Device device = devices().back();
    if (!device.is_cuda() || kernels::hasFp16Kernels()) {
        GTEST_SKIP() << "no device, or a build with fp16";
    }
    const auto backend = makeFusedAttention({}, {});
    AttentionShape shape;
    shape.heads = 2;
    shape.headSize = 64;
    shape.frames = 4;
    shape.tokensPerFrame = 10;
    shape.dtype = at::kHalf;
    shape.device = device;
    const base::Status status = backend->supports(shape);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, base::ErrorCode::Unsupported);
    EXPECT_NE(status.error().message.find("fp16"), std::string::npos);
    EXPECT_NE(status.error().hint.find("TESSERA_FP16"), std::string::npos);
}

class FusedBackendTest : public testing::TestWithParam<at::ScalarType> {};

TEST_P(FusedBackendTest, CarriesGradientsOnAGpu) {
    const c10::Device device = devices().back();
    if (!device.is_cuda() || !hasKernel(device, 64, GetParam())) {
        GTEST_SKIP() << "no device with the kernel";
    }
    const TokenLayout layout{8, 40, 3};
    const LayerMask mask{{plan::maskWithReferences(8, 2), {8, 1}}};
    const auto backend = makeFusedAttention({mask}, layout);
    at::manual_seed(6);
    const Inputs x = Inputs::random(GetParam(), 1, 2, layout.total(), 64);
    const at::Tensor gradOut = at::randn(x.q.sizes()).to(GetParam());
    const auto leaf = [](const at::Tensor& t, const auto& target) {
        return t.to(target).detach().requires_grad_();
    };
    const at::Tensor q = leaf(x.q, device), k = leaf(x.k, device), v = leaf(x.v, device);
    backend->attend(0, q, k, v).backward(gradOut.to(device));
    const at::Tensor tq = leaf(x.q, at::kDouble), tk = leaf(x.k, at::kDouble),
                     tv = leaf(x.v, at::kDouble);
    softmaxUnder(maskOfTokens(mask, layout, 2), tq, tk, tv).out.backward(gradOut.to(at::kDouble));
    EXPECT_LT(relativeError(q.grad(), tq.grad()), 2e-2);
    EXPECT_LT(relativeError(k.grad(), tk.grad()), 2e-2);
    EXPECT_LT(relativeError(v.grad(), tv.grad()), 2e-2);
}

std::string nameOf(const testing::TestParamInfo<at::ScalarType>& info) {
    return c10::toString(info.param);
}

INSTANTIATE_TEST_SUITE_P(In, FusedAttentionTest, testing::Values(at::kBFloat16, at::kHalf), nameOf);
INSTANTIATE_TEST_SUITE_P(In, FusedBackendTest, testing::Values(at::kBFloat16, at::kHalf), nameOf);

}  // namespace
}  // namespace tessera::attention
