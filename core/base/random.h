#pragma once

// Counter-based random numbers: a pure function of (key, stream, counter), so a draw never shifts
// when another one is added, and any draw can be repeated alone. Philox-4x32-10 (Salmon et al.,
// "Parallel random numbers: as easy as 1, 2, 3", SC 2011). The same bits on every platform.
// Thread-safe: values only.

#include <array>
#include <cstdint>

namespace tessera::base {

// Four independent 32-bit words for a 128-bit counter under a 64-bit key.
std::array<std::uint32_t, 4> philox(std::uint64_t key,
                                    std::uint64_t counterHigh,
                                    std::uint64_t counterLow);

// A named stream of draws: same (seed, stream) gives the same sequence.
class RandomStream {
public:
    RandomStream(std::uint64_t seed, std::uint64_t stream) : m_seed(seed), m_stream(stream) {}

    std::uint32_t next();  // uniform over all 32-bit words
    double uniform();      // uniform in [0, 1), 32 bits of resolution

    double uniform(double low, double high) { return low + (high - low) * uniform(); }

    int below(int count);  // uniform in 0..count-1 without modulo bias; count > 0

    bool chance(double probability) { return uniform() < probability; }

private:
    std::uint64_t m_seed = 0;
    std::uint64_t m_stream = 0;
    std::uint64_t m_counter = 0;
    std::array<std::uint32_t, 4> m_words{};
    int m_left = 0;
};

}  // namespace tessera::base
