#include "core/attention/cpu_dense.h"

#include "core/attention/cpu_work.h"
#include "core/attention/kernel_inputs.h"
#include "core/base/check.h"

#include <ATen/ATen.h>

#include <numeric>

namespace tessera::attention {

bool isForCpuKernel(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    const bool isOurs = q.scalar_type() == at::kBFloat16 || q.scalar_type() == at::kFloat;
    return q.device().is_cpu() && isOurs && !wantsGradient(q, k, v) &&
           cpuKernelFor(q.scalar_type(), q.size(-1)).kernel != nullptr;
}

at::Tensor attendOnCpu(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    CHECK(q.dim() == 4 && k.dim() == 4, q.sizes(), k.sizes());
    const kernels::CpuAttentionChoice choice = cpuKernelFor(q.scalar_type(), q.size(-1));
    CHECK(choice.kernel != nullptr, choice.reason);
    CpuPattern pattern{wholeSequence(q.size(2), choice.kernel->lanes),
                       wholeSequence(k.size(2), choice.kernel->lanes),
                       std::vector<std::int64_t>(static_cast<std::size_t>(q.size(1)))};
    std::iota(pattern.heads.begin(), pattern.heads.end(), 0);
    return attendInTiles(*choice.kernel, {std::move(pattern)}, q, k, v, false).out;
}

}  // namespace tessera::attention
