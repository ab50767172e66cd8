#include "core/base/random.h"

#include "core/base/check.h"

namespace tessera::base {
namespace {

// Multipliers and Weyl increments of Philox-4x32 (Salmon et al., SC 2011, section 3.3).
constexpr std::uint32_t kMultiplier0 = 0xD2511F53u;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57u;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9u;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85u;
constexpr int kRounds = 10;

constexpr std::uint32_t low32(std::uint64_t value) {
    return static_cast<std::uint32_t>(value & 0xFFFFFFFFu);
}

constexpr std::uint32_t high32(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::uint64_t key,
                                    std::uint64_t counterHigh,
                                    std::uint64_t counterLow) {
    std::array<std::uint32_t, 4> x{
        low32(counterLow), high32(counterLow), low32(counterHigh), high32(counterHigh)};
    std::uint32_t key0 = low32(key);
    std::uint32_t key1 = high32(key);
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t product0 = std::uint64_t{kMultiplier0} * x[0];
        const std::uint64_t product1 = std::uint64_t{kMultiplier1} * x[2];
        x = {high32(product1) ^ x[1] ^ key0,
             low32(product1),
             high32(product0) ^ x[3] ^ key1,
             low32(product0)};
        key0 += kWeyl0;
        key1 += kWeyl1;
    }
    return x;
}

std::uint32_t RandomStream::next() {
    if (m_left == 0) {
        m_words = philox(m_seed, m_stream, m_counter++);
        m_left = 4;
    }
    return m_words[static_cast<std::size_t>(4 - m_left--)];
}

double RandomStream::uniform() {
    return static_cast<double>(next()) * 0x1p-32;
}

int RandomStream::below(int count) {
    CHECK(count > 0, count);
    const auto bound = static_cast<std::uint32_t>(count);
    // Multiply and shift; words under 2^32 mod bound are drawn again, so every result is equally
    // likely (Lemire, "Fast random integer generation in an interval", 2019).
    const std::uint32_t threshold = (0u - bound) % bound;
    std::uint64_t product = 0;
    do {
        product = std::uint64_t{next()} * bound;
    } while (low32(product) < threshold);
    return static_cast<int>(high32(product));
}

}  // namespace tessera::base
