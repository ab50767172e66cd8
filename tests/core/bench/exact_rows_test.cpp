// The exact rows against a softmax over the whole map, and by autograd.

#include "core/bench/exact_rows.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace tessera::bench {
namespace {

using plan::FrameMask;
using plan::TokenLayout;

at::Tensor keptPairs(const FrameMask& mask, const TokenLayout& layout) {
    const at::Tensor kept = at::zeros({layout.total(), layout.total()}, at::kBool);
    const auto frameOf = [&](std::int64_t token) {
        return token < layout.text ? -1 : static_cast<int>((token - layout.text) / layout.tokens);
    };
    auto* to = kept.data_ptr<bool>();
    for (std::int64_t a = 0; a < layout.total(); ++a) {
        for (std::int64_t b = 0; b < layout.total(); ++b) {
            *to++ = frameOf(a) < 0 || frameOf(b) < 0 || mask.keeps(frameOf(a), frameOf(b));
        }
    }
    return kept;
}

Inputs randomInputs(std::int64_t heads, const TokenLayout& layout, std::int64_t headSize) {
    const auto draw = [&] {
        return at::randn({1, layout.total(), heads, headSize}, at::kDouble).transpose(1, 2);
    };
    return {draw(), draw(), draw(), draw()};
}

struct Whole {
    at::Tensor out, gradQ, gradK, gradV;
};

Whole bySoftmax(const Inputs& inputs, const FrameMask& mask, const TokenLayout& layout) {
    const auto leaf = [](const at::Tensor& x) { return x.detach().requires_grad_(); };
    const at::Tensor q = leaf(inputs.q), k = leaf(inputs.k), v = leaf(inputs.v);
    const at::Tensor scores =
        (at::matmul(q, k.transpose(-2, -1)) / std::sqrt(static_cast<double>(q.size(-1))))
            .masked_fill(keptPairs(mask, layout).logical_not(),
                         -std::numeric_limits<double>::infinity());
    const at::Tensor out = at::matmul(at::softmax(scores, -1), v);
    out.backward(inputs.gradOut);
    return {out.detach(), q.grad(), k.grad(), v.grad()};
}

void expectExact(std::int64_t heads,
                 const FrameMask& mask,
                 const TokenLayout& layout,
                 std::int64_t rows) {
    const Inputs inputs = randomInputs(heads, layout, 8);
    const ExactRows exact = exactRows(inputs, mask, layout);
    const Whole whole = bySoftmax(inputs, mask, layout);
    EXPECT_EQ(exact.rows.size(0), rows);
    EXPECT_LT(exact.errorOf(whole.out, exact.out), 1e-12);
    EXPECT_LT(exact.errorOf(whole.gradQ, exact.gradQ), 1e-12);
    EXPECT_LT(exact.errorOf(whole.gradK, exact.gradK), 1e-12);
    EXPECT_LT(exact.errorOf(whole.gradV, exact.gradV), 1e-12);
}

TEST(ExactRows, AreTheWholeOfASmallMap) {
    at::manual_seed(1);
    expectExact(2, plan::maskWithReferences(8, 2), {8, 6, 5}, 53);
    expectExact(1, {5, 1}, {5, 7, 0}, 35);
    expectExact(3, {1, 1}, {1, 9, 2}, 11);
}

TEST(ExactRows, AreRowsOfEveryKindOfALargeMap) {
    at::manual_seed(2);
    // 40 heads of 1305 tokens: above the size that is worked out whole.
    const TokenLayout layout{4, 325, 5};
    const std::int64_t heads = 40;
    const FrameMask mask = plan::maskWithReferences(4, 2);
    const Inputs inputs = randomInputs(heads, layout, 8);
    const ExactRows exact = exactRows(inputs, mask, layout);
    EXPECT_EQ(exact.heads.size(0), 3);
    EXPECT_EQ(exact.rows.size(0), 15);  // three of the text and of each frame
    const auto chosen = [&](const at::Tensor& x) { return x.index_select(1, exact.heads); };
    const Whole whole =
        bySoftmax({chosen(inputs.q), chosen(inputs.k), chosen(inputs.v), chosen(inputs.gradOut)},
                  mask,
                  layout);
    const auto errorOf = [&](const at::Tensor& some, const at::Tensor& wanted) {
        const at::Tensor all = at::full(inputs.q.sizes(), std::nan(""), at::kDouble);
        return exact.errorOf(all.index_copy(1, exact.heads, some), wanted);
    };
    EXPECT_LT(errorOf(whole.out, exact.out), 1e-12);
    EXPECT_LT(errorOf(whole.gradQ, exact.gradQ), 1e-12);
    EXPECT_LT(errorOf(whole.gradK, exact.gradK), 1e-12);
    EXPECT_LT(errorOf(whole.gradV, exact.gradV), 1e-12);
}

TEST(ExactRows, TellWhatIsWrongAndWhatIsNoNumber) {
    at::manual_seed(3);
    const TokenLayout layout{8, 6, 0};
    const Inputs inputs = randomInputs(2, layout, 8);
    const ExactRows masked = exactRows(inputs, {8, 4}, layout);
    const ExactRows full = exactRows(inputs, {8, 1}, layout);
    EXPECT_GT(masked.errorOf(full.out.unsqueeze(0), masked.out), 0.1);
    EXPECT_TRUE(std::isnan(masked.errorOf(inputs.q * std::nan(""), masked.out)));
}

}  // namespace
}  // namespace tessera::bench
