// Compiled with AVX-512 BF16 on; called only after supportsOnCpu() said yes.

#include "kernels/api/cpu_elementwise.h"
#include "kernels/elementwise/cpu_rows_avx512.h"

#include <cmath>

namespace tessera::kernels {

namespace {

constexpr std::int64_t kMostWidth = 4096;

// The modulation of one batch entry in fp32, and the row in work.
struct Buffers {
    alignas(64) float gate[kMostWidth];
    alignas(64) float factor[kMostWidth];  // 1 + scale
    alignas(64) float shift[kMostWidth];
    alignas(64) float row[kMostWidth];
};

template <class Rows>
void loadModulation(const ModulateForward& p, std::int64_t batch, Buffers& to) {
    const __m512 one = _mm512_set1_ps(1.0F);
    for (std::int64_t c = 0; c < p.shape.width; c += kRowLanes) {
        const std::int64_t ofGate = batch * p.shape.gateStride + c;
        const std::int64_t ofNorm = batch * p.shape.normStride + c;
        _mm512_store_ps(to.gate + c, p.gate != nullptr ? Rows::load(p.gate, ofGate) : one);
        if (p.scale != nullptr) {
            _mm512_store_ps(to.factor + c, _mm512_add_ps(one, Rows::load(p.scale, ofNorm)));
            _mm512_store_ps(to.shift + c, Rows::load(p.shift, ofNorm));
        }
    }
}

// Leaves x + gate * branch as it was rounded in `buffers.row`; returns its sum. Two chains of
// additions, so that they overlap.
template <class Rows>
float addBranch(const ModulateForward& p, std::int64_t first, Buffers& buffers) {
    __m512 sums[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
    for (std::int64_t c = 0; c < p.shape.width; c += kRowLanes) {
        __m512 value = Rows::load(p.x, first + c);
        if (p.branch != nullptr) {
            const __m512 gate = _mm512_load_ps(buffers.gate + c);
            value = _mm512_fmadd_ps(gate, Rows::load(p.branch, first + c), value);
            Rows::store(p.sum, first + c, value);
            value = Rows::rounded(value);
        }
        _mm512_store_ps(buffers.row + c, value);
        __m512& sum = sums[c / kRowLanes % 2];
        sum = _mm512_add_ps(sum, value);
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(sums[0], sums[1]));
}

float squaresAbout(float mean, const float* row, std::int64_t width) {
    const __m512 middle = _mm512_set1_ps(mean);
    __m512 sums[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
    for (std::int64_t c = 0; c < width; c += kRowLanes) {
        const __m512 away = _mm512_sub_ps(_mm512_load_ps(row + c), middle);
        __m512& sum = sums[c / kRowLanes % 2];
        sum = _mm512_fmadd_ps(away, away, sum);
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(sums[0], sums[1]));
}

template <class Rows>
void modulate(const ModulateForward& p, std::int64_t begin, std::int64_t end) {
    Buffers buffers;
    const std::int64_t width = p.shape.width;
    const auto count = static_cast<float>(width);
    for (std::int64_t i = begin; i < end; ++i) {
        if (i == begin || i % p.shape.tokens == 0) {
            loadModulation<Rows>(p, i / p.shape.tokens, buffers);
        }
        const std::int64_t first = i * width;
        const float mean = addBranch<Rows>(p, first, buffers) / count;
        if (p.scale == nullptr) {
            continue;
        }
        const float variance = squaresAbout(mean, buffers.row, width) / count;
        const float rstd = 1.0F / std::sqrt(variance + static_cast<float>(p.shape.epsilon));
        const __m512 middle = _mm512_set1_ps(mean), inverse = _mm512_set1_ps(rstd);
        for (std::int64_t c = 0; c < width; c += kRowLanes) {
            const __m512 normed =
                _mm512_mul_ps(_mm512_sub_ps(_mm512_load_ps(buffers.row + c), middle), inverse);
            Rows::store(
                p.out,
                first + c,
                _mm512_fmadd_ps(
                    normed, _mm512_load_ps(buffers.factor + c), _mm512_load_ps(buffers.shift + c)));
        }
    }
}

}  // namespace

void modulateCpu(CpuElement element,
                 const ModulateForward& params,
                 std::int64_t begin,
                 std::int64_t end) {
    if (element == CpuElement::Bf16) {
        modulate<Bf16Rows>(params, begin, end);
    } else {
        modulate<Fp32Rows>(params, begin, end);
    }
}

}  // namespace tessera::kernels
