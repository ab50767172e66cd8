#include "core/bench/exact_rows.h"

#include "core/base/check.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

namespace tessera::bench {

namespace {

constexpr double kWholeMap = 1 << 26;             // pairs over all heads, up to which it is small
constexpr std::int64_t kPiecePairs = 1 << 23;     // of the map at a time: 64 MB in fp64
constexpr std::int64_t kMostSampledFrames = 128;  // of a large map

std::vector<std::int64_t> counted(std::int64_t count) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) {
        all[static_cast<std::size_t>(i)] = i;
    }
    return all;
}

std::vector<std::int64_t> sampledRows(const plan::TokenLayout& layout) {
    std::set<std::int64_t> rows;
    if (layout.text > 0) {
        rows.insert({0, layout.text / 2, layout.text - 1});
    }
    const std::int64_t step = (layout.frames + kMostSampledFrames - 1) / kMostSampledFrames;
    const auto addFrame = [&](std::int64_t frame) {
        const std::int64_t begin = layout.text + frame * layout.tokens;
        // Another inner token in each frame, so that all places of a tile are seen.
        const std::int64_t inner = (frame * 37 + layout.tokens / 3) % layout.tokens;
        rows.insert({begin, begin + inner, begin + layout.tokens - 1});
    };
    for (std::int64_t frame = 0; frame < layout.frames; frame += step) {
        addFrame(frame);
    }
    addFrame(layout.frames - 1);
    return {rows.begin(), rows.end()};
}

std::vector<std::int64_t> sampledHeads(std::int64_t heads) {
    const std::set<std::int64_t> some{0, heads / 2, heads - 1};
    return {some.begin(), some.end()};
}

// Which keys each of some rows sees, from the mask's definition token by token.
class TokenMask {
public:
    TokenMask(const plan::FrameMask& mask, const plan::TokenLayout& layout, c10::Device device) {
        const auto options = at::TensorOptions().dtype(at::kLong).device(device);
        const at::Tensor tokens = at::arange(layout.total(), options) - layout.text;
        const at::Tensor isText = tokens < 0;
        m_frame = at::floor_divide(tokens, layout.tokens).masked_fill(isText, -1);
        m_seesAll = isText.logical_or(m_frame.remainder(mask.stride) == 0);
    }

    // [n] -> [n, N] bool.
    at::Tensor of(const at::Tensor& rows) const {
        const auto column = [&](const at::Tensor& x) {
            return x.index_select(0, rows).unsqueeze(1);
        };
        return (column(m_frame) == m_frame)
            .logical_or_(column(m_seesAll))
            .logical_or_(m_seesAll.unsqueeze(0));
    }

private:
    at::Tensor m_frame;    // [N], -1 = text
    at::Tensor m_seesAll;  // [N] bool: text or a reference frame, which all see as well
};

// One head of the inputs in fp64: [N, D].
struct Head {
    at::Tensor q, k, v, gradOut;

    Head(const Inputs& inputs, std::int64_t head) {
        const auto of = [&](const at::Tensor& x) {
            return x.defined() ? x.select(0, 0).select(0, head).to(at::kDouble) : at::Tensor();
        };
        q = of(inputs.q);
        k = of(inputs.k);
        v = of(inputs.v);
        gradOut = of(inputs.gradOut);
    }

    double scale() const { return 1.0 / std::sqrt(static_cast<double>(q.size(1))); }

    // [n, N] probabilities of some rows.
    at::Tensor probabilities(const at::Tensor& rows, const TokenMask& mask) const {
        const at::Tensor scores = at::matmul(q.index_select(0, rows), k.t()).mul_(scale());
        return at::softmax(scores.masked_fill_(mask.of(rows).logical_not_(),
                                               -std::numeric_limits<double>::infinity()),
                           -1);
    }

    // [n, N] gradient of the scaled scores of those rows.
    at::Tensor gradScores(const at::Tensor& rows, const at::Tensor& probability) const {
        const at::Tensor gradients = gradOut.index_select(0, rows);
        const at::Tensor ofProbability = at::matmul(gradients, v.t());
        const at::Tensor mean = (probability * ofProbability).sum(-1, true);
        return (ofProbability - mean).mul_(probability).mul_(scale());
    }
};

// Adds a head's rows to the lists.
struct Collected {
    std::vector<at::Tensor> out, gradQ, gradK, gradV;

    void add(const Head& head, const at::Tensor& rows, const TokenMask& mask) {
        const std::int64_t piece = std::max<std::int64_t>(1, kPiecePairs / head.k.size(0));
        std::vector<at::Tensor> outPieces, gradPieces;
        for (const at::Tensor& some : rows.split(piece)) {
            const at::Tensor probability = head.probabilities(some, mask);
            outPieces.push_back(at::matmul(probability, head.v));
            if (head.gradOut.defined()) {
                gradPieces.push_back(at::matmul(head.gradScores(some, probability), head.k));
            }
        }
        out.push_back(at::cat(outPieces));
        if (!head.gradOut.defined()) {
            return;
        }
        gradQ.push_back(at::cat(gradPieces));
        // A key's gradient gathers from every row.
        const at::Tensor ofKeys = at::zeros({rows.size(0), head.k.size(1)}, head.k.options());
        const at::Tensor ofValues = at::zeros_like(ofKeys);
        const at::Tensor all = at::arange(head.q.size(0), rows.options());
        for (const at::Tensor& some : all.split(piece)) {
            const at::Tensor probability = head.probabilities(some, mask);
            const at::Tensor gradients = head.gradScores(some, probability);
            ofKeys.add_(
                at::matmul(gradients.index_select(1, rows).t(), head.q.index_select(0, some)));
            ofValues.add_(at::matmul(probability.index_select(1, rows).t(),
                                     head.gradOut.index_select(0, some)));
        }
        gradK.push_back(ofKeys);
        gradV.push_back(ofValues);
    }
};

}  // namespace

double ExactRows::errorOf(const at::Tensor& got, const at::Tensor& wanted) const {
    const at::Tensor seen =
        got.select(0, 0).index_select(0, heads).index_select(1, rows).to(at::kDouble);
    return ((seen - wanted).norm() / wanted.norm()).item<double>();
}

ExactRows exactRows(const Inputs& inputs,
                    const plan::FrameMask& mask,
                    const plan::TokenLayout& layout) {
    CHECK(inputs.q.size(0) == 1 && inputs.q.size(2) == layout.total(),
          inputs.q.sizes(),
          layout.total());
    const at::NoGradGuard noGrad;
    const std::int64_t headCount = inputs.q.size(1);
    const auto total = static_cast<double>(layout.total());
    const bool isSmall = total * total * static_cast<double>(headCount) <= kWholeMap;
    const std::vector<std::int64_t> heads = isSmall ? counted(headCount) : sampledHeads(headCount);
    const auto options = at::TensorOptions().dtype(at::kLong).device(inputs.q.device());
    ExactRows exact;
    exact.rows =
        at::tensor(isSmall ? counted(layout.total()) : sampledRows(layout), at::kLong).to(options);
    exact.heads = at::tensor(heads, at::kLong).to(options);
    const TokenMask tokens(mask, layout, inputs.q.device());
    Collected collected;
    for (const std::int64_t head : heads) {
        collected.add(Head(inputs, head), exact.rows, tokens);
    }
    exact.out = at::stack(collected.out);
    if (inputs.gradOut.defined()) {
        exact.gradQ = at::stack(collected.gradQ);
        exact.gradK = at::stack(collected.gradK);
        exact.gradV = at::stack(collected.gradV);
    }
    return exact;
}

}  // namespace tessera::bench
