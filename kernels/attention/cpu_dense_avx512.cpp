// Compiled with AVX-512 BF16 on; called only after hasCpuAttention() said yes.

#include "kernels/api/cpu_attention.h"
#include "kernels/common/avx512_math.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include <immintrin.h>

namespace tessera::kernels {

namespace {

constexpr std::int64_t kHead = kCpuAttentionHeadSize;
constexpr std::int64_t kLanes = 16;    // fp32 numbers of a vector
constexpr std::int64_t kColumns = 64;  // of one product: four vectors of accumulators
constexpr std::int64_t kVectors = kColumns / kLanes;
// Keys of one softmax tile: 6 rows of 256 scores and their bf16 copies stay in the first-level
// cache.
constexpr std::int64_t kTile = 256;
constexpr int kRows =
    6;  // query rows together: 24 accumulators, 4 panels and a broadcast fill the 32 registers

std::int64_t padded(std::int64_t keys) {
    return (keys + kColumns - 1) / kColumns * kColumns;
}

// Panels of a packed head: for each 64 keys, [32 pairs of channels][64 keys][2]; behind them the
// values, for each pair of keys [64 channels][2].
const std::uint16_t* keyPanel(const std::byte* packed, std::int64_t block) {
    return reinterpret_cast<const std::uint16_t*>(packed) + block * kColumns * kHead;
}

const std::uint16_t* valuePanel(const std::byte* packed, std::int64_t keys, std::int64_t key) {
    return reinterpret_cast<const std::uint16_t*>(packed) + padded(keys) * kHead + key * kHead;
}

// c[R][4 vectors] += a[R][2 * pairs] x panel[pairs][64][2]
template <int R>
inline void product(__m512 (&c)[kRows][kVectors],
                    const std::uint16_t* const* a,
                    const std::uint16_t* panel,
                    std::int64_t pairs) {
    for (std::int64_t p = 0; p < pairs; ++p) {
        __m512bh b[kVectors];
        for (std::int64_t v = 0; v < kVectors; ++v) {
            b[v] = (__m512bh)_mm512_loadu_si512(panel + (p * kColumns + v * kLanes) * 2);
        }
        for (int r = 0; r < R; ++r) {
            std::int32_t pair;
            std::memcpy(&pair, a[r] + 2 * p, sizeof pair);
            const __m512bh x = (__m512bh)_mm512_set1_epi32(pair);
            for (std::int64_t v = 0; v < kVectors; ++v) {
                c[r][v] = _mm512_dpbf16_ps(c[r][v], x, b[v]);
            }
        }
    }
}

// Online softmax state of R rows (Milakov and Gimelshein, "Online normalizer calculation for
// softmax", algorithm 3).
template <int R>
void attendRows(const Bf16Rows& q,
                std::int64_t head,
                std::int64_t row,
                const std::byte* packed,
                std::int64_t keys,
                float scale,
                std::uint16_t* out,
                std::int64_t outHeadStride,
                std::int64_t outRowStride) {
    alignas(64) float scores[kRows][kTile];
    alignas(64) std::uint16_t weights[kRows][kTile];
    __m512 sums[kRows][kVectors];
    float largest[kRows];
    float total[kRows];
    const std::uint16_t* queries[kRows] = {};
    const std::uint16_t* weightRows[kRows] = {};
    for (int r = 0; r < R; ++r) {
        queries[r] = q.data + head * q.headStride + (row + r) * q.rowStride;
        weightRows[r] = weights[r];
        largest[r] = -std::numeric_limits<float>::infinity();
        total[r] = 0.0F;
        for (__m512& sum : sums[r]) {
            sum = _mm512_setzero_ps();
        }
    }
    constexpr float kLog2E = 1.44269504F;
    const __m512 factor = _mm512_set1_ps(scale * kLog2E);  // scores in powers of two
    const std::int64_t all = padded(keys);
    for (std::int64_t first = 0; first < all; first += kTile) {
        const std::int64_t count = std::min(kTile, all - first);
        for (std::int64_t column = 0; column < count; column += kColumns) {
            __m512 c[kRows][kVectors];
            for (int r = 0; r < R; ++r) {
                for (__m512& value : c[r]) {
                    value = _mm512_setzero_ps();
                }
            }
            product<R>(c, queries, keyPanel(packed, (first + column) / kColumns), kHead / 2);
            for (int r = 0; r < R; ++r) {
                for (std::int64_t v = 0; v < kVectors; ++v) {
                    __m512 value = _mm512_mul_ps(c[r][v], factor);
                    const std::int64_t left = keys - (first + column + v * kLanes);
                    if (left < kLanes) {  // padding takes no part
                        const auto real = static_cast<__mmask16>(left <= 0 ? 0 : (1u << left) - 1u);
                        value = _mm512_mask_blend_ps(
                            real, _mm512_set1_ps(-std::numeric_limits<float>::infinity()), value);
                    }
                    _mm512_store_ps(scores[r] + column + v * kLanes, value);
                }
            }
        }
        for (int r = 0; r < R; ++r) {
            __m512 most = _mm512_load_ps(scores[r]);
            for (std::int64_t i = kLanes; i < count; i += kLanes) {
                most = _mm512_max_ps(most, _mm512_load_ps(scores[r] + i));
            }
            const float peak = std::max(largest[r], _mm512_reduce_max_ps(most));
            if (peak > largest[r]) {
                const __m512 shrink = powerOfTwo(_mm512_set1_ps(largest[r] - peak));
                for (__m512& sum : sums[r]) {
                    sum = _mm512_mul_ps(sum, shrink);
                }
                total[r] *= _mm512_cvtss_f32(shrink);
                largest[r] = peak;
            }
            const __m512 shift = _mm512_set1_ps(peak);
            __m512 tileTotal = _mm512_setzero_ps();
            for (std::int64_t i = 0; i < count; i += 2 * kLanes) {
                const __m512 low = _mm512_sub_ps(_mm512_load_ps(scores[r] + i), shift);
                const __m512 high = _mm512_sub_ps(_mm512_load_ps(scores[r] + i + kLanes), shift);
                // Below 2^-126 a weight is nothing; without the mask padding would count as 2^-126.
                const __m512 floorValue = _mm512_set1_ps(-126.0F);
                const __m512 a = _mm512_maskz_mov_ps(
                    _mm512_cmp_ps_mask(low, floorValue, _CMP_GT_OQ), powerOfTwo(low));
                const __m512 b = _mm512_maskz_mov_ps(
                    _mm512_cmp_ps_mask(high, floorValue, _CMP_GT_OQ), powerOfTwo(high));
                tileTotal = _mm512_add_ps(tileTotal, _mm512_add_ps(a, b));
                _mm512_store_si512(weights[r] + i, (__m512i)_mm512_cvtne2ps_pbh(b, a));
            }
            total[r] += _mm512_reduce_add_ps(tileTotal);
        }
        product<R>(sums, weightRows, valuePanel(packed, keys, first), count / 2);
    }
    for (int r = 0; r < R; ++r) {
        const __m512 inverse = _mm512_set1_ps(1.0F / total[r]);
        std::uint16_t* to = out + head * outHeadStride + (row + r) * outRowStride;
        for (std::int64_t v = 0; v < kVectors; v += 2) {
            const __m512 a = _mm512_mul_ps(sums[r][v], inverse);
            const __m512 b = _mm512_mul_ps(sums[r][v + 1], inverse);
            _mm512_storeu_si512(to + v * kLanes, (__m512i)_mm512_cvtne2ps_pbh(b, a));
        }
    }
}

}  // namespace

std::size_t cpuAttentionPackedBytes(std::int64_t keys) {
    return static_cast<std::size_t>(2 * padded(keys) * kHead) * sizeof(std::uint16_t);
}

void packCpuAttention(
    const Bf16Rows& k, const Bf16Rows& v, std::int64_t head, std::int64_t keys, std::byte* packed) {
    auto* to = reinterpret_cast<std::uint16_t*>(packed);
    std::memset(packed, 0, cpuAttentionPackedBytes(keys));
    for (std::int64_t key = 0; key < keys; ++key) {
        const std::uint16_t* from = k.data + head * k.headStride + key * k.rowStride;
        std::uint16_t* panel = to + key / kColumns * kColumns * kHead + key % kColumns * 2;
        for (std::int64_t pair = 0; pair < kHead / 2; ++pair) {
            std::memcpy(panel + pair * kColumns * 2, from + 2 * pair, 2 * sizeof(std::uint16_t));
        }
    }
    std::uint16_t* values = to + padded(keys) * kHead;
    for (std::int64_t key = 0; key < keys; ++key) {
        const std::uint16_t* from = v.data + head * v.headStride + key * v.rowStride;
        std::uint16_t* pair = values + key / 2 * kHead * 2 + key % 2;
        for (std::int64_t channel = 0; channel < kHead; ++channel) {
            pair[2 * channel] = from[channel];
        }
    }
}

void attendCpu(const Bf16Rows& q,
               std::int64_t head,
               std::int64_t begin,
               std::int64_t end,
               const std::byte* packed,
               std::int64_t keys,
               float scale,
               std::uint16_t* out,
               std::int64_t outHeadStride,
               std::int64_t outRowStride) {
    std::int64_t row = begin;
    for (; row + kRows <= end; row += kRows) {
        attendRows<kRows>(q, head, row, packed, keys, scale, out, outHeadStride, outRowStride);
    }
    for (; row < end; ++row) {
        attendRows<1>(q, head, row, packed, keys, scale, out, outHeadStride, outRowStride);
    }
}

}  // namespace tessera::kernels
