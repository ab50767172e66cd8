#include "core/base/hash.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace tessera::base {
namespace {

// FNV's 64-bit prime, applied to eight bytes at a time: a byte at a time would take seconds for a
// large model.
constexpr std::uint64_t kPrime = 0x00000100000001B3u;

constexpr std::uint64_t step(std::uint64_t state, std::uint64_t word) {
    state = (state ^ word) * kPrime;
    // A product only carries upwards; the rotation brings high bits back to where they count.
    return std::rotl(state, 29);
}

// Little-endian on every machine; missing bytes are zero.
std::uint64_t wordAt(std::span<const std::uint8_t> bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        word |= std::uint64_t{bytes[i]} << (8 * i);
    }
    return word;
}

}  // namespace

void ContentHash::add(std::span<const std::uint8_t> bytes) {
    beginField(bytes.size());
    addPiece(bytes);
}

void ContentHash::add(std::string_view text) {
    add(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

void ContentHash::add(std::uint64_t number) {
    m_state = step(m_state, number);
}

void ContentHash::beginField(std::uint64_t length) {
    m_state = step(m_state, length);
}

void ContentHash::addPiece(std::span<const std::uint8_t> bytes) {
    std::uint64_t state = m_state;
    while (bytes.size() >= 8) {
        state = step(state, wordAt(bytes.first<8>()));
        bytes = bytes.subspan(8);
    }
    if (!bytes.empty()) {
        state = step(state, wordAt(bytes));
    }
    m_state = state;
}

std::uint64_t ContentHash::value() const {
    // Finaliser of MurmurHash3 (public domain): every input bit reaches every output bit.
    std::uint64_t value = m_state;
    value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCDu;
    value = (value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53u;
    return value ^ (value >> 33);
}

}  // namespace tessera::base
