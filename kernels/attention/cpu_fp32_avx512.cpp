// Compiled with AVX-512 on; called only after chooseCpuAttention() found it.

#include "kernels/attention/cpu_tiles.h"
#include "kernels/common/avx512_math.h"
#include "kernels/common/cpu_variants.h"

namespace tessera::kernels {

namespace {

struct Fp32Avx512 {
    using Element = float;
    using Vector = __m512;
    using Operand = __m512;
    static constexpr std::int64_t kLanes = 16;
    static constexpr std::int64_t kGroup = 1;
    static constexpr int kVectors = 4;

    static Vector zero() { return _mm512_setzero_ps(); }

    static Vector set(float x) { return _mm512_set1_ps(x); }

    static Vector load(const float* from) { return _mm512_loadu_ps(from); }

    static void store(float* to, Vector x) { _mm512_storeu_ps(to, x); }

    static Operand operand(const Element* from) { return _mm512_loadu_ps(from); }

    static Operand broadcast(const Element* from) { return _mm512_set1_ps(*from); }

    static void storeElements(Element* to, Vector x) { _mm512_storeu_ps(to, x); }

    static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }

    static Vector subtract(Vector a, Vector b) { return _mm512_sub_ps(a, b); }

    static Vector multiply(Vector a, Vector b) { return _mm512_mul_ps(a, b); }

    static Vector multiplyAdd(Operand a, Operand b, Vector c) { return _mm512_fmadd_ps(a, b, c); }

    static Vector multiplySubtract(Vector a, Vector b, Vector c) {
        return _mm512_fmsub_ps(a, b, c);
    }

    static Vector larger(Vector a, Vector b) { return _mm512_max_ps(a, b); }

    static float largestOf(Vector x) { return _mm512_reduce_max_ps(x); }

    static float sumOf(Vector x) { return _mm512_reduce_add_ps(x); }

    static Vector firstOf(Vector x, int count) { return firstLanes(x, count); }

    static Vector powerOfTwo(Vector x) { return precisePowerOfTwo(x); }
};

using Tiles = CpuTiles<Fp32Avx512>;

}  // namespace

const CpuAttention kCpuFp32Avx512{CpuInstructions::Avx512,
                                  CpuElement::Fp32,
                                  Fp32Avx512::kLanes,
                                  Tiles::packColumns,
                                  Tiles::packRows,
                                  Tiles::forward,
                                  Tiles::queryGradient,
                                  Tiles::keyGradient};

}  // namespace tessera::kernels
