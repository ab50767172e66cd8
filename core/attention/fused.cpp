#include "core/attention/fused.h"

#include "core/attention/head_groups.h"
#include "core/attention/kernel_inputs.h"
#include "core/base/check.h"
#include "core/tensor/device.h"

#include <ATen/ATen.h>
#include <c10/core/DeviceGuard.h>

#include <cmath>
#include <cstring>
#include <map>
#include <utility>

namespace tessera::attention {
namespace {

using kernels::TileShape;
using plan::FrameMask;
using plan::LayerMask;
using plan::TokenLayout;

// Copies a vector's bytes behind those that are there already, and says where they begin.
template <typename T>
std::int64_t append(std::vector<std::uint8_t>& bytes, const std::vector<T>& values) {
    constexpr std::size_t kAlignment = 16;
    bytes.resize((bytes.size() + kAlignment - 1) / kAlignment * kAlignment);
    const std::size_t begin = bytes.size();
    bytes.resize(begin + values.size() * sizeof(T));
    std::memcpy(bytes.data() + begin, values.data(), values.size() * sizeof(T));
    return static_cast<std::int64_t>(begin);
}

// A plan in the memory of a device.
class DevicePlan {
public:
    DevicePlan(const TilePlan& plan, c10::Device device)
        : m_itemCount(static_cast<std::int32_t>(plan.items.size())) {
        std::vector<std::uint8_t> bytes;
        m_tiles = append(bytes, plan.tiles);
        m_ranges = append(bytes, plan.ranges);
        m_items = append(bytes, plan.items);
        m_memory = at::empty({static_cast<std::int64_t>(bytes.size())}, at::kByte);
        std::memcpy(m_memory.mutable_data_ptr(), bytes.data(), bytes.size());
        m_memory = m_memory.to(device);
    }

    kernels::TilePlanView view() const {
        const auto* base = static_cast<const std::uint8_t*>(m_memory.const_data_ptr());
        return {reinterpret_cast<const kernels::AttentionTile*>(base + m_tiles),
                reinterpret_cast<const kernels::TokenRange*>(base + m_ranges),
                reinterpret_cast<const kernels::AttentionItem*>(base + m_items),
                m_itemCount};
    }

private:
    at::Tensor m_memory;
    std::int64_t m_tiles = 0, m_ranges = 0, m_items = 0;
    std::int32_t m_itemCount = 0;
};

// A dimension of one entry may have any stride; the copy engine wants a whole one.
kernels::RowStrides stridesOf(const at::Tensor& x) {
    const auto stride = [&](std::int64_t i) {
        return x.size(i) == 1 ? x.size(1) * x.size(2) * x.size(3) : x.stride(i);
    };
    return {stride(0), stride(1), stride(2)};
}

OutputAndLse launch(const at::Tensor& query,
                    const at::Tensor& key,
                    const at::Tensor& value,
                    const kernels::TilePlanView& plan,
                    const TileShape& shape,
                    const TokenLayout& layout) {
    CHECK(query.dim() == 4 && query.sizes() == key.sizes() && key.sizes() == value.sizes() &&
              query.size(2) == layout.total(),
          query.sizes(),
          key.sizes());
    for (const at::Tensor& x : {query, key, value}) {
        CHECK(x.scalar_type() == at::kBFloat16 && x.device() == query.device(),
              x.scalar_type(),
              x.device());
    }
    const at::Tensor q = inRuns(query), k = inRuns(key), v = inRuns(value);
    const std::int64_t batch = q.size(0), heads = q.size(1), rows = q.size(2), width = q.size(3);
    // Rows of all heads together in memory, so that joining the heads costs nothing.
    OutputAndLse result{at::empty({batch, rows, heads, width}, q.options()).transpose(1, 2),
                        at::empty({batch, heads, rows}, q.options().dtype(at::kFloat))};
    if (q.numel() == 0) {
        return result;
    }
    const at::Tensor counter = at::empty({1}, q.options().dtype(at::kInt));
    kernels::AttentionForward p;
    p.shape = {batch, heads, width, layout.text, layout.frames, layout.tokens};
    p.plan = plan;
    p.q = q.const_data_ptr();
    p.k = k.const_data_ptr();
    p.v = v.const_data_ptr();
    p.qStrides = stridesOf(q);
    p.kStrides = stridesOf(k);
    p.vStrides = stridesOf(v);
    p.out = result.out.mutable_data_ptr();
    p.outStrides = stridesOf(result.out);
    p.lse = static_cast<float*>(result.lse.mutable_data_ptr());
    p.scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(width)));
    p.counter = static_cast<std::int32_t*>(counter.mutable_data_ptr());
    const c10::DeviceGuard guard(q.device());
    const kernels::Status status =
        q.is_cpu()
            ? kernels::reference::attentionForward(p, shape)
            : kernels::launchAttentionForward(
                  p, tensor::computeCapability(q.device()), tensor::currentStream(q.device()));
    CHECK(status == kernels::Status::Ok, static_cast<int>(status), q.sizes());
    return result;
}

class FusedAttention final : public AttentionBackend {
public:
    FusedAttention(std::vector<LayerMask> masks, const TokenLayout& layout)
        : m_masks(std::move(masks)), m_layout(layout) {}

    const char* name() const override { return "fused"; }

    base::Status supports(const AttentionShape& shape) const override {
        using base::ErrorCode;
        if (!shape.device.is_cuda()) {
            return base::fail(
                ErrorCode::Unsupported,
                "The fused kernel runs on CUDA devices, not on " + shape.device.str() + ".",
                "Take the kernel cpu or composed.");
        }
        if (shape.dtype != at::kBFloat16) {
            return base::fail(ErrorCode::Unsupported,
                              "The fused kernel computes in bf16, and another precision was asked.",
                              "Take --precision bf16, or the kernel composed.");
        }
        const int capability = tensor::computeCapability(shape.device);
        if (kernels::forwardTileShape(shape.headSize, capability).groups == 0) {
            return base::fail(ErrorCode::Unsupported,
                              "The fused kernel has heads of 64, 96 and 128 channels on compute "
                              "capability 9.0; asked are " +
                                  std::to_string(shape.headSize) + " on " +
                                  std::to_string(capability / 10) + "." +
                                  std::to_string(capability % 10) + ".",
                              "Take the kernel composed.");
        }
        return m_masks.empty() ? base::Status() : masksFit(m_masks, m_layout, shape);
    }

    at::Tensor attend(int layer,
                      const at::Tensor& q,
                      const at::Tensor& k,
                      const at::Tensor& v) const override {
        if (m_masks.empty()) {
            return attendUnder({{FrameMask{}}}, {1, q.size(2), 0}, q, k, v);
        }
        const LayerMask& mask = m_masks.at(static_cast<std::size_t>(layer));
        if (mask.isUniform() || !wantsGradient(q, k, v)) {
            return attendUnder(mask, m_layout, q, k, v);
        }
        return byHeadGroups(q,
                            k,
                            v,
                            mask,
                            [&](const at::Tensor& queries,
                                const at::Tensor& keys,
                                const at::Tensor& values,
                                const FrameMask& one) {
                                return attendUnder({{one}}, m_layout, queries, keys, values);
                            });
    }

private:
    at::Tensor attendUnder(const LayerMask& mask,
                           const TokenLayout& layout,
                           const at::Tensor& q,
                           const at::Tensor& k,
                           const at::Tensor& v) const {
        const TileShape shape =
            kernels::forwardTileShape(q.size(3), tensor::computeCapability(q.device()));
        const DevicePlan& plan = planOf(mask, layout, q, shape);
        const auto forward =
            [&](const at::Tensor& queries, const at::Tensor& keys, const at::Tensor& values) {
                return launch(queries, keys, values, plan.view(), shape, layout);
            };
        return wantsGradient(q, k, v)
                   ? withComposedBackward(q, k, v, forward, mask.heads.front(), layout)
                   : forward(q, k, v).out;
    }

    // Made once for a device, masks, heads, length and head size; there from then on.
    const DevicePlan& planOf(const LayerMask& mask,
                             const TokenLayout& layout,
                             const at::Tensor& q,
                             const TileShape& shape) const {
        std::vector<std::int64_t> key{q.device().index(), q.size(1), layout.total(), q.size(3)};
        for (const FrameMask& head : mask.heads) {
            key.push_back(head.stride);
        }
        const auto known = m_plans.find(key);
        if (known != m_plans.end()) {
            return known->second;
        }
        const TilePlan made = compileTiles(mask.heads, layout, static_cast<int>(q.size(1)), shape);
        return m_plans.emplace(std::move(key), DevicePlan(made, q.device())).first->second;
    }

    std::vector<LayerMask> m_masks;
    TokenLayout m_layout;
    mutable std::map<std::vector<std::int64_t>, DevicePlan> m_plans;
};

}  // namespace

OutputAndLse fusedWithLse(const at::Tensor& q,
                          const at::Tensor& k,
                          const at::Tensor& v,
                          const TilePlan& plan,
                          const TileShape& shape,
                          const TokenLayout& layout) {
    if (q.is_cuda()) {  // the kernel walks its own steps, whatever the plan was made for
        const TileShape own =
            kernels::forwardTileShape(q.size(3), tensor::computeCapability(q.device()));
        CHECK(own.groups == shape.groups && own.keys == shape.keys, shape.groups, shape.keys);
    }
    return launch(q, k, v, DevicePlan(plan, q.device()).view(), shape, layout);
}

std::unique_ptr<AttentionBackend> makeFusedAttention(std::vector<LayerMask> masks,
                                                     const TokenLayout& layout) {
    return std::make_unique<FusedAttention>(std::move(masks), layout);
}

}  // namespace tessera::attention
