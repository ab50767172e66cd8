#include "core/base/deflate.h"

#include "core/base/random.h"
#include "tests/support/inflate.h"

#include <string_view>

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

std::span<const std::uint8_t> bytesOf(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Crc32, GivesTheCheckValueOfTheStandard) {
    EXPECT_EQ(crc32(bytesOf("123456789")), 0xCBF43926u);
    EXPECT_EQ(crc32(bytesOf("")), 0u);
    EXPECT_EQ(crc32(bytesOf("6789"), crc32(bytesOf("12345"))), 0xCBF43926u);
}

TEST(ZlibCompress, IsInflatedToTheSameBytes) {
    RandomStream random(1, 1);
    for (const std::size_t size : {0u, 1u, 2u, 3u, 4u, 255u, 258u, 259u, 517u, 40000u, 100000u}) {
        for (const int letters : {1, 2, 4, 256}) {
            std::vector<std::uint8_t> bytes(size);
            for (std::uint8_t& byte : bytes) {
                byte = static_cast<std::uint8_t>(random.below(letters) * 255 / letters);
            }
            const auto packed = zlibCompress(bytes);
            EXPECT_EQ(tests::inflate(packed), bytes) << size << " bytes of " << letters;
        }
    }
}

TEST(ZlibCompress, ReachesMatchesOfEveryLengthAndDistance) {
    RandomStream random(2, 2);
    std::vector<std::uint8_t> bytes;
    while (bytes.size() < 300000) {
        if (bytes.size() > 40000 && random.chance(0.7)) {
            const int length = 3 + random.below(400);
            const int distance = 1 + random.below(1 << (1 + random.below(15)));
            for (int i = 0; i < length; ++i) {
                bytes.push_back(bytes[bytes.size() - static_cast<std::size_t>(distance)]);
            }
        } else {
            bytes.push_back(static_cast<std::uint8_t>(random.next()));
        }
    }
    const auto packed = zlibCompress(bytes);
    EXPECT_EQ(tests::inflate(packed), bytes);
    EXPECT_LT(packed.size(), bytes.size() / 2);
}

TEST(ZlibCompress, RunsShrinkToAlmostNothingAndNoiseGrowsLittle) {
    const std::vector<std::uint8_t> zeros(1000000, 0);
    EXPECT_LT(zlibCompress(zeros).size(), 8000u);
    RandomStream random(3, 3);
    std::vector<std::uint8_t> noise(100000);
    for (std::uint8_t& byte : noise) {
        byte = static_cast<std::uint8_t>(random.next());
    }
    EXPECT_LT(zlibCompress(noise).size(), 107000u);
}

}  // namespace
}  // namespace tessera::base
