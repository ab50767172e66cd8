// Compiled with AVX2 and FMA on; called only after chooseCpuAttention() found them.

#include "kernels/attention/cpu_tiles.h"
#include "kernels/common/avx2_math.h"
#include "kernels/common/cpu_variants.h"

namespace tessera::kernels {

namespace {

struct Fp32Avx2 {
    using Element = float;
    using Vector = __m256;
    using Operand = __m256;
    static constexpr std::int64_t kLanes = 8;
    static constexpr std::int64_t kGroup = 1;
    static constexpr int kVectors = 2;

    static Vector zero() { return _mm256_setzero_ps(); }

    static Vector set(float x) { return _mm256_set1_ps(x); }

    static Vector load(const float* from) { return _mm256_loadu_ps(from); }

    static void store(float* to, Vector x) { _mm256_storeu_ps(to, x); }

    static Operand operand(const Element* from) { return _mm256_loadu_ps(from); }

    static Operand broadcast(const Element* from) { return _mm256_broadcast_ss(from); }

    static void storeElements(Element* to, Vector x) { _mm256_storeu_ps(to, x); }

    static Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }

    static Vector subtract(Vector a, Vector b) { return _mm256_sub_ps(a, b); }

    static Vector multiply(Vector a, Vector b) { return _mm256_mul_ps(a, b); }

    static Vector multiplyAdd(Operand a, Operand b, Vector c) { return _mm256_fmadd_ps(a, b, c); }

    static Vector multiplySubtract(Vector a, Vector b, Vector c) {
        return _mm256_fmsub_ps(a, b, c);
    }

    static Vector larger(Vector a, Vector b) { return _mm256_max_ps(a, b); }

    static float largestOf(Vector x) {
        const __m128 four = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
        const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
        return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
    }

    static float sumOf(Vector x) {
        const __m128 four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
        const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
    }

    static Vector firstOf(Vector x, int count) { return firstLanes(x, count); }

    static Vector powerOfTwo(Vector x) { return precisePowerOfTwo(x); }
};

using Tiles = CpuTiles<Fp32Avx2>;

}  // namespace

const CpuAttention kCpuFp32Avx2{CpuInstructions::Avx2,
                                CpuElement::Fp32,
                                Fp32Avx2::kLanes,
                                Tiles::packColumns,
                                Tiles::packRows,
                                Tiles::forward,
                                Tiles::queryGradient,
                                Tiles::keyGradient};

}  // namespace tessera::kernels
