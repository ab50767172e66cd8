#pragma once

// fp16 numbers in host memory.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace tessera::kernels::reference {

inline float readFp16(const void* base, std::int64_t index) {
    const std::uint32_t bits = static_cast<const std::uint16_t*>(base)[index];
    const std::uint32_t sign = (bits & 0x8000u) << 16, size = (bits & 0x7FFFu) << 13;
    if ((bits & 0x7C00u) == 0x7C00u) {  // infinity and NaN
        return std::bit_cast<float>(sign | 0x7F800000u | size);
    }
    constexpr float kRaise = 0x1p112f;  // exponents count from 112 less than those of fp32
    return std::bit_cast<float>(sign | size) * kRaise;
}

// Rounds to nearest, ties to even; infinite beyond the largest.
inline void writeFp16(void* base, std::int64_t index, float value) {
    constexpr float kBeyond = 65520.0f;  // the first that rounds to infinity
    constexpr int kNan = 0x7E00, kLeastExponent = -14;
    int bits = kNan;
    if (!std::isnan(value)) {
        const float size = std::min(std::fabs(value), kBeyond);
        const int exponent = std::max(std::ilogb(size), kLeastExponent);
        const auto units = static_cast<int>(std::nearbyint(std::ldexp(size, 10 - exponent)));
        bits = units + (exponent - kLeastExponent) * 1024;
    }
    static_cast<std::uint16_t*>(base)[index] =
        static_cast<std::uint16_t>(bits | (std::signbit(value) ? 0x8000 : 0));
}

}  // namespace tessera::kernels::reference
