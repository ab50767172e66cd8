#include "kernels/api/attention.h"

#include "kernels/reference/bf16.h"
#include "kernels/reference/fp16.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace tessera::kernels::reference {
namespace {

// One batch and head.
struct Place {
    std::int64_t batch, head;

    std::int64_t at(const RowStrides& strides, std::int64_t row) const {
        return batch * strides.batch + head * strides.head + row * strides.row;
    }

    // The row's place in an array of one entry a row.
    std::int64_t row(const AttentionShape& shape, std::int64_t row) const {
        return (batch * shape.heads + head) * shape.rows() + row;
    }
};

// Rows of matrices in memory, of so many channels.
struct Rows {
    Element element;
    std::int64_t size;

    double number(const void* x, std::int64_t at) const {
        return static_cast<double>(element == Element::Fp16 ? readFp16(x, at) : read(x, at));
    }

    // Of two rows.
    double product(const void* a, std::int64_t atA, const void* b, std::int64_t atB) const {
        double sum = 0.0;
        for (std::int64_t c = 0; c < size; ++c) {
            sum += number(a, atA + c) * number(b, atB + c);
        }
        return sum;
    }

    // sums[c] += weight x[c].
    void add(std::vector<double>& sums, double weight, const void* x, std::int64_t at) const {
        for (std::int64_t c = 0; c < size; ++c) {
            sums[static_cast<std::size_t>(c)] += weight * number(x, at + c);
        }
    }

    // x[c] = by sums[c].
    void write(void* x, std::int64_t at, double by, const std::vector<double>& sums) const {
        const auto writeNumber = element == Element::Fp16 ? writeFp16 : reference::write;
        for (std::int64_t c = 0; c < size; ++c) {
            writeNumber(x, at + c, static_cast<float>(by * sums[static_cast<std::size_t>(c)]));
        }
    }
};

template <typename Params>
Rows rowsOf(const Params& p) {
    return {p.element, p.shape.headSize};
}

// The matrices of one batch and head.
struct Head {
    const AttentionForward& p;
    Place place;

    double score(std::int64_t query, std::int64_t key) const {
        return static_cast<double>(p.scale) *
               rowsOf(p).product(p.q, place.at(p.qStrides, query), p.k, place.at(p.kStrides, key));
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
            m_total += weight;
            rowsOf(m_head.p).add(
                m_sums, weight, m_head.p.v, m_head.place.at(m_head.p.vStrides, firstKey + i));
        }
    }

    void write() const {
        const AttentionForward& p = m_head.p;
        rowsOf(p).write(p.out, m_head.place.at(p.outStrides, m_query), 1.0 / m_total, m_sums);
        p.lse[m_head.place.row(p.shape, m_query)] =
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

// One key's gradients, and what it adds to those of its queries.
void differentiateKey(const AttentionBackward& p,
                      const Place& place,
                      const KeyTile& tile,
                      std::int64_t key) {
    const Rows rows = rowsOf(p);
    const std::int64_t size = p.shape.headSize;
    const std::int64_t k = place.at(p.kStrides, key), v = place.at(p.vStrides, key);
    std::vector<double> ofKey(static_cast<std::size_t>(size), 0.0), ofValue(ofKey);
    for (std::int32_t r = 0; r < tile.rangeCount; ++r) {
        const TokenRange range = p.plan.ranges[tile.firstRange + r];
        for (std::int32_t query = range.begin; query < range.end; ++query) {
            const std::int64_t q = place.at(p.qStrides, query), row = place.row(p.shape, query);
            const std::int64_t gradient = place.at(p.gradOutStrides, query);
            const double score = static_cast<double>(p.scale) * rows.product(p.q, q, p.k, k);
            const double weight = std::exp(score - static_cast<double>(p.lse[row]));
            const double ofScore = weight * (rows.product(p.gradOut, gradient, p.v, v) -
                                             static_cast<double>(p.products[row]));
            rows.add(ofValue, weight, p.gradOut, gradient);
            rows.add(ofKey, ofScore, p.q, q);
            for (std::int64_t c = 0; c < size; ++c) {
                p.querySums[row * size + c] +=
                    static_cast<float>(ofScore * rows.number(p.k, k + c));
            }
        }
    }
    rows.write(p.gradK, place.at(p.gradKStrides, key), static_cast<double>(p.scale), ofKey);
    rows.write(p.gradV, place.at(p.gradVStrides, key), 1.0, ofValue);
}

// Calls work(place, row) for every row of every batch and head.
template <typename Work>
void forEachRow(const AttentionShape& shape, const Work& work) {
    for (std::int64_t batch = 0; batch < shape.batch; ++batch) {
        for (std::int64_t head = 0; head < shape.heads; ++head) {
            for (std::int64_t row = 0; row < shape.rows(); ++row) {
                work(Place{batch, head}, row);
            }
        }
    }
}

}  // namespace

Status attentionForward(const AttentionForward& params, const TileShape& shape) {
    for (std::int64_t batch = 0; batch < params.shape.batch; ++batch) {
        for (std::int32_t i = 0; i < params.plan.itemCount; ++i) {
            const AttentionItem item = params.plan.items[i];
            const AttentionTile& tile = params.plan.tiles[item.tile];
            const Head head{params, {batch, item.head}};
            for (const RowGroup& group : tile.groups) {
                attendGroup(head, tile, group, shape.keys);
            }
        }
    }
    return Status::Ok;
}

Status attentionBackward(const AttentionBackward& params, const BackwardTileShape& shape) {
    const AttentionBackward& p = params;
    const Rows rows = rowsOf(p);
    const std::int64_t size = p.shape.headSize;
    forEachRow(p.shape, [&](const Place& place, std::int64_t row) {
        const std::int64_t at = place.row(p.shape, row);
        p.products[at] = static_cast<float>(rows.product(
            p.out, place.at(p.outStrides, row), p.gradOut, place.at(p.gradOutStrides, row)));
        std::fill_n(p.querySums + at * size, size, 0.0f);
    });
    for (std::int64_t batch = 0; batch < p.shape.batch; ++batch) {
        for (std::int32_t i = 0; i < p.plan.itemCount; ++i) {
            const AttentionItem item = p.plan.items[i];
            const KeyTile& tile = p.plan.tiles[item.tile];
            if (tile.keys > shape.keys) {
                return Status::Unsupported;
            }
            for (std::int32_t key = 0; key < tile.keys; ++key) {
                differentiateKey(p, {batch, item.head}, tile, tile.firstKey + key);
            }
        }
    }
    forEachRow(p.shape, [&](const Place& place, std::int64_t row) {
        const float* sums = p.querySums + place.row(p.shape, row) * size;
        rows.write(p.gradQ,
                   place.at(p.gradQStrides, row),
                   static_cast<double>(p.scale),
                   {sums, sums + size});
    });
    return Status::Ok;
}

}  // namespace tessera::kernels::reference
