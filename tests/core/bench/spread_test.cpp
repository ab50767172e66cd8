#include "core/bench/spread.h"

#include <gtest/gtest.h>

namespace tessera::bench {
namespace {

TEST(Spread, IsThatOfSortedTimesWithStraightLinesBetween) {
    const Spread spread = spreadOf({5.0, 1.0, 4.0, 2.0, 3.0, 100.0});
    EXPECT_DOUBLE_EQ(spread.p20, 2.0);
    EXPECT_DOUBLE_EQ(spread.median, 3.5);
    EXPECT_DOUBLE_EQ(spread.p80, 5.0);
}

TEST(Spread, OfOneTimeIsThatTimeAndOfNoneNothing) {
    EXPECT_EQ(spreadOf({2.5}).p20, 2.5);
    EXPECT_EQ(spreadOf({2.5}).p80, 2.5);
    EXPECT_EQ(spreadOf({}).median, 0.0);
}

}  // namespace
}  // namespace tessera::bench
