#pragma once

// How a block of threads walks over ranges of tokens on compute capability 8.0.

#include "kernels/api/attention.h"

#include <cstdint>

namespace tessera::kernels::sm80 {

// The steps one after the other, of kTokens tokens or, at the end of a range, fewer.
template <int kTokens>
class Steps {
public:
    // Ranges in device memory, at least one.
    __device__ Steps(const TokenRange* ranges, int count)
        : m_next(ranges + 1), m_left(count - 1), m_range(*ranges) {}

    __device__ int first() const { return m_range.begin; }

    // None where there are no more steps.
    __device__ int count() const { return min(kTokens, m_range.end - m_range.begin); }

    __device__ __forceinline__ void advance() {
        m_range.begin += kTokens;
        if (m_range.begin >= m_range.end) {
            m_range.begin = m_range.end;
            if (m_left > 0) {
                --m_left;
                m_range = *m_next++;
            }
        }
    }

private:
    const TokenRange* m_next;
    int m_left;  // ranges behind m_range
    TokenRange m_range;
};

// Row 0 of one head's matrix, of either element.
__device__ inline const void* firstRow(const void* base,
                                       const RowStrides& strides,
                                       int batch,
                                       int head) {
    return static_cast<const std::uint16_t*>(base) + batch * strides.batch + head * strides.head;
}

}  // namespace tessera::kernels::sm80
