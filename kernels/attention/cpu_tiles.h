#pragma once

// The tiles of CPU attention over any vector type. V names the element, the vectors and a few
// operations (cpu_fp32_avx2.cpp is the plainest); each file that has a V is compiled for its own
// instructions and keeps V to itself, so that nothing here is shared between them.
//
// Packed columns: for each block of kLanes tokens [headSize / kGroup][kLanes][kGroup].
// Packed rows: [slots / kGroup][headSize][kGroup]. kGroup channels or tokens are multiplied at
// once.

#include "kernels/api/cpu_attention.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include <immintrin.h>

namespace tessera::kernels {

template <class V>
class CpuTiles {
public:
    using Element = typename V::Element;
    using Vector = typename V::Vector;

    static void packColumns(const CpuRows& from,
                            std::int64_t headSize,
                            const std::int32_t* slots,
                            std::int64_t begin,
                            std::int64_t end,
                            void* packed) {
        const std::int64_t words = headSize / kGroup;
        for (std::int64_t slot = begin; slot < end; slot += kSquare) {
            const Element* rows[kSquare];
            for (std::int64_t i = 0; i < kSquare; ++i) {
                rows[i] = rowOrZeros(from, slots[slot + i]);
            }
            Element* to = static_cast<Element*>(packed) + slot / kLanes * kLanes * headSize +
                          slot % kLanes * kGroup;
            for (std::int64_t word = 0; word < words; word += kSquare) {
                transpose(rows, word * kGroup, to + word * kLanes * kGroup);
            }
        }
    }

    static void packRows(const CpuRows& from,
                         std::int64_t headSize,
                         const std::int32_t* slots,
                         std::int64_t begin,
                         std::int64_t end,
                         void* packed) {
        for (std::int64_t slot = begin; slot < end; slot += kGroup) {
            Element* to = static_cast<Element*>(packed) + slot * headSize;
            const Element* row = rowOrZeros(from, slots[slot]);
            if constexpr (kGroup == 1) {
                std::memcpy(to, row, static_cast<std::size_t>(headSize) * sizeof(Element));
            } else {
                const Element* next = rowOrZeros(from, slots[slot + 1]);
                for (std::int64_t channel = 0; channel < headSize; ++channel) {
                    const std::uint32_t pair = row[channel] | std::uint32_t{next[channel]} << 16;
                    std::memcpy(to + channel * kGroup, &pair, sizeof pair);
                }
            }
        }
    }

    // Milakov and Gimelshein, "Online normalizer calculation for softmax", algorithm 3.
    static void forward(const CpuForward& params, const CpuTile& tile) {
        alignas(64) Element queries[kCpuTileRows * kMostChannels];
        alignas(64) float sums[kCpuTileRows * kMostChannels];
        RowState states[kCpuTileRows];
        gather(params.q, params.headSize, tile, queries);
        clear(sums, params.headSize, tile);
        walk(tile, params.slots, [&](const Part& part, auto rows, std::int64_t first) {
            alignas(64) float scores[kRows * kColumns];
            alignas(64) Element weights[kRows * kColumns];
            constexpr int kCount = decltype(rows)::value;
            multiply<kCount>(
                queries + first * kMostChannels, params.keyColumns, params.headSize, part, scores);
            hidePadding<kCount>(part, scores);
            weigh<kCount>(part.blocks,
                          params.scale,
                          params.headSize,
                          scores,
                          weights,
                          states + first,
                          sums + first * kMostChannels);
            accumulate<kCount>(
                weights, params.valueRows, params.headSize, part, sums + first * kMostChannels);
        });
        for (std::int64_t row = 0; row < tile.count; ++row) {
            const std::int64_t token = tile.tokens[row];
            const float total = V::sumOf(states[row].total);
            const Vector inverse = V::set(1.0F / total);
            Element* to = static_cast<Element*>(params.out) + token * params.outStride;
            for (std::int64_t channel = 0; channel < params.headSize; channel += kLanes) {
                V::storeElements(
                    to + channel,
                    V::multiply(V::load(sums + row * kMostChannels + channel), inverse));
            }
            if (params.lse != nullptr) {
                params.lse[token] = states[row].shift / kLog2E + std::log(total);
            }
        }
    }

    // Dao, "FlashAttention-2", algorithm 2, by rows of queries: dS = P * (dP - rowProducts).
    static void queryGradient(const CpuQueryGradient& params, const CpuTile& tile) {
        alignas(64) float queries[kCpuTileRows * kMostChannels];
        alignas(64) float gradients[kCpuTileRows * kMostChannels];
        alignas(64) float sums[kCpuTileRows * kMostChannels];
        float products[kCpuTileRows];
        gather(params.q, params.headSize, tile, queries);
        gather(params.gradOut, params.headSize, tile, gradients);
        clear(sums, params.headSize, tile);
        for (std::int64_t row = 0; row < tile.count; ++row) {
            const float* out = rowOf(params.out, tile.tokens[row]);
            Vector product = V::zero();
            for (std::int64_t channel = 0; channel < params.headSize; channel += kLanes) {
                product = V::multiplyAdd(V::load(gradients + row * kMostChannels + channel),
                                         V::load(out + channel),
                                         product);
            }
            products[row] = V::sumOf(product);
            params.rowProducts[tile.tokens[row]] = products[row];
        }
        const Vector factor = V::set(params.scale * kLog2E);
        walk(tile, params.slots, [&](const Part& part, auto rows, std::int64_t first) {
            alignas(64) float scores[kRows * kColumns];
            alignas(64) float slopes[kRows * kColumns];
            constexpr int kCount = decltype(rows)::value;
            multiply<kCount>(
                queries + first * kMostChannels, params.keyColumns, params.headSize, part, scores);
            multiply<kCount>(gradients + first * kMostChannels,
                             params.valueColumns,
                             params.headSize,
                             part,
                             slopes);
            hidePadding<kCount>(part, scores);
            for (int r = 0; r < kCount; ++r) {
                const Vector shift = V::set(params.lse[tile.tokens[first + r]] * kLog2E);
                const Vector product = V::set(products[first + r]);
                for (std::int64_t i = r * kColumns; i < r * kColumns + part.blocks * kLanes;
                     i += kLanes) {
                    const Vector p =
                        V::powerOfTwo(V::multiplySubtract(V::load(scores + i), factor, shift));
                    V::store(scores + i, V::multiply(p, V::subtract(V::load(slopes + i), product)));
                }
            }
            accumulate<kCount>(
                scores, params.keyRows, params.headSize, part, sums + first * kMostChannels);
        });
        scatter(sums, params.scale, params.headSize, tile, params.gradQ, params.gradStride);
    }

    // The same by rows of keys.
    static void keyGradient(const CpuKeyGradient& params, const CpuTile& tile) {
        alignas(64) float keys[kCpuTileRows * kMostChannels];
        alignas(64) float values[kCpuTileRows * kMostChannels];
        alignas(64) float keySums[kCpuTileRows * kMostChannels];
        alignas(64) float valueSums[kCpuTileRows * kMostChannels];
        gather(params.k, params.headSize, tile, keys);
        gather(params.v, params.headSize, tile, values);
        clear(keySums, params.headSize, tile);
        clear(valueSums, params.headSize, tile);
        const Vector factor = V::set(params.scale * kLog2E);
        const Vector toPowers = V::set(kLog2E);
        walk(tile, nullptr, [&](const Part& part, auto rows, std::int64_t first) {
            alignas(64) float weights[kRows * kColumns];
            alignas(64) float slopes[kRows * kColumns];
            constexpr int kCount = decltype(rows)::value;
            multiply<kCount>(
                keys + first * kMostChannels, params.queryColumns, params.headSize, part, weights);
            multiply<kCount>(values + first * kMostChannels,
                             params.gradOutColumns,
                             params.headSize,
                             part,
                             slopes);
            for (std::int64_t column = 0; column < part.blocks * kLanes; column += kLanes) {
                const std::int64_t slot = part.block * kLanes + column;
                const Vector shift = V::multiply(V::load(params.lse + slot), toPowers);
                const Vector product = V::load(params.rowProducts + slot);
                for (int r = 0; r < kCount; ++r) {
                    const std::int64_t i = r * kColumns + column;
                    const Vector p =
                        V::powerOfTwo(V::multiplySubtract(V::load(weights + i), factor, shift));
                    V::store(weights + i, p);
                    V::store(slopes + i, V::multiply(p, V::subtract(V::load(slopes + i), product)));
                }
            }
            accumulate<kCount>(weights,
                               params.gradOutRows,
                               params.headSize,
                               part,
                               valueSums + first * kMostChannels);
            accumulate<kCount>(
                slopes, params.queryRows, params.headSize, part, keySums + first * kMostChannels);
        });
        scatter(keySums, params.scale, params.headSize, tile, params.gradK, params.gradStride);
        scatter(valueSums, 1.0F, params.headSize, tile, params.gradV, params.gradStride);
    }

private:
    static constexpr std::int64_t kLanes = V::kLanes;
    static constexpr std::int64_t kGroup = V::kGroup;
    static constexpr int kVectors = V::kVectors;  // columns of one product, in vectors
    // Query rows of one product. With 4 vectors of columns 24 accumulators, 4 operands and a
    // broadcast fill 32 registers; with 2 they are 12, 2 and 1 of 16.
    static constexpr int kRows = 6;
    static constexpr std::int64_t kMostChannels = 128;  // the largest head size
    // Columns of one softmax tile: 6 rows of 256 scores stay in the first-level cache, the keys and
    // values of 256 tokens in the second.
    static constexpr std::int64_t kColumns = 384;
    static constexpr std::int64_t kSquare = 8;  // words of a transposition, both ways
    static constexpr float kLog2E = 1.44269504F;

    // Consecutive blocks that are multiplied together.
    struct Part {
        std::int64_t block = 0;
        std::int64_t blocks = 0;
        int real[kColumns / kLanes] = {};  // tokens of each block that are no padding
    };

    // Weights are 2^(score * scale * log2(e) - shift).
    struct RowState {
        float largest = std::numeric_limits<float>::lowest();  // score
        float shift = std::numeric_limits<float>::lowest();
        Vector total = V::zero();
    };

    static const Element* rowOf(const CpuRows& rows, std::int64_t token) {
        return static_cast<const Element*>(rows.data) + token * rows.stride;
    }

    // Padding's row.
    static const Element* rowOrZeros(const CpuRows& rows, std::int64_t token) {
        alignas(64) static constexpr Element kZeros[kMostChannels] = {};
        return token < 0 ? kZeros : rowOf(rows, token);
    }

    // to[word][kLanes words] = rows[8][offset + 8 words], words of 32 bits.
    static void transpose(const Element* const (&rows)[kSquare], std::int64_t offset, Element* to) {
        __m256i x[kSquare], pairs[kSquare], fours[kSquare];
        for (std::int64_t i = 0; i < kSquare; ++i) {
            x[i] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(rows[i] + offset));
        }
        for (std::int64_t i = 0; i < kSquare; i += 2) {
            pairs[i] = _mm256_unpacklo_epi32(x[i], x[i + 1]);
            pairs[i + 1] = _mm256_unpackhi_epi32(x[i], x[i + 1]);
        }
        for (std::int64_t i = 0; i < kSquare; i += 4) {
            fours[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
            fours[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
            fours[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
            fours[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
        }
        for (std::int64_t i = 0; i < kSquare / 2; ++i) {
            const auto store = [&](std::int64_t word, __m256i value) {
                _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + word * kLanes * kGroup), value);
            };
            store(i, _mm256_permute2x128_si256(fours[i], fours[i + 4], 0x20));
            store(i + 4, _mm256_permute2x128_si256(fours[i], fours[i + 4], 0x31));
        }
    }

    static void gather(const CpuRows& from,
                       std::int64_t headSize,
                       const CpuTile& tile,
                       Element* to) {
        for (std::int64_t row = 0; row < tile.count; ++row) {
            std::memcpy(to + row * kMostChannels,
                        rowOf(from, tile.tokens[row]),
                        static_cast<std::size_t>(headSize) * sizeof(Element));
        }
    }

    static void clear(float* sums, std::int64_t headSize, const CpuTile& tile) {
        for (std::int64_t row = 0; row < tile.count; ++row) {
            std::memset(
                sums + row * kMostChannels, 0, static_cast<std::size_t>(headSize) * sizeof(float));
        }
    }

    static void scatter(const float* sums,
                        float scale,
                        std::int64_t headSize,
                        const CpuTile& tile,
                        float* to,
                        std::int64_t stride) {
        for (std::int64_t row = 0; row < tile.count; ++row) {
            for (std::int64_t channel = 0; channel < headSize; channel += kLanes) {
                V::store(to + tile.tokens[row] * stride + channel,
                         V::multiply(V::load(sums + row * kMostChannels + channel), V::set(scale)));
            }
        }
    }

    // Calls work(part, integral_constant<rows>, first row) for every part of the runs and, within
    // it, every kRows rows: a part's blocks stay in the cache for all rows of the tile.
    template <class Work>
    static void walk(const CpuTile& tile, const std::int32_t* slots, const Work& work) {
        for (const CpuRun& run : tile.runs) {
            const std::int64_t each = blocksTogether(run.end - run.begin);
            for (std::int64_t block = run.begin; block < run.end; block += each) {
                Part part;
                part.block = block;
                part.blocks = run.end - block < each ? run.end - block : each;
                for (std::int64_t i = 0; slots != nullptr && i < part.blocks; ++i) {
                    part.real[i] = realTokens(slots + (block + i) * kLanes);
                }
                std::int64_t first = 0;
                for (; first + kRows <= tile.count; first += kRows) {
                    work(part, std::integral_constant<int, kRows>(), first);
                }
                switch (tile.count - first) {
                    case 1:
                        work(part, std::integral_constant<int, 1>(), first);
                        break;
                    case 2:
                        work(part, std::integral_constant<int, 2>(), first);
                        break;
                    case 3:
                        work(part, std::integral_constant<int, 3>(), first);
                        break;
                    case 4:
                        work(part, std::integral_constant<int, 4>(), first);
                        break;
                    case 5:
                        work(part, std::integral_constant<int, 5>(), first);
                        break;
                    default:
                        break;
                }
            }
        }
    }

    // As many as fit, but about as many in every part of a run: whole products.
    static std::int64_t blocksTogether(std::int64_t blocks) {
        constexpr std::int64_t kMost = kColumns / kLanes;
        const std::int64_t parts = (blocks + kMost - 1) / kMost;
        const std::int64_t each = parts == 0 ? 1 : (blocks + parts - 1) / parts;
        return (each + kVectors - 1) / kVectors * kVectors;
    }

    static int realTokens(const std::int32_t* slots) {
        int count = kLanes;
        while (count > 0 && slots[count - 1] < 0) {
            --count;
        }
        return count;
    }

    // c[R][N vectors] = a[R][groups] b[groups][N vectors], or adds that to it.
    template <int R, int N, bool kAdds, std::int64_t kStride>
    static void product(const Element* a,
                        const Element* b,
                        std::int64_t vectorStep,
                        std::int64_t groupStep,
                        std::int64_t groups,
                        float* c,
                        std::int64_t cStride) {
        Vector sums[R][N];
        for (int r = 0; r < R; ++r) {
            for (int n = 0; n < N; ++n) {
                sums[r][n] = kAdds ? V::load(c + r * cStride + n * kLanes) : V::zero();
            }
        }
        for (std::int64_t group = 0; group < groups; ++group) {
            typename V::Operand right[N];
            for (int n = 0; n < N; ++n) {
                right[n] = V::operand(b + n * vectorStep);
            }
            for (int r = 0; r < R; ++r) {
                const typename V::Operand left = V::broadcast(a + r * kStride);
                for (int n = 0; n < N; ++n) {
                    sums[r][n] = V::multiplyAdd(left, right[n], sums[r][n]);
                }
            }
            a += kGroup;
            b += groupStep;
        }
        for (int r = 0; r < R; ++r) {
            for (int n = 0; n < N; ++n) {
                V::store(c + r * cStride + n * kLanes, sums[r][n]);
            }
        }
    }

    // results[R][kColumns] = rows[R][kMostChannels] times the packed columns of a part.
    template <int R>
    static void multiply(const Element* rows,
                         const void* packed,
                         std::int64_t headSize,
                         const Part& part,
                         float* results) {
        const std::int64_t size = headSize * kLanes;  // of a block
        const Element* from = static_cast<const Element*>(packed) + part.block * size;
        const auto some = [&](auto vectors, std::int64_t block) {
            product<R, decltype(vectors)::value, false, kMostChannels>(rows,
                                                                       from + block * size,
                                                                       size,
                                                                       kLanes * kGroup,
                                                                       headSize / kGroup,
                                                                       results + block * kLanes,
                                                                       kColumns);
        };
        std::int64_t block = 0;
        for (; block + kVectors <= part.blocks; block += kVectors) {
            some(std::integral_constant<int, kVectors>(), block);
        }
        const std::int64_t rest = part.blocks - block;
        if (rest == 1) {
            some(std::integral_constant<int, 1>(), block);
        }
        if constexpr (kVectors == 4) {
            if (rest == 2) {
                some(std::integral_constant<int, 2>(), block);
            } else if (rest == 3) {
                some(std::integral_constant<int, 3>(), block);
            }
        }
    }

    // sums[R][kMostChannels] += weights[R][kColumns] times the packed rows of a part.
    template <int R>
    static void accumulate(const Element* weights,
                           const void* packed,
                           std::int64_t headSize,
                           const Part& part,
                           float* sums) {
        const Element* from = static_cast<const Element*>(packed) + part.block * kLanes * headSize;
        const auto some = [&](auto vectors, std::int64_t channel) {
            product<R, decltype(vectors)::value, true, kColumns>(weights,
                                                                 from + channel * kGroup,
                                                                 kLanes * kGroup,
                                                                 headSize * kGroup,
                                                                 part.blocks * kLanes / kGroup,
                                                                 sums + channel,
                                                                 kMostChannels);
        };
        if (headSize % (kVectors * kLanes) == 0) {
            for (std::int64_t channel = 0; channel < headSize; channel += kVectors * kLanes) {
                some(std::integral_constant<int, kVectors>(), channel);
            }
        } else if constexpr (kVectors == 4) {  // head size 96 in vectors of 16
            for (std::int64_t channel = 0; channel < headSize; channel += 3 * kLanes) {
                some(std::integral_constant<int, 3>(), channel);
            }
        }
    }

    // The scores of padding become -infinity.
    template <int R>
    static void hidePadding(const Part& part, float* scores) {
        for (std::int64_t block = 0; block < part.blocks; ++block) {
            if (part.real[block] == kLanes) {
                continue;
            }
            for (int r = 0; r < R; ++r) {
                float* at = scores + r * kColumns + block * kLanes;
                V::store(at, V::firstOf(V::load(at), part.real[block]));
            }
        }
    }

    // Turns the scores of R rows into weights; where they exceed a row's maximum, raises it and
    // rescales what was summed. Row by row in each step, so that the rows' chains overlap.
    template <int R>
    static void weigh(std::int64_t blocks,
                      float scale,
                      std::int64_t headSize,
                      const float* scores,
                      Element* weights,
                      RowState* states,
                      float* sums) {
        float peaks[R];
        for (int r = 0; r < R; ++r) {
            Vector most = V::load(scores + r * kColumns);
            for (std::int64_t i = kLanes; i < blocks * kLanes; i += kLanes) {
                most = V::larger(most, V::load(scores + r * kColumns + i));
            }
            peaks[r] = V::largestOf(most);
        }
        const Vector factor = V::set(scale * kLog2E);
        for (int r = 0; r < R; ++r) {
            RowState& state = states[r];
            if (peaks[r] > state.largest) {
                const float shift = peaks[r] * (scale * kLog2E);
                const Vector shrink = V::powerOfTwo(V::set(state.shift - shift));
                for (std::int64_t channel = 0; channel < headSize; channel += kLanes) {
                    float* at = sums + r * kMostChannels + channel;
                    V::store(at, V::multiply(V::load(at), shrink));
                }
                state.total = V::multiply(state.total, shrink);
                state.largest = peaks[r];
                state.shift = shift;
            }
        }
        for (int r = 0; r < R; ++r) {
            const Vector shift = V::set(states[r].shift);
            Vector total = states[r].total;
            for (std::int64_t i = r * kColumns; i < r * kColumns + blocks * kLanes; i += kLanes) {
                const Vector weight =
                    V::powerOfTwo(V::multiplySubtract(V::load(scores + i), factor, shift));
                total = V::add(total, weight);
                V::storeElements(weights + i, weight);
            }
            states[r].total = total;
        }
    }
};

}  // namespace tessera::kernels
