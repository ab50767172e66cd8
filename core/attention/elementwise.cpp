#include "core/attention/elementwise.h"

#include "core/attention/cpu_elementwise.h"
#include "core/attention/elementwise_kernels.h"

#include <ATen/ATen.h>

namespace tessera::attention {

at::Tensor gatedSum(const at::Tensor& x, const at::Tensor& branch, const at::Tensor& gate) {
    if (hasKernelFor(x)) {
        return kernelSumAndNorm(x, branch, gate, {}, {}, 0.0).sum;
    }
    if (isForCpuSumAndNorm(x, branch, gate, {}, {})) {
        return cpuSumAndNorm(x, branch, gate, {}, {}, 0.0).sum;
    }
    return at::addcmul(x, branch, gate);
}

SumAndNorm sumAndNorm(const at::Tensor& x,
                      const at::Tensor& branch,
                      const at::Tensor& gate,
                      const at::Tensor& shift,
                      const at::Tensor& scale,
                      double epsilon) {
    if (hasKernelFor(x)) {
        return kernelSumAndNorm(x, branch, gate, shift, scale, epsilon);
    }
    if (isForCpuSumAndNorm(x, branch, gate, shift, scale)) {
        return cpuSumAndNorm(x, branch, gate, shift, scale, epsilon);
    }
    const at::Tensor sum = !branch.defined() ? x
                           : gate.defined()  ? at::addcmul(x, branch, gate)
                                             : x + branch;
    const at::Tensor normed = at::layer_norm(sum, {sum.size(-1)}, {}, {}, epsilon);
    return {sum, at::addcmul(shift, normed, scale + 1)};
}

Heads rotatedHeads(const at::Tensor& packed,
                   const HeadTurn& turn,
                   std::int64_t heads,
                   double epsilon) {
    const std::int64_t size = packed.size(-1) / (3 * heads);
    if (hasKernelFor(packed, heads)) {
        return kernelRotatedHeads(packed, turn, heads, epsilon);
    }
    if (isForCpuRotatedHeads(packed, turn, heads)) {
        return cpuRotatedHeads(packed, turn, heads, epsilon);
    }
    const auto parts = packed.unflatten(-1, {3, heads, -1}).unbind(2);  // 3 x [B, N, H, D]
    const auto rotate = [&](const at::Tensor& y, const at::Tensor& weight) {
        const at::Tensor normed = at::rms_norm(y, {size}, weight, epsilon);
        const at::Tensor turned = at::roll(normed, size / 2, -1);
        return at::addcmul(normed * turn.cosine, turned, turn.sine).transpose(1, 2);
    };
    return {rotate(parts[0], turn.queryWeight),
            rotate(parts[1], turn.keyWeight),
            parts[2].transpose(1, 2)};
}

QueryAndKey turnedHeads(const at::Tensor& query,
                        const at::Tensor& key,
                        const AxisTurn& turn,
                        std::int64_t heads) {
    if (hasKernelFor(query, turn, heads)) {
        return kernelTurnedHeads(query, key, turn, heads);
    }
    const std::int64_t half = turn.span / 2;
    const at::Tensor cosine =
        turn.cosine.unflatten(-1, {-1, half}).unsqueeze(1);  // [N, 1, A, half]
    const at::Tensor sine = turn.sine.unflatten(-1, {-1, half}).unsqueeze(1);
    const auto turned = [&](const at::Tensor& x) {
        const at::Tensor halves = x.unflatten(-1, {heads, -1, 2, half});  // [B, N, H, A, 2, half]
        const at::Tensor low = halves.select(-2, 0), high = halves.select(-2, 1);
        return at::stack({low * cosine - high * sine, high * cosine + low * sine}, -2)
            .flatten(3)
            .transpose(1, 2);
    };
    return {turned(query), turned(key)};
}

}  // namespace tessera::attention
