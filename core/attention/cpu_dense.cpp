#include "core/attention/cpu_dense.h"

#include "core/base/check.h"
#include "kernels/api/cpu_attention.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace tessera::attention {

namespace {

// Query rows of one piece of work: enough to repay reading a head's keys from the second-level
// cache.
constexpr std::int64_t kRowsTogether = 96;

// One batch entry's heads.
kernels::Bf16Rows rowsOf(const at::Tensor& x, std::int64_t batch) {
    const auto* data = static_cast<const std::uint16_t*>(x.const_data_ptr());
    return {data + batch * x.stride(0), x.stride(1), x.stride(2)};
}

}  // namespace

bool isForCpuKernel(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    const bool wantsGradient =
        at::GradMode::is_enabled() && (q.requires_grad() || k.requires_grad() || v.requires_grad());
    return q.device().is_cpu() && q.scalar_type() == at::kBFloat16 && !wantsGradient &&
           kernels::hasCpuAttention(q.size(-1));
}

at::Tensor attendOnCpu(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    CHECK(
        q.dim() == 4 && k.sizes() == v.sizes() && q.size(1) == k.size(1) && q.size(3) == k.size(3),
        q.sizes(),
        k.sizes());
    const auto unit = [](const at::Tensor& x) { return x.stride(3) == 1 ? x : x.contiguous(); };
    const at::Tensor queries = unit(q);
    const at::Tensor keys = unit(k);
    const at::Tensor values = unit(v);
    const std::int64_t batch = q.size(0), heads = q.size(1), rows = q.size(2), count = k.size(2),
                       width = q.size(3);
    const auto scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(width)));
    at::Tensor out = at::empty({batch, rows, heads, width}, q.options());
    const auto packedBytes = static_cast<std::int64_t>(kernels::cpuAttentionPackedBytes(count));
    const at::Tensor packed =
        at::empty({heads, packedBytes}, at::kByte);  // LibTorch aligns to 64 bytes
    auto* memory = static_cast<std::byte*>(packed.data_ptr());
    for (std::int64_t b = 0; b < batch; ++b) {
        const kernels::Bf16Rows qRows = rowsOf(queries, b), kRows = rowsOf(keys, b),
                                vRows = rowsOf(values, b);
        at::parallel_for(0, heads, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t head = begin; head < end; ++head) {
                kernels::packCpuAttention(kRows, vRows, head, count, memory + head * packedBytes);
            }
        });
        auto* to = static_cast<std::uint16_t*>(out.data_ptr()) + b * out.stride(0);
        const std::int64_t pieces = (rows + kRowsTogether - 1) / kRowsTogether;
        at::parallel_for(0, heads * pieces, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t head = i / pieces;
                const std::int64_t first = i % pieces * kRowsTogether;
                kernels::attendCpu(qRows,
                                   head,
                                   first,
                                   std::min(rows, first + kRowsTogether),
                                   memory + head * packedBytes,
                                   count,
                                   scale,
                                   to,
                                   out.stride(2),
                                   out.stride(1));
            }
        });
    }
    return out.transpose(1, 2);
}

}  // namespace tessera::attention
