#include "core/attention/elementwise_kernels.h"

#include "core/attention/kernel_call.h"
#include "core/attention/kernel_inputs.h"
#include "kernels/api/modulate.h"
#include "kernels/api/rotate.h"
#include "kernels/api/turn.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <optional>
#include <vector>

namespace tessera::attention {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

kernels::ModulateShape shapeOf(const at::Tensor& x,
                               const at::Tensor& gate,
                               const at::Tensor& scale,
                               double epsilon) {
    return {x.size(0),
            x.size(1),
            x.size(2),
            gate.defined() ? gate.stride(0) : 0,
            scale.defined() ? scale.stride(0) : 0,
            epsilon};
}

// An argument of a differentiable function that may be missing.
using Maybe = std::optional<at::Tensor>;

Maybe maybe(const at::Tensor& tensor) {
    return tensor.defined() ? Maybe(tensor) : Maybe();
}

Maybe maybeInRuns(const at::Tensor& tensor) {
    return tensor.defined() ? Maybe(inRuns(tensor)) : Maybe();
}

class SumAndNormFunction : public torch::autograd::Function<SumAndNormFunction> {
public:
    // The sum, where there is a branch, and the normed rows, where there is a scale.
    static variable_list forward(AutogradContext* context,
                                 const at::Tensor& input,
                                 const Maybe& addend,
                                 const Maybe& rowsOfGate,
                                 const Maybe& rowsOfShift,
                                 const Maybe& rowsOfScale,
                                 double epsilon) {
        const at::Tensor x = input.contiguous();
        const at::Tensor branch = addend ? addend->contiguous() : at::Tensor();
        const at::Tensor gate = rowsOfGate.value_or(at::Tensor());
        const at::Tensor shift = rowsOfShift.value_or(at::Tensor());
        const at::Tensor scale = rowsOfScale.value_or(at::Tensor());
        const bool norms = scale.defined();
        const at::Tensor sum = branch.defined() ? at::empty_like(x) : x;
        const at::Tensor out = norms ? at::empty_like(x) : at::Tensor();
        const auto rows = x.options().dtype(at::kFloat);
        const at::Tensor mean = norms ? at::empty({x.size(0) * x.size(1)}, rows) : at::Tensor();
        const at::Tensor rstd = norms ? at::empty_like(mean) : at::Tensor();
        kernels::ModulateForward params;
        params.shape = shapeOf(x, gate, scale, epsilon);
        params.x = readFrom(x);
        params.branch = readFrom(branch);
        params.gate = readFrom(gate);
        params.scale = readFrom(scale);
        params.shift = readFrom(shift);
        params.sum = branch.defined() ? writeTo(sum) : nullptr;
        params.out = writeTo(out);
        params.mean = static_cast<float*>(writeTo(mean));
        params.rstd = static_cast<float*>(writeTo(rstd));
        call(x, kernels::launchModulateForward, kernels::reference::modulateForward, params);
        context->set_materialize_grads(false);
        context->saved_data["epsilon"] = epsilon;
        context->saved_data["branch"] = branch.defined();
        context->save_for_backward({norms ? sum : at::Tensor(),
                                    gate.defined() ? branch : at::Tensor(),
                                    gate,
                                    scale,
                                    mean,
                                    rstd});
        variable_list results;
        if (branch.defined()) {
            results.push_back(sum);
        }
        if (norms) {
            results.push_back(out);
        }
        return results;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor &sum = saved[0], &branch = saved[1], &gate = saved[2], &scale = saved[3];
        const bool norms = scale.defined();
        const bool adds = context->saved_data["branch"].toBool();
        at::Tensor gradSum = adds ? gradients.front() : at::Tensor();
        at::Tensor gradOut = norms ? gradients.back() : at::Tensor();
        if (!gradSum.defined() && !gradOut.defined()) {
            return variable_list(6);
        }
        if (norms && !gradOut.defined()) {
            gradOut = at::zeros_like(sum);
        }
        gradSum = gradSum.defined() ? gradSum.contiguous() : gradSum;
        gradOut = gradOut.defined() ? gradOut.contiguous() : gradOut;
        const at::Tensor& like = norms ? gradOut : gradSum;
        kernels::ModulateBackward params;
        params.shape = shapeOf(like, gate, scale, context->saved_data["epsilon"].toDouble());
        const at::Tensor gradX = norms ? at::empty_like(like) : gradSum;
        const at::Tensor gradBranch = gate.defined() ? at::empty_like(like) : gradX;
        const at::Tensor partial =
            at::empty({like.size(0), kernels::modulateRuns(params.shape), 3, like.size(2)},
                      like.options().dtype(at::kFloat));
        params.gradSum = readFrom(gradSum);
        params.gradOut = readFrom(gradOut);
        params.sum = readFrom(sum);
        params.branch = readFrom(branch);
        params.gate = readFrom(gate);
        params.scale = readFrom(scale);
        params.mean = static_cast<const float*>(readFrom(saved[4]));
        params.rstd = static_cast<const float*>(readFrom(saved[5]));
        params.gradX = norms ? writeTo(gradX) : nullptr;
        params.gradBranch = gate.defined() ? writeTo(gradBranch) : nullptr;
        params.partial = static_cast<float*>(writeTo(partial));
        call(like, kernels::launchModulateBackward, kernels::reference::modulateBackward, params);
        const at::Tensor modulation = partial.sum(1).to(like.scalar_type());  // [B, 3, D]
        return {gradX,
                adds ? gradBranch : at::Tensor(),
                gate.defined() ? modulation.narrow(1, 2, 1) : at::Tensor(),
                norms ? modulation.narrow(1, 0, 1) : at::Tensor(),
                norms ? modulation.narrow(1, 1, 1) : at::Tensor(),
                at::Tensor()};
    }
};

// From the packed projection, both weights and both tables, in this order.
kernels::RotateInputs inputsOf(const variable_list& tensors, std::int64_t heads, double epsilon) {
    const at::Tensor& packed = tensors[0];
    return {{packed.size(0), packed.size(1), heads, packed.size(2) / (3 * heads), epsilon},
            readFrom(packed),
            readFrom(tensors[1]),
            readFrom(tensors[2]),
            readFrom(tensors[3]),
            readFrom(tensors[4])};
}

class RotatedHeadsFunction : public torch::autograd::Function<RotatedHeadsFunction> {
public:
    static variable_list forward(AutogradContext* context,
                                 const at::Tensor& input,
                                 const at::Tensor& queryWeight,
                                 const at::Tensor& keyWeight,
                                 const at::Tensor& cosine,
                                 const at::Tensor& sine,
                                 std::int64_t heads,
                                 double epsilon) {
        const at::Tensor packed = input.contiguous();
        kernels::RotateForward params;
        static_cast<kernels::RotateInputs&>(params) =
            inputsOf({packed, queryWeight, keyWeight, cosine, sine}, heads, epsilon);
        const kernels::RotateShape& shape = params.shape;
        const at::Tensor query =
            at::empty({shape.batch, shape.tokens, heads, shape.headSize}, packed.options());
        const at::Tensor key = at::empty_like(query);
        params.query = writeTo(query);
        params.key = writeTo(key);
        call(packed, kernels::launchRotateForward, kernels::reference::rotateForward, params);
        context->saved_data["heads"] = heads;
        context->saved_data["epsilon"] = epsilon;
        context->save_for_backward({packed, queryWeight, keyWeight, cosine, sine});
        // The values stay where they are: an alias that autograd does not take for a view, because
        // its gradient comes from here.
        const at::AutoDispatchBelowADInplaceOrView untracked;
        const at::Tensor value =
            packed.view({shape.batch, shape.tokens, 3, heads, shape.headSize}).select(2, 2);
        return {query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)};
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor& packed = saved[0];
        kernels::RotateBackward params;
        static_cast<kernels::RotateInputs&>(params) = inputsOf(
            saved, context->saved_data["heads"].toInt(), context->saved_data["epsilon"].toDouble());
        const at::Tensor query = inRuns(gradients[0]), key = inRuns(gradients[1]),
                         value = inRuns(gradients[2]);
        const auto stridesOf = [](const at::Tensor& t) {
            return kernels::HeadStrides{t.stride(0), t.stride(2), t.stride(1)};
        };
        const at::Tensor gradPacked = at::empty_like(packed);
        const at::Tensor partial =
            at::empty({kernels::rotateRuns(params.shape), 2, params.shape.headSize},
                      packed.options().dtype(at::kFloat));
        params.gradQuery = readFrom(query);
        params.gradKey = readFrom(key);
        params.gradValue = readFrom(value);
        params.queryStrides = stridesOf(query);
        params.keyStrides = stridesOf(key);
        params.valueStrides = stridesOf(value);
        params.gradPacked = writeTo(gradPacked);
        params.partial = static_cast<float*>(writeTo(partial));
        call(packed, kernels::launchRotateBackward, kernels::reference::rotateBackward, params);
        const at::Tensor weights = partial.sum(0).to(packed.scalar_type());  // [2, D]
        return {gradPacked,
                weights.select(0, 0),
                weights.select(0, 1),
                at::Tensor(),
                at::Tensor(),
                at::Tensor(),
                at::Tensor()};
    }
};

class TurnedHeadsFunction : public torch::autograd::Function<TurnedHeadsFunction> {
public:
    // [B, N, H D] -> [B, N, H, D].
    static variable_list forward(AutogradContext* context,
                                 const at::Tensor& query,
                                 const at::Tensor& key,
                                 const at::Tensor& cosine,
                                 const at::Tensor& sine,
                                 std::int64_t heads,
                                 std::int64_t span) {
        context->saved_data["span"] = span;
        context->save_for_backward({cosine, sine});
        const std::vector<std::int64_t> sizes{heads, query.size(-1) / heads};
        return turned(query.contiguous().unflatten(-1, sizes),
                      key.contiguous().unflatten(-1, sizes),
                      cosine,
                      sine,
                      span,
                      /*isBack=*/false);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const variable_list back = turned(gradients[0].contiguous(),
                                          gradients[1].contiguous(),
                                          saved[0],
                                          saved[1],
                                          context->saved_data["span"].toInt(),
                                          /*isBack=*/true);
        variable_list results(6);
        results[0] = back[0].flatten(2);
        results[1] = back[1].flatten(2);
        return results;
    }

private:
    static variable_list turned(const at::Tensor& query,
                                const at::Tensor& key,
                                const at::Tensor& cosine,
                                const at::Tensor& sine,
                                std::int64_t span,
                                bool isBack) {
        const at::Tensor outQuery = at::empty_like(query), outKey = at::empty_like(key);
        kernels::Turn params;
        params.shape = {query.size(0), query.size(1), query.size(2), query.size(3), span};
        params.query = readFrom(query);
        params.key = readFrom(key);
        params.cosine = readFrom(cosine);
        params.sine = readFrom(sine);
        params.outQuery = writeTo(outQuery);
        params.outKey = writeTo(outKey);
        params.isBack = isBack;
        call(query, kernels::launchTurn, kernels::reference::turn, params);
        return {outQuery, outKey};
    }
};

}  // namespace

bool hasKernelFor(const at::Tensor& x) {
    return x.is_cuda() && x.scalar_type() == at::kBFloat16 && x.dim() == 3 &&
           kernels::supports(shapeOf(x, {}, {}, 0.0));
}

bool hasKernelFor(const at::Tensor& packed, std::int64_t heads) {
    return packed.is_cuda() && packed.scalar_type() == at::kBFloat16 && packed.dim() == 3 &&
           kernels::supports(kernels::RotateShape{
               packed.size(0), packed.size(1), heads, packed.size(2) / (3 * heads), 0.0});
}

bool hasKernelFor(const at::Tensor& query, const AxisTurn& turn, std::int64_t heads) {
    return query.is_cuda() && query.scalar_type() == at::kBFloat16 && query.dim() == 3 &&
           kernels::supports(kernels::TurnShape{
               query.size(0), query.size(1), heads, query.size(2) / heads, turn.span});
}

SumAndNorm kernelSumAndNorm(const at::Tensor& x,
                            const at::Tensor& branch,
                            const at::Tensor& gate,
                            const at::Tensor& shift,
                            const at::Tensor& scale,
                            double epsilon) {
    // The kernel reads scale and shift at one distance from batch to batch.
    const bool apart = scale.defined() && scale.stride(0) != shift.stride(0);
    const variable_list results =
        SumAndNormFunction::apply(x,
                                  maybe(branch),
                                  maybeInRuns(gate),
                                  maybeInRuns(apart ? shift.contiguous() : shift),
                                  maybeInRuns(apart ? scale.contiguous() : scale),
                                  epsilon);
    return {branch.defined() ? results.front() : x,
            scale.defined() ? results.back() : at::Tensor()};
}

Heads kernelRotatedHeads(const at::Tensor& packed,
                         const HeadTurn& turn,
                         std::int64_t heads,
                         double epsilon) {
    const variable_list parts = RotatedHeadsFunction::apply(packed,
                                                            turn.queryWeight,
                                                            turn.keyWeight,
                                                            turn.cosine.contiguous(),
                                                            turn.sine.contiguous(),
                                                            heads,
                                                            epsilon);
    return {parts[0], parts[1], parts[2]};
}

QueryAndKey kernelTurnedHeads(const at::Tensor& query,
                              const at::Tensor& key,
                              const AxisTurn& turn,
                              std::int64_t heads) {
    const variable_list parts = TurnedHeadsFunction::apply(
        query, key, turn.cosine.contiguous(), turn.sine.contiguous(), heads, turn.span);
    return {parts[0].transpose(1, 2), parts[1].transpose(1, 2)};
}

}  // namespace tessera::attention
