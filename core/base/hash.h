#pragma once

// A 64-bit content hash for model and plan identities: the same value on every platform and in
// every later version, so it may be stored in files. It tells contents apart; it does not resist an
// attacker. One object, one thread.

#include <cstdint>
#include <span>
#include <string_view>

namespace tessera::base {

class ContentHash {
public:
    // Each call adds one field with its length: add("ab"), add("c") differs from add("a"),
    // add("bc").
    void add(std::span<const std::uint8_t> bytes);
    void add(std::string_view text);
    void add(std::uint64_t number);

    // Splits one long field: begin with its full length, then its pieces. Every piece but the last
    // has a multiple of 8 bytes.
    void beginField(std::uint64_t length);
    void addPiece(std::span<const std::uint8_t> bytes);

    std::uint64_t value() const;

private:
    // Offset basis of FNV-1a (64 bit).
    std::uint64_t m_state = 0xCBF29CE484222325u;
};

}  // namespace tessera::base
