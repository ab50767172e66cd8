#include "core/attention/composed.h"

#include "core/attention/head_groups.h"
#include "core/base/check.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

namespace tessera::attention {
namespace {

using plan::FrameMask;
using plan::LayerMask;
using plan::TokenLayout;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Tokens begin ... begin + count of the sequence.
struct Span {
    std::int64_t begin = 0;
    std::int64_t count = 0;

    at::Tensor of(const at::Tensor& x) const { return x.narrow(2, begin, count); }
};

// The sequence as the mask divides it: the text and the reference frames, and between two of these
// the frames that see their own tokens besides.
struct Division {
    std::vector<Span> global;
    std::vector<Span> local;  // whole frames

    Division(const FrameMask& mask, const TokenLayout& layout) {
        if (layout.text > 0) {
            global.push_back({0, layout.text});
        }
        for (int frame = 0; frame < mask.frames; ++frame) {
            const std::int64_t begin = layout.text + frame * layout.tokens;
            std::vector<Span>& kind = mask.isReference(frame) ? global : local;
            if (!kind.empty() && kind.back().begin + kind.back().count == begin) {
                kind.back().count += layout.tokens;
            } else {
                kind.push_back({begin, layout.tokens});
            }
        }
    }

    at::Tensor gathered(const at::Tensor& x) const {
        std::vector<at::Tensor> parts;
        parts.reserve(global.size());
        for (const Span& span : global) {
            parts.push_back(span.of(x));
        }
        return parts.size() == 1 ? parts.front() : at::cat(parts, 2);
    }

    // Writes rows as gathered() has them back to their places, or adds them to what is there.
    void put(const at::Tensor& compact, const at::Tensor& into) const {
        eachGlobal(compact, into, [](const at::Tensor& rows, const at::Tensor& part) {
            rows.copy_(part);
        });
    }

    void add(const at::Tensor& compact, const at::Tensor& to) const {
        eachGlobal(
            compact, to, [](const at::Tensor& rows, const at::Tensor& part) { rows.add_(part); });
    }

private:
    template <typename Work>
    void eachGlobal(const at::Tensor& compact, const at::Tensor& whole, const Work& work) const {
        std::int64_t at = 0;
        for (const Span& span : global) {
            work(span.of(whole), compact.narrow(2, at, span.count));
            at += span.count;
        }
    }
};

// The frames of a span of one batch as a batch of their own: [H, N, ...] -> [frames, H, P, ...], a
// view.
at::Tensor framesOf(const at::Tensor& x,
                    std::int64_t batch,
                    const Span& span,
                    std::int64_t tokens) {
    return span.of(x).select(0, batch).unflatten(1, {-1, tokens}).transpose(0, 1);
}

at::Tensor typed(const at::Tensor& x, const at::Tensor& like) {
    return x.to(like.scalar_type());
}

OutputAndLse forwardOf(const at::Tensor& q,
                       const at::Tensor& k,
                       const at::Tensor& v,
                       const Division& division,
                       std::int64_t tokens) {
    const at::Tensor keys = division.gathered(k), values = division.gathered(v);
    const DensePart global = densePart(division.gathered(q), k, v);
    OutputAndLse result{at::empty(q.sizes(), q.options()),
                        at::empty({q.size(0), q.size(1), q.size(2)}, global.lse.options())};
    division.put(global.out, result.out);
    division.put(global.lse, result.lse);
    for (const Span& span : division.local) {
        const DensePart far = densePart(span.of(q), keys, values);
        for (std::int64_t b = 0; b < q.size(0); ++b) {
            const DensePart near = densePart(framesOf(q, b, span, tokens),
                                             framesOf(k, b, span, tokens),
                                             framesOf(v, b, span, tokens));
            const Span whole{0, span.count};
            const at::Tensor farLse = framesOf(far.lse, b, whole, tokens);
            const at::Tensor share = at::sigmoid(farLse - near.lse).unsqueeze(-1);
            const at::Tensor farOut = typed(framesOf(far.out, b, whole, tokens), share);
            framesOf(result.out, b, span, tokens)
                .copy_(at::lerp(typed(near.out, share), farOut, share));
            framesOf(result.lse, b, span, tokens).copy_(at::logaddexp(farLse, near.lse));
        }
    }
    return result;
}

class MaskedFunction : public torch::autograd::Function<MaskedFunction> {
public:
    static at::Tensor forward(AutogradContext* context,
                              const at::Tensor& q,
                              const at::Tensor& k,
                              const at::Tensor& v,
                              const FrameMask& mask,
                              const TokenLayout& layout) {
        const OutputAndLse result = forwardOf(q, k, v, Division(mask, layout), layout.tokens);
        context->saved_data["mask"] =
            std::vector<std::int64_t>{mask.stride, layout.frames, layout.tokens, layout.text};
        context->save_for_backward({q, k, v, result.out, result.lse});
        return result.out;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const std::vector<std::int64_t> shape = context->saved_data["mask"].toIntVector();
        const FrameMask mask{static_cast<int>(shape[1]), static_cast<int>(shape[0])};
        const DenseGradients found = composedBackward(gradients.front(),
                                                      saved[0],
                                                      saved[1],
                                                      saved[2],
                                                      {saved[3], saved[4]},
                                                      mask,
                                                      {shape[1], shape[2], shape[3]});
        return {found.q, found.k, found.v, at::Tensor(), at::Tensor()};
    }
};

void checkShapes(const at::Tensor& q, const FrameMask& mask, const TokenLayout& layout) {
    CHECK(q.dim() == 4 && q.size(2) == layout.total(), q.sizes(), layout.total());
    CHECK(mask.frames == layout.frames, mask.frames, layout.frames);
}

class ComposedAttention final : public AttentionBackend {
public:
    ComposedAttention(std::vector<LayerMask> masks, const TokenLayout& layout)
        : m_masks(std::move(masks)), m_layout(layout), m_dense(makeDenseAttention()) {}

    const char* name() const override { return "composed"; }

    base::Status supports(const AttentionShape& shape) const override {
        return masksFit(m_masks, m_layout, shape);
    }

    at::Tensor attend(int layer,
                      const at::Tensor& q,
                      const at::Tensor& k,
                      const at::Tensor& v) const override {
        const auto attendOne = [&](const at::Tensor& queries,
                                   const at::Tensor& keys,
                                   const at::Tensor& values,
                                   const FrameMask& mask) {
            return mask.isFull() ? m_dense->attend(layer, queries, keys, values)
                                 : composedAttention(queries, keys, values, mask, m_layout);
        };
        return byHeadGroups(q, k, v, m_masks.at(static_cast<std::size_t>(layer)), attendOne);
    }

private:
    std::vector<LayerMask> m_masks;
    TokenLayout m_layout;
    std::unique_ptr<AttentionBackend> m_dense;
};

}  // namespace

at::Tensor composedAttention(const at::Tensor& q,
                             const at::Tensor& k,
                             const at::Tensor& v,
                             const FrameMask& mask,
                             const TokenLayout& layout) {
    checkShapes(q, mask, layout);
    if (mask.isFull()) {
        return at::scaled_dot_product_attention(q, k, v);
    }
    return MaskedFunction::apply(q, k, v, mask, layout);
}

at::Tensor composedAttention(const at::Tensor& q,
                             const at::Tensor& k,
                             const at::Tensor& v,
                             const LayerMask& mask,
                             const TokenLayout& layout) {
    const auto attendOne = [&](const at::Tensor& queries,
                               const at::Tensor& keys,
                               const at::Tensor& values,
                               const FrameMask& one) {
        return composedAttention(queries, keys, values, one, layout);
    };
    return byHeadGroups(q, k, v, mask, attendOne);
}

DenseGradients composedBackward(const at::Tensor& gradOutput,
                                const at::Tensor& q,
                                const at::Tensor& k,
                                const at::Tensor& v,
                                const OutputAndLse& result,
                                const FrameMask& mask,
                                const TokenLayout& layout) {
    const at::Tensor gradOut = gradOutput.contiguous();
    const at::Tensor &out = result.out, &lse = result.lse;
    if (mask.isFull()) {
        return densePartBackward(gradOut, q, k, v, out, lse);
    }
    const Division division(mask, layout);
    const at::Tensor keys = division.gathered(k), values = division.gathered(v);
    const DenseGradients global = densePartBackward(division.gathered(gradOut),
                                                    division.gathered(q),
                                                    k,
                                                    v,
                                                    division.gathered(out),
                                                    division.gathered(lse));
    const at::Tensor gradQ = at::empty(q.sizes(), q.options());
    division.put(global.q, gradQ);
    // The gradients of the keys of text and references gather over the spans.
    at::Tensor gradKeys, gradValues;
    for (const Span& span : division.local) {
        const DenseGradients far = densePartBackward(
            span.of(gradOut), span.of(q), keys, values, span.of(out), span.of(lse));
        span.of(gradQ).copy_(far.q);
        gradKeys = gradKeys.defined() ? gradKeys + far.k : far.k;
        gradValues = gradValues.defined() ? gradValues + far.v : far.v;
        for (std::int64_t b = 0; b < q.size(0); ++b) {
            const auto frames = [&](const at::Tensor& x) {
                return framesOf(x, b, span, layout.tokens);
            };
            const DenseGradients near = densePartBackward(
                frames(gradOut), frames(q), frames(k), frames(v), frames(out), frames(lse));
            frames(gradQ).add_(near.q);
            frames(global.k).add_(near.k);
            frames(global.v).add_(near.v);
        }
    }
    if (gradKeys.defined()) {  // some frame is no reference
        division.add(gradKeys, global.k);
        division.add(gradValues, global.v);
    }
    return {gradQ, global.k, global.v};
}

DenseGradients composedBackward(const at::Tensor& gradOutput,
                                const at::Tensor& q,
                                const at::Tensor& k,
                                const at::Tensor& v,
                                const OutputAndLse& result,
                                const LayerMask& mask,
                                const TokenLayout& layout) {
    const std::vector<plan::HeadGroup> groups = plan::headGroups(mask, q.size(1));
    if (groups.size() == 1) {
        return composedBackward(gradOutput, q, k, v, result, groups.front().mask, layout);
    }
    std::vector<at::Tensor> ofQueries, ofKeys, ofValues;
    for (const plan::HeadGroup& group : groups) {
        const auto of = [&](const at::Tensor& x) { return headsOf(x, group); };
        const DenseGradients found = composedBackward(of(gradOutput),
                                                      of(q),
                                                      of(k),
                                                      of(v),
                                                      {of(result.out), of(result.lse)},
                                                      group.mask,
                                                      layout);
        ofQueries.push_back(found.q);
        ofKeys.push_back(found.k);
        ofValues.push_back(found.v);
    }
    return {inPlaces(ofQueries, groups), inPlaces(ofKeys, groups), inPlaces(ofValues, groups)};
}

OutputAndLse composedWithLse(const at::Tensor& q,
                             const at::Tensor& k,
                             const at::Tensor& v,
                             const FrameMask& mask,
                             const TokenLayout& layout) {
    checkShapes(q, mask, layout);
    if (mask.isFull()) {
        const DensePart all = densePart(q, k, v);
        return {all.out, all.lse};
    }
    return forwardOf(q, k, v, Division(mask, layout), layout.tokens);
}

std::unique_ptr<AttentionBackend> makeComposedAttention(std::vector<LayerMask> masks,
                                                        const TokenLayout& layout) {
    return std::make_unique<ComposedAttention>(std::move(masks), layout);
}

}  // namespace tessera::attention
