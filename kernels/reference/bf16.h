#pragma once

// bf16 numbers in host memory.

#include <bit>
#include <cstdint>

namespace tessera::kernels::reference {

inline float read(const void* base, std::int64_t index) {
    return std::bit_cast<float>(
        static_cast<std::uint32_t>(static_cast<const std::uint16_t*>(base)[index]) << 16);
}

// Rounds to nearest, ties to even; NaN is not expected.
inline void write(void* base, std::int64_t index, float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    static_cast<std::uint16_t*>(base)[index] =
        static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

}  // namespace tessera::kernels::reference
