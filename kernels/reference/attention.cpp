#include "kernels/api/attention.h"

#include "kernels/reference/bf16.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace tessera::kernels::reference {
namespace {

// The matrices of one batch and head.
struct Head {
    const AttentionForward& p;
    std::int64_t batch, head;

    std::int64_t at(const RowStrides& strides, std::int64_t row) const {
        return batch * strides.batch + head * strides.head + row * strides.row;
    }

    double score(std::int64_t query, std::int64_t key) const {
        const std::int64_t q = at(p.qStrides, query), k = at(p.kStrides, key);
        double sum = 0.0;
        for (std::int64_t c = 0; c < p.shape.headSize; ++c) {
            sum += static_cast<double>(read(p.q, q + c)) * static_cast<double>(read(p.k, k + c));
        }
        return sum * static_cast<double>(p.scale);
    }
};

// Online softmax of one query row over steps of keys.
class Row {
public:
    Row(const Head& head, std::int64_t query)
        : m_head(head),
          m_query(query),
          m_sums(static_cast<std::size_t>(head.p.shape.headSize), 0.0) {}

    void take(std::int64_t firstKey, std::int64_t count) {
        std::vector<double> scores(static_cast<std::size_t>(count));
        double most = m_largest;
        for (std::int64_t i = 0; i < count; ++i) {
            scores[static_cast<std::size_t>(i)] = m_head.score(m_query, firstKey + i);
            most = std::max(most, scores[static_cast<std::size_t>(i)]);
        }
        const double shrink = std::exp(m_largest - most);
        m_largest = most;
        m_total *= shrink;
        for (double& sum : m_sums) {
            sum *= shrink;
        }
        for (std::int64_t i = 0; i < count; ++i) {
            const double weight = std::exp(scores[static_cast<std::size_t>(i)] - most);
            const std::int64_t v = m_head.at(m_head.p.vStrides, firstKey + i);
            m_total += weight;
            for (std::size_t c = 0; c < m_sums.size(); ++c) {
                m_sums[c] += weight * static_cast<double>(
                                          read(m_head.p.v, v + static_cast<std::int64_t>(c)));
            }
        }
    }

    void write() const {
        const AttentionForward& p = m_head.p;
        const std::int64_t out = m_head.at(p.outStrides, m_query);
        for (std::size_t c = 0; c < m_sums.size(); ++c) {
            reference::write(
                p.out, out + static_cast<std::int64_t>(c), static_cast<float>(m_sums[c] / m_total));
        }
        p.lse[(m_head.batch * p.shape.heads + m_head.head) * p.shape.rows() + m_query] =
            static_cast<float>(m_largest + std::log(m_total));
    }

private:
    const Head& m_head;
    std::int64_t m_query;
    double m_largest = -std::numeric_limits<double>::infinity();
    double m_total = 0.0;
    std::vector<double> m_sums;
};

// The steps of a tile that a group computes: all common ones, then its own.
bool takesStep(const AttentionTile& tile, const RowGroup& group, std::int32_t step) {
    const std::int32_t beyond = step - tile.commonSteps;
    return beyond < 0 || (beyond >= group.before && beyond < group.before + group.own);
}

void attendGroup(const Head& head,
                 const AttentionTile& tile,
                 const RowGroup& group,
                 std::int32_t keys) {
    for (std::int32_t i = 0; i < group.rows; ++i) {
        Row row(head, group.firstRow + i);
        std::int32_t step = 0;
        for (std::int32_t r = 0; r < tile.rangeCount; ++r) {
            const TokenRange range = head.p.plan.ranges[tile.firstRange + r];
            for (std::int32_t key = range.begin; key < range.end; key += keys, ++step) {
                if (takesStep(tile, group, step)) {
                    row.take(key, std::min(keys, range.end - key));
                }
            }
        }
        row.write();
    }
}

}  // namespace

Status attentionForward(const AttentionForward& params, const TileShape& shape) {
    for (std::int64_t batch = 0; batch < params.shape.batch; ++batch) {
        for (std::int32_t i = 0; i < params.plan.itemCount; ++i) {
            const AttentionItem item = params.plan.items[i];
            const AttentionTile& tile = params.plan.tiles[item.tile];
            const Head head{params, batch, item.head};
            for (const RowGroup& group : tile.groups) {
                attendGroup(head, tile, group, shape.keys);
            }
        }
    }
    return Status::Ok;
}

}  // namespace tessera::kernels::reference
