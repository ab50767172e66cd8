// fp16 as the kernels' reference reads and writes it.

#include "kernels/reference/fp16.h"

#include <c10/util/Half.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace tessera::kernels::reference {
namespace {

std::uint16_t written(float value) {
    std::uint16_t bits = 0;
    writeFp16(&bits, 0, value);
    return bits;
}

TEST(ReferenceFp16, ReadsEveryNumberAndWritesItBack) {
    for (int i = 0; i <= 0xFFFF; ++i) {
        const auto bits = static_cast<std::uint16_t>(i);
        const float wanted = c10::Half(bits, c10::Half::from_bits());
        const float got = readFp16(&bits, 0);
        if (std::isnan(wanted)) {
            EXPECT_TRUE(std::isnan(got)) << i;
            const std::uint16_t again = written(got);
            EXPECT_TRUE(std::isnan(readFp16(&again, 0))) << i;
        } else {
            EXPECT_EQ(got, wanted) << i;
            EXPECT_EQ(written(got), bits) << i;
        }
    }
}

TEST(ReferenceFp16, RoundsToTheNearestAndTiesToEven) {
    for (int i = 0; i < 0x7C00; ++i) {
        const auto bits = static_cast<std::uint16_t>(i), next = static_cast<std::uint16_t>(i + 1);
        const float low = readFp16(&bits, 0);
        const float high = i + 1 == 0x7C00 ? 65536.0f : readFp16(&next, 0);
        const float middle = 0.5f * (low + high);
        for (const float value : {std::nextafter(middle, 0.0f),
                                  middle,
                                  std::nextafter(middle, std::numeric_limits<float>::max())}) {
            EXPECT_EQ(written(value), c10::Half(value).x) << value;
            EXPECT_EQ(written(-value), c10::Half(-value).x) << value;
        }
    }
}

TEST(ReferenceFp16, IsInfiniteBeyondTheLargestNumber) {
    EXPECT_EQ(written(1e30f), 0x7C00);
    EXPECT_EQ(written(-std::numeric_limits<float>::infinity()), 0xFC00);
    EXPECT_EQ(written(1e-30f), 0);
}

}  // namespace
}  // namespace tessera::kernels::reference
