#include "core/attention/cpu_elementwise.h"

#include "core/attention/kernel_call.h"
#include "kernels/api/cpu_elementwise.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <array>
#include <initializer_list>

namespace tessera::attention {
namespace {

constexpr std::int64_t kRowsTogether = 64;  // that are worth waking a thread for

// All that are defined: of x's element, on the CPU, and nothing wants their gradients.
bool areForCpu(const at::Tensor& x, std::initializer_list<const at::Tensor*> others) {
    const bool served =
        x.device().is_cpu() && (x.scalar_type() == at::kBFloat16 || x.scalar_type() == at::kFloat);
    const auto fits = [&](const at::Tensor& t) {
        return t.scalar_type() == x.scalar_type() && t.device() == x.device() &&
               !(at::GradMode::is_enabled() && t.requires_grad());
    };
    bool fit = served && fits(x);
    for (const at::Tensor* other : others) {
        fit = fit && (!other->defined() || fits(*other));
    }
    return fit;
}

kernels::CpuElement elementOf(const at::Tensor& x) {
    return x.scalar_type() == at::kBFloat16 ? kernels::CpuElement::Bf16 : kernels::CpuElement::Fp32;
}

// Rows [B, 1, D] of a modulation.
bool areRows(const at::Tensor& rows, const at::Tensor& x) {
    return !rows.defined() || (rows.dim() == 3 && rows.size(0) == x.size(0) && rows.size(1) == 1 &&
                               rows.size(2) == x.size(2) && rows.stride(2) == 1);
}

bool isWhole(const at::Tensor& t, c10::IntArrayRef sizes) {
    return t.sizes() == sizes && t.is_contiguous();
}

kernels::RotateShape shapeOf(const at::Tensor& packed, std::int64_t heads, double epsilon) {
    return {packed.size(0), packed.size(1), heads, packed.size(2) / (3 * heads), epsilon};
}

}  // namespace

bool isForCpuSumAndNorm(const at::Tensor& x,
                        const at::Tensor& branch,
                        const at::Tensor& gate,
                        const at::Tensor& shift,
                        const at::Tensor& scale) {
    return areForCpu(x, {&branch, &gate, &shift, &scale}) && x.dim() == 3 && x.is_contiguous() &&
           (!branch.defined() || isWhole(branch, x.sizes())) && areRows(gate, x) &&
           areRows(shift, x) && areRows(scale, x) &&
           (!scale.defined() || scale.stride(0) == shift.stride(0)) &&
           kernels::supportsOnCpu(
               kernels::ModulateShape{x.size(0), x.size(1), x.size(2), 0, 0, 0.0});
}

SumAndNorm cpuSumAndNorm(const at::Tensor& x,
                         const at::Tensor& branch,
                         const at::Tensor& gate,
                         const at::Tensor& shift,
                         const at::Tensor& scale,
                         double epsilon) {
    SumAndNorm result{branch.defined() ? at::empty_like(x) : x,
                      scale.defined() ? at::empty_like(x) : at::Tensor()};
    kernels::ModulateForward params;
    params.shape = {x.size(0),
                    x.size(1),
                    x.size(2),
                    gate.defined() ? gate.stride(0) : 0,
                    scale.defined() ? scale.stride(0) : 0,
                    epsilon};
    params.x = readFrom(x);
    params.branch = readFrom(branch);
    params.gate = readFrom(gate);
    params.scale = readFrom(scale);
    params.shift = readFrom(shift);
    params.sum = branch.defined() ? writeTo(result.sum) : nullptr;
    params.out = writeTo(result.out);
    at::parallel_for(0, x.size(0) * x.size(1), kRowsTogether, [&](auto begin, auto end) {
        kernels::modulateCpu(elementOf(x), params, begin, end);
    });
    return result;
}

bool isForCpuRotatedHeads(const at::Tensor& packed, const HeadTurn& turn, std::int64_t heads) {
    if (!areForCpu(packed, {&turn.queryWeight, &turn.keyWeight, &turn.cosine, &turn.sine}) ||
        packed.dim() != 3 || !packed.is_contiguous()) {
        return false;
    }
    const kernels::RotateShape shape = shapeOf(packed, heads, 0.0);
    const std::array<std::int64_t, 3> table{shape.tokens, 1, shape.headSize};
    return isWhole(turn.queryWeight, {shape.headSize}) &&
           isWhole(turn.keyWeight, {shape.headSize}) && isWhole(turn.cosine, table) &&
           isWhole(turn.sine, table) && kernels::supportsOnCpu(shape);
}

Heads cpuRotatedHeads(const at::Tensor& packed,
                      const HeadTurn& turn,
                      std::int64_t heads,
                      double epsilon) {
    kernels::RotateForward params;
    params.shape = shapeOf(packed, heads, epsilon);
    const kernels::RotateShape& shape = params.shape;
    const at::Tensor query =
        at::empty({shape.batch, shape.tokens, heads, shape.headSize}, packed.options());
    const at::Tensor key = at::empty_like(query);
    params.packed = readFrom(packed);
    params.queryWeight = readFrom(turn.queryWeight);
    params.keyWeight = readFrom(turn.keyWeight);
    params.cosine = readFrom(turn.cosine);
    params.sine = readFrom(turn.sine);
    params.query = writeTo(query);
    params.key = writeTo(key);
    at::parallel_for(0, shape.batch * shape.tokens, kRowsTogether, [&](auto begin, auto end) {
        kernels::rotateCpu(elementOf(packed), params, begin, end);
    });
    const at::Tensor value =
        packed.view({shape.batch, shape.tokens, 3, heads, shape.headSize}).select(2, 2);
    return {query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)};
}

}  // namespace tessera::attention
