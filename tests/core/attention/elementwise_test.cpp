// The fused elementwise work against LibTorch's own operators in double precision.

#include "core/attention/elementwise_kernels.h"
#include "core/attention/kernel_inputs.h"
#include "tests/core/attention/against_double.h"

#include <ATen/ATen.h>

#include <ostream>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

constexpr double kEpsilon = 1e-6;

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
    compareWithDouble(
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
    compareWithDouble(
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
    compareWithDouble(
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
    compareWithDouble(
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

struct TurnCase {
    std::int64_t batch, tokens, heads, headSize, span;
};

void PrintTo(const TurnCase& c, std::ostream* to) {
    *to << c.batch << 'x' << c.tokens << 'x' << c.heads << 'x' << c.headSize << " span " << c.span;
}

class TurnedHeadsKernel : public testing::TestWithParam<TurnCase> {};

TEST_P(TurnedHeadsKernel, AgreesWithPlainOperators) {
    const TurnCase& c = GetParam();
    at::manual_seed(13);
    const at::Tensor angle = at::randn({c.tokens, c.headSize / 2}) * 3.0;
    const at::Tensor cosine = at::cos(angle).to(at::kBFloat16);
    const at::Tensor sine = at::sin(angle).to(at::kBFloat16);
    const std::int64_t width = c.heads * c.headSize;
    const Tensors inputs{numbers({c.batch, c.tokens, width}, 1.5),
                         numbers({c.batch, c.tokens, width}, 0.5)};
    const auto by = [&](const auto& function) {
        return [&, function](const Tensors& t) {
            const AxisTurn turn{cosine.to(t[0].options()), sine.to(t[0].options()), c.span};
            const QueryAndKey turned = function(t[0], t[1], turn, c.heads);
            EXPECT_EQ(turned.query.sizes(),
                      (std::vector<std::int64_t>{c.batch, c.heads, c.tokens, c.headSize}));
            return Tensors{turned.query, turned.key};
        };
    };
    compareWithDouble(inputs, by(kernelTurnedHeads), by(turnedHeads));
}

// Open-Sora-Plan's heads; one span; more heads than a block has threads for; one head of one token.
INSTANTIATE_TEST_SUITE_P(Shapes,
                         TurnedHeadsKernel,
                         testing::Values(TurnCase{2, 35, 24, 96, 32},
                                         TurnCase{1, 9, 3, 64, 64},
                                         TurnCase{1, 4, 40, 128, 16},
                                         TurnCase{1, 1, 1, 48, 48}));

TEST(TurnedHeads, KeepTheLengthOfEveryPair) {
    at::manual_seed(15);
    const at::Tensor x = at::randn({1, 3, 2 * 24});
    const at::Tensor angle = at::randn({3, 12});
    const QueryAndKey turned = turnedHeads(x, x, {at::cos(angle), at::sin(angle), 8}, 2);
    const auto lengths = [](const at::Tensor& heads) {
        return heads.unflatten(-1, {3, 2, 4}).square().sum(-2);
    };
    const at::Tensor before = lengths(x.unflatten(-1, {2, 24}).transpose(1, 2));
    EXPECT_LT((lengths(turned.query) - before).abs().max().item<double>(), 1e-5);
    EXPECT_GT((turned.query - turned.key).abs().max().item<double>() +
                  (turned.query[0][0][1] - x[0][1].narrow(0, 0, 24)).abs().max().item<double>(),
              0.1);
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
