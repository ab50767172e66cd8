#include "tests/support/mutation.h"

#include "core/base/random.h"

#include <algorithm>
#include <array>
#include <vector>

namespace tessera::tests {
namespace {

using base::RandomStream;

constexpr std::array<const char*, 14> kNumbers{"0",
                                               "-1",
                                               "1",
                                               "7",
                                               "1.5",
                                               "1e3",
                                               "4294967296",
                                               "9223372036854775807",
                                               "9223372036854775808",
                                               "18446744073709551615",
                                               "18446744073709551616",
                                               "1e999",
                                               "null",
                                               "\"8\""};

std::size_t place(RandomStream& random, const std::string& text) {
    return static_cast<std::size_t>(random.below(static_cast<int>(text.size()) + 1));
}

void flipBits(RandomStream& random, std::string& text) {
    for (int count = 1 + random.below(8); count > 0 && !text.empty(); --count) {
        char& byte = text[std::min(place(random, text), text.size() - 1)];
        byte = static_cast<char>(byte ^ (1 << random.below(8)));
    }
}

// Replaces one run of digits by another number.
void changeNumber(RandomStream& random, std::string& text) {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool isDigit = text[i] >= '0' && text[i] <= '9';
        const bool wasDigit = i > 0 && text[i - 1] >= '0' && text[i - 1] <= '9';
        if (isDigit && !wasDigit) {
            starts.push_back(i);
        }
    }
    if (starts.empty()) {
        return;
    }
    const std::size_t start =
        starts[static_cast<std::size_t>(random.below(static_cast<int>(starts.size())))];
    const std::size_t end = std::min(text.find_first_not_of("0123456789", start), text.size());
    const auto& number =
        kNumbers[static_cast<std::size_t>(random.below(static_cast<int>(kNumbers.size())))];
    text.replace(start, end - start, number);
}

// Repeats a stretch of the text right behind itself: names and keys stand twice.
void doubleStretch(RandomStream& random, std::string& text) {
    std::size_t from = text.find('"', place(random, text) % (text.size() + 1));
    from = from == std::string::npos ? 0 : from;
    std::size_t to = text.find("},", from);
    to = to == std::string::npos ? text.size() : to + 2;
    text.insert(to, text.substr(from, to - from));
}

void nest(RandomStream& random, std::string& text) {
    constexpr std::array<const char*, 3> kOpen{"[", "{\"a\":", "[["};
    const char* open = kOpen[static_cast<std::size_t>(random.below(3))];
    std::string nested;
    for (int depth = 1 << random.below(14); depth > 0; --depth) {
        nested += open;
    }
    text.insert(place(random, text), nested);
}

void damageText(RandomStream& random, std::string& text) {
    switch (random.below(8)) {
        case 0:
            flipBits(random, text);
            break;
        case 1:
            text.resize(place(random, text));
            break;
        case 2:
            text.append(static_cast<std::size_t>(1 + random.below(64)), '\0');
            break;
        case 3:
        case 4:
            changeNumber(random, text);
            break;
        case 5:
            doubleStretch(random, text);
            break;
        case 6:
            nest(random, text);
            break;
        default: {
            const std::size_t from = place(random, text);
            text.erase(from, static_cast<std::size_t>(1 + random.below(16)));
            break;
        }
    }
}

std::string littleEndian(std::uint64_t value, std::size_t bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i) {
        text.push_back(static_cast<char>((value >> (8 * i)) & 0xFFu));
    }
    return text;
}

std::uint64_t lengthIn(const std::string& text, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
        value |= std::uint64_t{static_cast<std::uint8_t>(text[i])} << (8 * i);
    }
    return value;
}

}  // namespace

std::string damaged(const std::string& good, std::uint64_t seed, std::size_t prefixBytes) {
    RandomStream random(seed, 0x64616D61676564u);
    std::string text = good;
    const int rounds = 1 + random.below(4);
    if (prefixBytes == 0) {
        for (int round = 0; round < rounds; ++round) {
            damageText(random, text);
        }
        return text;
    }
    const auto headerBytes = static_cast<std::size_t>(lengthIn(good, prefixBytes));
    std::string header = good.substr(prefixBytes, headerBytes);
    std::string data = good.substr(prefixBytes + headerBytes);
    std::uint64_t length = headerBytes;
    for (int round = 0; round < rounds; ++round) {
        switch (random.below(4)) {
            case 0:  // any length at all, mostly a huge one
                length = (std::uint64_t{random.next()} << 32 | random.next()) >> random.below(64);
                break;
            case 1:
                damageText(random, data);
                break;
            default:
                damageText(random, header);
                if (random.chance(0.8)) {
                    length = header.size();
                }
                break;
        }
    }
    return littleEndian(length, prefixBytes) + header + data;
}

}  // namespace tessera::tests
