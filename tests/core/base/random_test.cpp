#include "core/base/random.h"

#include "core/base/check.h"

#include <array>
#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

using Words = std::array<std::uint32_t, 4>;

// The three "philox4x32 10" rows of kat_vectors in the Random123 distribution (D. E. Shaw
// Research).
TEST(Philox, GivesThePublishedKnownAnswers) {
    EXPECT_EQ(philox(0, 0, 0), (Words{0x6627E8D5u, 0xE169C58Du, 0xBC57AC4Cu, 0x9B00DBD8u}));
    EXPECT_EQ(philox(~std::uint64_t{0}, ~std::uint64_t{0}, ~std::uint64_t{0}),
              (Words{0x408F276Du, 0x41C83B0Eu, 0xA20BC7C6u, 0x6D5451FDu}));
    // Counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0, lowest word first.
    EXPECT_EQ(philox(0x299F31D0A4093822u, 0x0370734413198A2Eu, 0x85A308D3243F6A88u),
              (Words{0xD16CFE09u, 0x94FDCCEBu, 0x5001E420u, 0x24126EA1u}));
}

TEST(RandomStream, IsTheConcatenationOfItsBlocks) {
    RandomStream random(7, 11);
    for (std::uint64_t block = 0; block < 5; ++block) {
        for (const std::uint32_t word : philox(7, 11, block)) {
            EXPECT_EQ(random.next(), word);
        }
    }
}

TEST(RandomStream, NeighbouringSeedsAndStreamsShareNothing) {
    std::set<std::uint32_t> words;
    for (std::uint64_t seed = 0; seed < 16; ++seed) {
        for (std::uint64_t stream = 0; stream < 16; ++stream) {
            RandomStream random(seed, stream);
            for (int draw = 0; draw < 8; ++draw) {
                words.insert(random.next());
            }
        }
    }
    // 2,048 words out of 2^32: one meeting has a chance of 0.05 %, and the draws are fixed.
    EXPECT_EQ(words.size(), 2048u);
}

TEST(RandomStream, UniformStaysInsideItsBoundsWithTheRightMoments) {
    RandomStream random(1, 2);
    double sum = 0;
    double squares = 0;
    constexpr int kDraws = 100000;
    for (int draw = 0; draw < kDraws; ++draw) {
        const double value = random.uniform(-1.0, 3.0);
        ASSERT_GE(value, -1.0);
        ASSERT_LT(value, 3.0);
        sum += value;
        squares += value * value;
    }
    const double mean = sum / kDraws;
    // Six standard errors of the mean and of the variance of a uniform variable of width 4.
    EXPECT_NEAR(mean, 1.0, 6 * 4 / std::sqrt(12.0 * kDraws));
    EXPECT_NEAR(squares / kDraws - mean * mean, 16.0 / 12.0, 6 * 1.2 / std::sqrt(1.0 * kDraws));
}

TEST(RandomStream, BelowIsUniformAlsoWhereTwoToThe32IsNoMultiple) {
    RandomStream random(3, 4);
    constexpr int kBins = 7;
    constexpr int kDraws = 70000;
    std::array<int, kBins> counts{};
    for (int draw = 0; draw < kDraws; ++draw) {
        const int value = random.below(kBins);
        ASSERT_GE(value, 0);
        ASSERT_LT(value, kBins);
        ++counts[static_cast<std::size_t>(value)];
    }
    double chiSquare = 0;
    for (const int count : counts) {
        const double difference = count - kDraws / kBins;
        chiSquare += difference * difference / (kDraws / kBins);
    }
    // 6 degrees of freedom: above 22.5 with a chance of 0.1 %.
    EXPECT_LT(chiSquare, 22.5);
    EXPECT_THROW(random.below(0), LogicError);
}

TEST(RandomStream, BelowRefusesTheWordsThatWouldBiasIt) {
    // 2^32 mod (2^31 - 1) = 2 words are drawn again; a plain multiply would keep them. Three
    // quarters of 2^31 makes every fourth word one of those.
    RandomStream random(5, 6);
    RandomStream words(5, 6);
    const int count = 0x60000000;
    int redrawn = 0;
    for (int draw = 0; draw < 200; ++draw) {
        const int value = random.below(count);
        for (;;) {
            const std::uint64_t product = std::uint64_t{words.next()} * 0x60000000u;
            if ((product & 0xFFFFFFFFu) >= 0x40000000u) {
                EXPECT_EQ(value, static_cast<int>(product >> 32));
                break;
            }
            ++redrawn;
        }
    }
    EXPECT_GT(redrawn, 0);
}

TEST(RandomStream, ChanceFollowsItsProbability) {
    RandomStream random(8, 9);
    int hits = 0;
    for (int draw = 0; draw < 10000; ++draw) {
        EXPECT_FALSE(random.chance(0.0));
        EXPECT_TRUE(random.chance(1.0));
        hits += random.chance(0.15) ? 1 : 0;
    }
    EXPECT_NEAR(hits, 1500, 6 * std::sqrt(10000 * 0.15 * 0.85));
}

}  // namespace
}  // namespace tessera::base
