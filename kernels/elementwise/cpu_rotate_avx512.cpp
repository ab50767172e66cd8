// Compiled with AVX-512 BF16 on; called only after supportsOnCpu() said yes.

#include "kernels/api/cpu_elementwise.h"
#include "kernels/elementwise/cpu_rows_avx512.h"

#include <cmath>

namespace tessera::kernels {

namespace {

// A head of N vectors.
template <class Rows, int N>
void rotate(const RotateForward& p, std::int64_t begin, std::int64_t end) {
    constexpr std::int64_t kSize = N * kRowLanes;
    const std::int64_t heads = p.shape.heads;
    const auto epsilon = static_cast<float>(p.shape.epsilon);
    alignas(64) float weights[2 * kSize];
    for (std::int64_t c = 0; c < kSize; c += kRowLanes) {
        _mm512_store_ps(weights + c, Rows::load(p.queryWeight, c));
        _mm512_store_ps(weights + kSize + c, Rows::load(p.keyWeight, c));
    }
    for (std::int64_t row = begin; row < end; ++row) {
        __m512 cosine[N], sine[N];
        for (int n = 0; n < N; ++n) {
            const std::int64_t turn = row % p.shape.tokens * kSize + n * kRowLanes;
            cosine[n] = Rows::load(p.cosine, turn);
            sine[n] = Rows::load(p.sine, turn);
        }
        for (std::int64_t part = 0; part < 2; ++part) {
            void* out = part == 0 ? p.query : p.key;
            for (std::int64_t head = 0; head < heads; ++head) {
                const std::int64_t from = ((row * 3 + part) * heads + head) * kSize;
                const std::int64_t to = (row * heads + head) * kSize;
                __m512 z[N], squares = _mm512_setzero_ps();
                for (int n = 0; n < N; ++n) {
                    z[n] = Rows::load(p.packed, from + n * kRowLanes);
                    squares = _mm512_fmadd_ps(z[n], z[n], squares);
                }
                const float mean = _mm512_reduce_add_ps(squares) / static_cast<float>(kSize);
                const __m512 inverse = _mm512_set1_ps(1.0F / std::sqrt(mean + epsilon));
                for (int n = 0; n < N; ++n) {
                    const __m512 weight = _mm512_load_ps(weights + part * kSize + n * kRowLanes);
                    z[n] = _mm512_mul_ps(_mm512_mul_ps(z[n], inverse), weight);
                }
                for (int n = 0; n < N; ++n) {
                    const __m512 other = _mm512_mul_ps(z[(n + N / 2) % N], sine[n]);
                    Rows::store(out, to + n * kRowLanes, _mm512_fmadd_ps(z[n], cosine[n], other));
                }
            }
        }
    }
}

template <class Rows>
void rotateAnySize(const RotateForward& params, std::int64_t begin, std::int64_t end) {
    if (params.shape.headSize == 64) {
        rotate<Rows, 4>(params, begin, end);
    } else if (params.shape.headSize == 96) {
        rotate<Rows, 6>(params, begin, end);
    } else {
        rotate<Rows, 8>(params, begin, end);
    }
}

}  // namespace

void rotateCpu(CpuElement element,
               const RotateForward& params,
               std::int64_t begin,
               std::int64_t end) {
    if (element == CpuElement::Bf16) {
        rotateAnySize<Bf16Rows>(params, begin, end);
    } else {
        rotateAnySize<Fp32Rows>(params, begin, end);
    }
}

}  // namespace tessera::kernels
