// Compiled with AVX-512 BF16 on; called only after chooseCpuAttention() found it.

#include "kernels/attention/cpu_tiles.h"
#include "kernels/common/avx512_math.h"
#include "kernels/common/cpu_variants.h"

namespace tessera::kernels {

namespace {

// Products of bf16 pairs, sums in fp32 (dpbf16).
struct Bf16Avx512 {
    using Element = std::uint16_t;
    using Vector = __m512;
    using Operand = __m512bh;
    static constexpr std::int64_t kLanes = 16;
    static constexpr std::int64_t kGroup = 2;
    static constexpr int kVectors = 4;

    static Vector zero() { return _mm512_setzero_ps(); }

    static Vector set(float x) { return _mm512_set1_ps(x); }

    static Vector load(const float* from) { return _mm512_loadu_ps(from); }

    static void store(float* to, Vector x) { _mm512_storeu_ps(to, x); }

    static Operand operand(const Element* from) { return (__m512bh)_mm512_loadu_si512(from); }

    static Operand broadcast(const Element* from) {
        std::int32_t pair;
        std::memcpy(&pair, from, sizeof pair);
        return (__m512bh)_mm512_set1_epi32(pair);
    }

    static void storeElements(Element* to, Vector x) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), (__m256i)_mm512_cvtneps_pbh(x));
    }

    static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }

    static Vector multiply(Vector a, Vector b) { return _mm512_mul_ps(a, b); }

    static Vector multiplyAdd(Operand a, Operand b, Vector c) { return _mm512_dpbf16_ps(c, a, b); }

    static Vector multiplySubtract(Vector a, Vector b, Vector c) {
        return _mm512_fmsub_ps(a, b, c);
    }

    static Vector larger(Vector a, Vector b) { return _mm512_max_ps(a, b); }

    static float largestOf(Vector x) { return _mm512_reduce_max_ps(x); }

    static float sumOf(Vector x) { return _mm512_reduce_add_ps(x); }

    static Vector firstOf(Vector x, int count) { return firstLanes(x, count); }

    static Vector powerOfTwo(Vector x) { return kernels::powerOfTwo(x); }
};

using Tiles = CpuTiles<Bf16Avx512>;

}  // namespace

const CpuAttention kCpuBf16Avx512{CpuInstructions::Avx512Bf16,
                                  CpuElement::Bf16,
                                  Bf16Avx512::kLanes,
                                  Tiles::packColumns,
                                  Tiles::packRows,
                                  Tiles::forward};

}  // namespace tessera::kernels
