// The fused elementwise work against LibTorch's own operators in double precision: what comes out,
// and every gradient. On the CPU the reference of the kernels runs, on a GPU the kernels.

#include "core/attention/elementwise_kernels.h"
#include "core/attention/kernel_inputs.h"
#include "core/tensor/device.h"
#include "tests/core/attention/reference.h"

#include <ATen/ATen.h>

#include <functional>
#include <ostream>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

using Tensors = std::vector<at::Tensor>;

constexpr double kEpsilon = 1e-6;

at::Tensor numbers(c10::IntArrayRef shape, double scale, double offset = 0.0) {
    return (at::randn(shape) * scale + offset).to(at::kBFloat16);
}

struct Seen {
    Tensors results, gradients;
};

// Runs `work` on copies of the inputs that ask for gradients, and sends the same gradients back
// through its results.
Seen look(const Tensors& inputs,
          c10::Device device,
          at::ScalarType type,
          const std::function<Tensors(const Tensors&)>& work) {
    Tensors leaves;
    for (const at::Tensor& input : inputs) {
        leaves.push_back(input.defined() ? input.to(device, type, false, true).requires_grad_()
                                         : input);
    }
    Seen seen{work(leaves), {}};
    at::manual_seed(11);
    at::Tensor loss = at::zeros({}, at::TensorOptions().dtype(at::kDouble).device(device));
    for (const at::Tensor& result : seen.results) {
        const at::Tensor weight = numbers(result.sizes(), 1.0).to(device, at::kDouble);
        loss = loss + (result.to(at::kDouble) * weight).sum();
    }
    loss.backward();
    for (const at::Tensor& leaf : leaves) {
        seen.gradients.push_back(leaf.defined() ? leaf.grad() : leaf);
    }
    return seen;
}

void compare(const Tensors& inputs,
             const std::function<Tensors(const Tensors&)>& ours,
             const std::function<Tensors(const Tensors&)>& plain) {
    const Seen wanted = look(inputs, c10::kCPU, at::kDouble, plain);
    for (const c10::Device device : devices()) {
        SCOPED_TRACE(device.str());
        const Seen got = look(inputs, device, at::kBFloat16, ours);
        ASSERT_EQ(got.results.size(), wanted.results.size());
        for (std::size_t i = 0; i < got.results.size(); ++i) {
            EXPECT_LT(relativeError(got.results[i], wanted.results[i]), 3e-3) << "result " << i;
        }
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (inputs[i].defined()) {
                EXPECT_LT(relativeError(got.gradients[i], wanted.gradients[i]), 6e-3)
                    << "gradient " << i;
            }
        }
    }
}

// The same numbers as one row of `rows` in a larger tensor, as the blocks have their modulation:
// the gate's rows and the norm's lie at different distances.
at::Tensor rowOf(std::int64_t rows, const at::Tensor& row) {
    if (!row.defined()) {
        return row;
    }
    const at::Tensor others = at::ones({row.size(0), rows - 1, row.size(2)}, row.options());
    return at::cat({others, row}, 1).narrow(1, rows - 1, 1);
}

struct Case {
    std::int64_t batch, tokens, width;
    bool hasBranch, hasGate, hasNorm;
};

void PrintTo(const Case& c, std::ostream* to) {
    *to << c.batch << 'x' << c.tokens << 'x' << c.width << (c.hasBranch ? " branch" : "")
        << (c.hasGate ? " gate" : "") << (c.hasNorm ? " norm" : "");
}

class SumAndNormKernel : public testing::TestWithParam<Case> {};

TEST_P(SumAndNormKernel, AgreesWithPlainOperators) {
    const Case& c = GetParam();
    at::manual_seed(3);
    const Tensors inputs{numbers({c.batch, c.tokens, c.width}, 2.0, 0.3),
                         c.hasBranch ? numbers({c.batch, c.tokens, c.width}, 1.0) : at::Tensor(),
                         c.hasGate ? numbers({c.batch, 1, c.width}, 0.5) : at::Tensor(),
                         c.hasNorm ? numbers({c.batch, 1, c.width}, 0.5) : at::Tensor(),
                         c.hasNorm ? numbers({c.batch, 1, c.width}, 0.5) : at::Tensor()};
    const auto keep = [&](const SumAndNorm& made) {
        Tensors results;
        if (c.hasBranch) {
            results.push_back(made.sum);
        }
        if (c.hasNorm) {
            results.push_back(made.out);
        }
        return results;
    };
    compare(
        inputs,
        [&](const Tensors& t) {
            return keep(kernelSumAndNorm(t[0],
                                         t[1],
                                         rowOf(6, t[2]),
                                         rowOf(2, t[3]),
                                         rowOf(c.tokens % 2 == 0 ? 2 : 3, t[4]),
                                         kEpsilon));
        },
        [&](const Tensors& t) {
            return keep(c.hasNorm ? sumAndNorm(t[0], t[1], t[2], t[3], t[4], kEpsilon)
                                  : SumAndNorm{gatedSum(t[0], t[1], t[2]), {}});
        });
}

// One row, a run, a run and one more, several runs; widths of one warp and of several.
INSTANTIATE_TEST_SUITE_P(Shapes,
                         SumAndNormKernel,
                         testing::Values(Case{1, 1, 256, true, true, true},
                                         Case{2, 64, 256, false, false, true},
                                         Case{3, 65, 256, true, false, true},
                                         Case{2, 193, 256, true, true, true},
                                         Case{2, 130, 256, true, true, false},
                                         Case{2, 67, 768, true, true, true},
                                         Case{1, 70, 2304, true, false, true},
                                         Case{2, 5, 3072, true, true, false}));

TEST(SumAndNormKernel, KeepsTheMomentsThatOneResultAloneNeeds) {
    at::manual_seed(5);
    const Tensors inputs{numbers({2, 9, 256}, 1.0),
                         numbers({2, 9, 256}, 1.0),
                         numbers({2, 1, 256}, 0.5),
                         numbers({2, 1, 256}, 0.5),
                         numbers({2, 1, 256}, 0.5)};
    compare(
        inputs,
        [](const Tensors& t) {
            return Tensors{kernelSumAndNorm(t[0], t[1], t[2], t[3], t[4], kEpsilon).out};
        },
        [](const Tensors& t) {
            return Tensors{sumAndNorm(t[0], t[1], t[2], t[3], t[4], kEpsilon).out};
        });
}

class RotatedHeadsKernel : public testing::TestWithParam<std::int64_t> {};

TEST_P(RotatedHeadsKernel, AgreesWithPlainOperators) {
    const std::int64_t size = GetParam(), heads = 3, tokens = 70;
    at::manual_seed(7);
    const at::Tensor angle = at::randn({tokens, 1, size / 2}) * 3.0;
    const at::Tensor sine = at::sin(angle);
    const at::Tensor cosine = at::cat({at::cos(angle), at::cos(angle)}, -1).to(at::kBFloat16);
    const at::Tensor signedSine = at::cat({-sine, sine}, -1).to(at::kBFloat16);
    const Tensors inputs{numbers({2, tokens, 3 * heads * size}, 1.5),
                         numbers({size}, 0.3, 1.0),
                         numbers({size}, 0.3, 1.0)};
    const auto as = [&](const Tensors& t) {
        return HeadTurn{t[1], t[2], cosine.to(t[0].options()), signedSine.to(t[0].options())};
    };
    const auto keep = [](const Heads& made) { return Tensors{made.query, made.key, made.value}; };
    compare(
        inputs,
        [&](const Tensors& t) { return keep(kernelRotatedHeads(t[0], as(t), heads, kEpsilon)); },
        [&](const Tensors& t) { return keep(rotatedHeads(t[0], as(t), heads, kEpsilon)); });
}

INSTANTIATE_TEST_SUITE_P(HeadSizes, RotatedHeadsKernel, testing::Values(64, 96, 128));

TEST(RotatedHeadsKernel, TakesGradientsWithGaps) {
    const std::int64_t size = 64, heads = 2, tokens = 5;
    at::manual_seed(9);
    const at::Tensor table = numbers({tokens, 1, size}, 1.0);
    const Tensors inputs{
        numbers({1, tokens, 3 * heads * size}, 1.0), numbers({size}, 1.0), numbers({size}, 1.0)};
    // The gradient of a sum over tokens is one row for all of them, its stride 0; that of a channel
    // alone has a stride in the channels.
    const auto keep = [](const Heads& made) {
        return Tensors{made.query.sum(2), made.key.select(3, 1), made.value.transpose(2, 3)};
    };
    compare(
        inputs,
        [&](const Tensors& t) {
            const at::Tensor turn = table.to(t[0].options());
            return keep(kernelRotatedHeads(t[0], {t[1], t[2], turn, turn}, heads, kEpsilon));
        },
        [&](const Tensors& t) {
            const at::Tensor turn = table.to(t[0].options());
            return keep(rotatedHeads(t[0], {t[1], t[2], turn, turn}, heads, kEpsilon));
        });
}

TEST(KernelInputs, AreCopiedWhereTheyBeginAtAnOddPlace) {
    const at::Tensor wide = numbers({2 * 3 * 64 + 4}, 1.0);
    const at::Tensor odd = wide.narrow(0, 4, 2 * 3 * 64).view({2, 3, 64});
    const at::Tensor fit = inRuns(odd);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(fit.const_data_ptr()) % 16, 0U);
    EXPECT_TRUE(fit.equal(odd));
    EXPECT_TRUE(inRuns(fit).is_same(fit));
}

}  // namespace
}  // namespace tessera::attention
