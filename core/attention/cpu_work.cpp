#include "core/attention/cpu_work.h"

#include "core/base/check.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

namespace tessera::attention {
namespace {

using kernels::CpuAttention;
using kernels::CpuRows;

constexpr std::int64_t kPackedTogether = 16;  // blocks of one piece of packing

// Calls work(0) ... work(count - 1), each thread taking the next one when it is free: which thread
// does what changes from run to run, what is done does not.
template <class Work>
void shareOut(std::int64_t count, const Work& work) {
    std::atomic<std::int64_t> next{0};
    at::parallel_for(0, at::get_num_threads(), 1, [&](std::int64_t, std::int64_t) {
        for (std::int64_t i = next++; i < count; i = next++) {
            work(i);
        }
    });
}

at::Tensor inRows(const at::Tensor& x) {
    return x.stride(3) == 1 ? x : x.contiguous();
}

// [B, H, N, D] of one head.
CpuRows headOf(const at::Tensor& x, std::int64_t batch, std::int64_t head) {
    const auto* data = static_cast<const std::byte*>(x.const_data_ptr());
    const std::int64_t offset = batch * x.stride(0) + head * x.stride(1);
    return {data + offset * static_cast<std::int64_t>(x.element_size()), x.stride(2)};
}

template <class Number>
Number* headOf(const at::Tensor& x, std::int64_t batch, std::int64_t head) {
    auto* data = static_cast<Number*>(x.mutable_data_ptr());
    return data + batch * x.stride(0) + head * x.stride(1);
}

at::Tensor emptyLike(const at::Tensor& x) {
    return at::empty({x.size(0), x.size(2), x.size(1), x.size(3)}, x.options()).transpose(1, 2);
}

float scaleOf(const at::Tensor& q) {
    return static_cast<float>(1.0 / std::sqrt(static_cast<double>(q.size(3))));
}

// One head's tiles, dearest first over all heads.
struct Item {
    std::int64_t head = 0;
    const kernels::CpuTile* tile = nullptr;
    std::int64_t cost = 0;
};

struct Tiles {
    std::vector<std::vector<CpuTileWork>> ofPattern;
    std::vector<Item> items;

    template <class Make>
    Tiles(const std::vector<CpuPattern>& patterns, const Make& make) {
        for (const CpuPattern& pattern : patterns) {
            ofPattern.push_back(make(pattern));
            for (const std::int64_t head : pattern.heads) {
                for (const CpuTileWork& work : ofPattern.back()) {
                    items.push_back({head, &work.tile, work.cost});
                }
            }
        }
        std::ranges::stable_sort(items, std::ranges::greater(), &Item::cost);
    }
};

using SideOfPattern = CpuSegments CpuPattern::*;
using PackFunction = decltype(CpuAttention::packRows);

// One packed matrix a head, of one batch entry.
class Packed {
public:
    Packed(const at::Tensor& like, const std::vector<CpuPattern>& patterns, SideOfPattern side)
        : m_segments(static_cast<std::size_t>(like.size(1))) {
        std::int64_t most = 0;
        for (const CpuPattern& pattern : patterns) {
            for (const std::int64_t head : pattern.heads) {
                m_segments[static_cast<std::size_t>(head)] = &(pattern.*side);
            }
            most = std::max(most, (pattern.*side).slotCount());
        }
        m_blocks = most / (patterns.front().*side).lanes;
        m_memory = at::empty({like.size(1), most, like.size(3)}, like.options());
    }

    // Pieces of the packing, of all heads.
    std::int64_t pieces() const {
        return static_cast<std::int64_t>(m_segments.size()) * piecesOfHead();
    }

    // One of them; `pack` is one of the kernel's two.
    void fill(std::int64_t piece,
              const CpuAttention& kernel,
              PackFunction pack,
              const at::Tensor& from,
              std::int64_t batch) const {
        const std::int64_t head = piece / piecesOfHead();
        const CpuSegments& segments = of(head);
        const std::int64_t begin = piece % piecesOfHead() * kPackedTogether * kernel.lanes;
        const std::int64_t end =
            std::min(begin + kPackedTogether * kernel.lanes, segments.slotCount());
        if (begin < end) {
            pack(headOf(from, batch, head),
                 from.size(3),
                 segments.slots.data(),
                 begin,
                 end,
                 at(head));
        }
    }

    void* at(std::int64_t head) const {
        return static_cast<std::byte*>(m_memory.mutable_data_ptr()) +
               head * m_memory.stride(0) * static_cast<std::int64_t>(m_memory.element_size());
    }

    const CpuSegments& of(std::int64_t head) const {
        return *m_segments[static_cast<std::size_t>(head)];
    }

private:
    std::int64_t piecesOfHead() const { return (m_blocks + kPackedTogether - 1) / kPackedTogether; }

    std::vector<const CpuSegments*> m_segments;
    std::int64_t m_blocks = 0;
    at::Tensor m_memory;
};

struct Packing {
    const Packed* to = nullptr;
    PackFunction pack = nullptr;
    const at::Tensor* from = nullptr;
};

// Several matrices of one side, so of as many pieces each.
void packTogether(const CpuAttention& kernel,
                  const std::vector<Packing>& packings,
                  std::int64_t batch) {
    const auto count = static_cast<std::int64_t>(packings.size());
    shareOut(packings.front().to->pieces() * count, [&](std::int64_t i) {
        const Packing& packing = packings[static_cast<std::size_t>(i % count)];
        packing.to->fill(i / count, kernel, packing.pack, *packing.from, batch);
    });
}

void checkShapes(const CpuAttention& kernel,
                 const at::Tensor& q,
                 const at::Tensor& k,
                 const at::Tensor& v) {
    CHECK(q.dim() == 4 && k.sizes() == v.sizes() && q.size(0) == k.size(0) &&
              q.size(1) == k.size(1) && q.size(3) == k.size(3),
          q.sizes(),
          k.sizes(),
          v.sizes());
    const at::ScalarType type =
        kernel.element == kernels::CpuElement::Fp32 ? at::kFloat : at::kBFloat16;
    CHECK(q.scalar_type() == type && k.scalar_type() == type && v.scalar_type() == type,
          q.scalar_type(),
          k.scalar_type(),
          v.scalar_type());
}

// By slot of a head's queries: the log-sum-exp and the products of rows.
void gatherBySlot(const CpuSegments& segments,
                  const float* lse,
                  const float* products,
                  float* lseBySlot,
                  float* productsBySlot) {
    for (std::size_t slot = 0; slot < segments.slots.size(); ++slot) {
        const std::int32_t token = segments.slots[slot];
        lseBySlot[slot] = token < 0 ? std::numeric_limits<float>::infinity() : lse[token];
        productsBySlot[slot] = token < 0 ? 0.0F : products[token];
    }
}

}  // namespace

kernels::CpuAttentionChoice cpuKernelFor(c10::ScalarType type, std::int64_t headSize) {
    return kernels::chooseCpuAttention(
        type == at::kBFloat16 ? kernels::CpuElement::Bf16 : kernels::CpuElement::Fp32, headSize);
}

CpuResult attendInTiles(const CpuAttention& kernel,
                        const std::vector<CpuPattern>& patterns,
                        const at::Tensor& q,
                        const at::Tensor& k,
                        const at::Tensor& v,
                        bool wantsLse) {
    checkShapes(kernel, q, k, v);
    const at::Tensor queries = inRows(q), keys = inRows(k), values = inRows(v);
    CpuResult result{emptyLike(q), {}};
    if (wantsLse) {
        result.lse = at::empty({q.size(0), q.size(1), q.size(2)}, q.options().dtype(at::kFloat));
    }
    const Tiles tiles(patterns, [](const CpuPattern& p) { return tilesOf(p.queries, p.keys); });
    const Packed keyColumns(k, patterns, &CpuPattern::keys);
    const Packed valueRows(k, patterns, &CpuPattern::keys);
    for (std::int64_t batch = 0; batch < q.size(0); ++batch) {
        packTogether(
            kernel,
            {{&keyColumns, kernel.packColumns, &keys}, {&valueRows, kernel.packRows, &values}},
            batch);
        shareOut(static_cast<std::int64_t>(tiles.items.size()), [&](std::int64_t i) {
            const Item& item = tiles.items[static_cast<std::size_t>(i)];
            kernels::CpuForward params;
            params.headSize = q.size(3);
            params.scale = scaleOf(q);
            params.q = headOf(queries, batch, item.head);
            params.keyColumns = keyColumns.at(item.head);
            params.valueRows = valueRows.at(item.head);
            params.slots = keyColumns.of(item.head).slots.data();
            params.out = const_cast<void*>(headOf(result.out, batch, item.head).data);
            params.outStride = result.out.stride(2);
            params.lse = wantsLse ? headOf<float>(result.lse, batch, item.head) : nullptr;
            kernel.forward(params, *item.tile);
        });
    }
    return result;
}

CpuGradients gradientsInTiles(const CpuAttention& kernel,
                              const std::vector<CpuPattern>& patterns,
                              const at::Tensor& gradOut,
                              const at::Tensor& q,
                              const at::Tensor& k,
                              const at::Tensor& v,
                              const CpuResult& result) {
    checkShapes(kernel, q, k, v);
    CHECK(kernel.queryGradient != nullptr && gradOut.sizes() == q.sizes(), gradOut.sizes());
    const at::Tensor queries = inRows(q), keys = inRows(k), values = inRows(v),
                     outs = inRows(result.out), gradients = inRows(gradOut),
                     lse = result.lse.contiguous();
    CpuGradients made{emptyLike(q), emptyLike(k), emptyLike(k)};
    const Tiles byQueries(patterns, [](const CpuPattern& p) { return tilesOf(p.queries, p.keys); });
    const Tiles byKeys(patterns, [](const CpuPattern& p) { return tilesOf(p.keys, p.queries); });
    // Columns and rows of keys, columns of values; then columns and rows of queries and of the
    // output's gradient.
    const Packed keyColumns(k, patterns, &CpuPattern::keys),
        keyRows(k, patterns, &CpuPattern::keys), valueColumns(k, patterns, &CpuPattern::keys);
    const Packed queryColumns(q, patterns, &CpuPattern::queries),
        queryRows(q, patterns, &CpuPattern::queries),
        gradOutColumns(q, patterns, &CpuPattern::queries),
        gradOutRows(q, patterns, &CpuPattern::queries);
    const at::Tensor products = at::empty({q.size(1), q.size(2)}, lse.options());
    std::int64_t mostSlots = 0;
    for (const CpuPattern& pattern : patterns) {
        mostSlots = std::max(mostSlots, pattern.queries.slotCount());
    }
    const at::Tensor bySlot = at::empty({2, q.size(1), mostSlots}, lse.options());
    for (std::int64_t batch = 0; batch < q.size(0); ++batch) {
        packTogether(kernel,
                     {{&keyColumns, kernel.packColumns, &keys},
                      {&keyRows, kernel.packRows, &keys},
                      {&valueColumns, kernel.packColumns, &values}},
                     batch);
        shareOut(static_cast<std::int64_t>(byQueries.items.size()), [&](std::int64_t i) {
            const Item& item = byQueries.items[static_cast<std::size_t>(i)];
            kernels::CpuQueryGradient params;
            params.headSize = q.size(3);
            params.scale = scaleOf(q);
            params.q = headOf(queries, batch, item.head);
            params.out = headOf(outs, batch, item.head);
            params.gradOut = headOf(gradients, batch, item.head);
            params.keyColumns = keyColumns.at(item.head);
            params.valueColumns = valueColumns.at(item.head);
            params.keyRows = keyRows.at(item.head);
            params.slots = keyColumns.of(item.head).slots.data();
            params.lse = headOf<float>(lse, batch, item.head);
            params.rowProducts = products.data_ptr<float>() + item.head * products.stride(0);
            params.gradQ = headOf<float>(made.q, batch, item.head);
            params.gradStride = made.q.stride(2);
            kernel.queryGradient(params, *item.tile);
        });
        packTogether(kernel,
                     {{&queryColumns, kernel.packColumns, &queries},
                      {&queryRows, kernel.packRows, &queries},
                      {&gradOutColumns, kernel.packColumns, &gradients},
                      {&gradOutRows, kernel.packRows, &gradients}},
                     batch);
        const auto lseBySlot = [&](std::int64_t head) {
            return bySlot.data_ptr<float>() + head * bySlot.stride(1);
        };
        for (std::int64_t head = 0; head < q.size(1); ++head) {
            gatherBySlot(queryColumns.of(head),
                         headOf<float>(lse, batch, head),
                         products.data_ptr<float>() + head * products.stride(0),
                         lseBySlot(head),
                         lseBySlot(head) + bySlot.stride(0));
        }
        shareOut(static_cast<std::int64_t>(byKeys.items.size()), [&](std::int64_t i) {
            const Item& item = byKeys.items[static_cast<std::size_t>(i)];
            kernels::CpuKeyGradient params;
            params.headSize = q.size(3);
            params.scale = scaleOf(q);
            params.k = headOf(keys, batch, item.head);
            params.v = headOf(values, batch, item.head);
            params.queryColumns = queryColumns.at(item.head);
            params.gradOutColumns = gradOutColumns.at(item.head);
            params.queryRows = queryRows.at(item.head);
            params.gradOutRows = gradOutRows.at(item.head);
            params.lse = lseBySlot(item.head);
            params.rowProducts = lseBySlot(item.head) + bySlot.stride(0);
            params.gradK = headOf<float>(made.k, batch, item.head);
            params.gradV = headOf<float>(made.v, batch, item.head);
            params.gradStride = made.k.stride(2);
            kernel.keyGradient(params, *item.tile);
        });
    }
    return made;
}

}  // namespace tessera::attention
