// The CPU's elementwise kernels against LibTorch's own operators in double precision, and against
// themselves with other numbers of threads. Where the processor has none, nothing is to be tested.

#include "core/attention/cpu_elementwise.h"

#include "tests/core/attention/against_double.h"
#include "tests/core/attention/reference.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <ostream>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

constexpr double kEpsilon = 1e-6;

// Relative errors allowed: a step of bf16 is 2^-8, of fp32 2^-23.
double allowed(at::ScalarType type) {
    return type == at::kBFloat16 ? 3e-3 : 1e-6;
}

at::Tensor as(at::ScalarType type, const at::Tensor& t) {
    return t.defined() ? t.to(type) : t;
}

struct Case {
    std::int64_t batch, tokens, width;
    bool hasBranch, hasGate, hasNorm;
};

void PrintTo(const Case& c, std::ostream* to) {
    *to << c.batch << 'x' << c.tokens << 'x' << c.width << (c.hasBranch ? " branch" : "")
        << (c.hasGate ? " gate" : "") << (c.hasNorm ? " norm" : "");
}

class CpuSumAndNorm : public testing::TestWithParam<Case> {
protected:
    CpuSumAndNorm() {
        at::manual_seed(3);
        const Case& c = GetParam();
        // A mean far from 0: squares are summed about it.
        m_x = numbers({c.batch, c.tokens, c.width}, 2.0, 5.0);
        // Rows of one tensor, as the blocks have their modulation.
        const at::Tensor rows = numbers({c.batch, 6, c.width}, 0.5);
        m_branch = c.hasBranch ? numbers(m_x.sizes(), 1.0) : at::Tensor();
        m_gate = c.hasGate ? rows.narrow(1, 4, 1) : at::Tensor();
        m_shift = c.hasNorm ? rows.narrow(1, 1, 1) : at::Tensor();
        m_scale = c.hasNorm ? rows.narrow(1, 2, 1) : at::Tensor();
    }

    SumAndNorm by(at::ScalarType type) const {
        const auto t = [&](const at::Tensor& x) { return as(type, x); };
        return m_scale.defined()
                   ? sumAndNorm(t(m_x), t(m_branch), t(m_gate), t(m_shift), t(m_scale), kEpsilon)
                   : SumAndNorm{gatedSum(t(m_x), t(m_branch), t(m_gate)), {}};
    }

    bool isServed(at::ScalarType type) const {
        const auto t = [&](const at::Tensor& x) { return as(type, x); };
        return isForCpuSumAndNorm(t(m_x), t(m_branch), t(m_gate), t(m_shift), t(m_scale));
    }

    at::Tensor m_x, m_branch, m_gate, m_shift, m_scale;
    at::NoGradGuard m_noGrad;
};

TEST_P(CpuSumAndNorm, AgreesWithPlainOperators) {
    ASSERT_FALSE(isServed(at::kDouble));
    const SumAndNorm truth = by(at::kDouble);
    for (const auto type : {at::kBFloat16, at::kFloat}) {
        if (!isServed(type)) {
            GTEST_SKIP() << "no AVX-512 BF16";
        }
        const SumAndNorm ours = by(type);
        EXPECT_LT(relativeError(ours.sum, truth.sum), allowed(type)) << type;
        if (m_scale.defined()) {
            // The norm is that of the sum as it was rounded.
            const at::Tensor out = sumAndNorm(as(at::kDouble, ours.sum),
                                              {},
                                              {},
                                              as(at::kDouble, m_shift),
                                              as(at::kDouble, m_scale),
                                              kEpsilon)
                                       .out;
            EXPECT_LT(relativeError(ours.out, out), allowed(type)) << type;
        }
    }
}

TEST_P(CpuSumAndNorm, IsTheSameForEveryNumberOfThreads) {
    const int threads = at::get_num_threads();
    const SumAndNorm first = by(at::kBFloat16);
    for (const int other : {1, 2, 3}) {
        at::set_num_threads(other);
        const SumAndNorm ours = by(at::kBFloat16);
        EXPECT_TRUE(ours.sum.equal(first.sum)) << other;
        EXPECT_TRUE(!first.out.defined() || ours.out.equal(first.out)) << other;
    }
    at::set_num_threads(threads);
}

// One row, whole pieces of rows, one more; one vector, an odd number of them, the widest.
INSTANTIATE_TEST_SUITE_P(Shapes,
                         CpuSumAndNorm,
                         testing::Values(Case{1, 1, 16, true, true, true},
                                         Case{2, 64, 256, false, false, true},
                                         Case{3, 65, 256, true, false, true},
                                         Case{2, 193, 240, true, true, true},
                                         Case{2, 130, 256, true, true, false},
                                         Case{1, 3, 4096, true, true, true}));

class CpuRotatedHeads : public testing::TestWithParam<std::int64_t> {};

TEST_P(CpuRotatedHeads, AgreesWithPlainOperatorsOnEveryNumberOfThreads) {
    const at::NoGradGuard noGrad;
    const std::int64_t size = GetParam(), heads = 3, tokens = 70;
    at::manual_seed(7);
    const at::Tensor angle = at::randn({tokens, 1, size / 2}) * 3.0;
    const at::Tensor sine = at::sin(angle);
    const at::Tensor cosine = at::cat({at::cos(angle), at::cos(angle)}, -1).to(at::kBFloat16);
    const at::Tensor signedSine = at::cat({-sine, sine}, -1).to(at::kBFloat16);
    const at::Tensor packed = numbers({2, tokens, 3 * heads * size}, 1.5);
    const at::Tensor queryWeight = numbers({size}, 0.3, 1.0), keyWeight = numbers({size}, 0.3, 1.0);
    const auto turnIn = [&](at::ScalarType type) {
        return HeadTurn{
            queryWeight.to(type), keyWeight.to(type), cosine.to(type), signedSine.to(type)};
    };
    const auto by = [&](at::ScalarType type) {
        return rotatedHeads(packed.to(type), turnIn(type), heads, kEpsilon);
    };
    const Heads truth = by(at::kDouble);
    const int threads = at::get_num_threads();
    for (const auto type : {at::kBFloat16, at::kFloat}) {
        if (!isForCpuRotatedHeads(packed.to(type), turnIn(type), heads)) {
            GTEST_SKIP() << "no AVX-512 BF16";
        }
        const Heads ours = by(type);
        EXPECT_LT(relativeError(ours.query, truth.query), allowed(type)) << type;
        EXPECT_LT(relativeError(ours.key, truth.key), allowed(type)) << type;
        EXPECT_TRUE(ours.value.to(at::kDouble).equal(truth.value)) << type;
        at::set_num_threads(3);
        EXPECT_TRUE(by(type).query.equal(ours.query)) << type;
        at::set_num_threads(threads);
    }
}

INSTANTIATE_TEST_SUITE_P(HeadSizes, CpuRotatedHeads, testing::Values(64, 96, 128));

TEST(CpuElementwise, IsNotForWhatItCannotDo) {
    const at::Tensor x = numbers({2, 3, 64}, 1.0), row = numbers({2, 1, 64}, 1.0);
    EXPECT_FALSE(isForCpuSumAndNorm(x.transpose(0, 1), {}, {}, row, row));
    EXPECT_FALSE(isForCpuSumAndNorm(x, {}, {}, row.to(at::kFloat), row));
    EXPECT_FALSE(isForCpuSumAndNorm(x.narrow(2, 0, 24).contiguous(), {}, {}, {}, {}));
    EXPECT_FALSE(isForCpuSumAndNorm(x, {}, {}, row, row.detach().requires_grad_()));
    const at::Tensor weight = numbers({64}, 1.0), table = numbers({3, 1, 64}, 1.0);
    const at::Tensor packed = numbers({2, 3, 3 * 64}, 1.0);
    const at::Tensor learning = weight.detach().requires_grad_();
    EXPECT_FALSE(isForCpuRotatedHeads(packed, {weight, learning, table, table}, 1));
    EXPECT_FALSE(isForCpuRotatedHeads(packed, {weight, weight, table.narrow(0, 0, 2), table}, 1));
}

}  // namespace
}  // namespace tessera::attention
